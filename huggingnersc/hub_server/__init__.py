"""The embedded Hub: a server that implements the protocol of huggingface.co.

Unmodified clients (`huggingface_hub`, `datasets`, `hf`, git, browsers) can use it. It stores
everything in one folder. Importing this module is cheap: the server's parts are imported when it
starts.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.token_address import is_this_machine
from huggingnersc.errors import SettingsError
from huggingnersc.fixes import Message, Option, Placeholder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from huggingnersc.hub_server.services.fsck import CheckReport


@dataclass(frozen=True, slots=True)
class RunningHub:
    """A Hub that accepts requests.

    Attributes:
        endpoint: its URL, such as `http://127.0.0.1:8017`: the value for `HF_ENDPOINT`.
        token: the local user's token; empty when an accounts file defines the users.
    """

    endpoint: str
    token: str


@contextmanager
def running_hub(
    root: Path,
    *,
    port: int = 0,
    organizations: Sequence[str] = (),
    xet: bool = False,
    address: str | None = None,
) -> Iterator[RunningHub]:
    """Serve `root` on 127.0.0.1 from a thread of this process while the block runs.

    Several processes can serve the same root at the same time.

    Args:
        root: the folder that stores everything; created if it does not exist.
        port: the TCP port; 0 selects a free one.
        organizations: namespaces that the local user administers besides its own.
        xet: whether clients on this machine may transfer big files through a local folder.
        address: what its pages call this Hub, where they will be shown for another one; empty
            where they will be read with no Hub.

    Raises:
        SettingsError: the port is in use, the folder holds other files or is open to others, or
            another version wrote it.
    """
    from huggingnersc.hub_server.accounts import local_accounts, local_token
    from huggingnersc.hub_server.server import address_of, bind, in_thread
    from huggingnersc.hub_server.services.open_hub import open_hub
    from huggingnersc.hub_server.storage.root_folder import prepare_root

    prepare_root(root)
    listener = bind("127.0.0.1", port)
    try:
        hub = open_hub(root, local_accounts(root, organizations), xet=xet, address=address)
        try:
            with in_thread(hub, listener):
                yield RunningHub(address_of(listener), local_token(root))
        finally:
            hub.close()
    finally:
        listener.close()


def serve(
    root: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8017,
    accounts: Path | None = None,
    organizations: Sequence[str] = (),
    on_ready: Callable[[RunningHub], None] = lambda _hub: None,
    xet: bool = False,
) -> None:
    """Serve `root` until interrupted.

    Args:
        root: the folder that stores everything; created if it does not exist.
        host: the address to listen on; any address but loopback requires `accounts`.
        port: the TCP port; 0 selects a free one.
        accounts: a TOML file of users and organizations; without it there is one local user.
        organizations: namespaces that the local user administers; unused with `accounts`.
        on_ready: called once, when the server accepts connections.
        xet: whether clients on this machine may transfer big files through a local folder.

    Raises:
        SettingsError: the host requires accounts, the port is in use, the folder holds other
            files, is open to others or was written by another version, or the accounts file is
            invalid or open to others.
    """
    if accounts is None and not is_this_machine(host):
        raise SettingsError(
            f"Serving on {host} is reachable from other machines and requires accounts.",
            hint=Message(
                "Give ", Option("accounts", Placeholder.FILE), ", or serve on 127.0.0.1."
            ),
        )
    from huggingnersc.hub_server.accounts import local_accounts, local_token
    from huggingnersc.hub_server.server import address_of, bind, in_foreground
    from huggingnersc.hub_server.services.accounts_file import read_accounts
    from huggingnersc.hub_server.services.open_hub import open_hub
    from huggingnersc.hub_server.storage.root_folder import prepare_root

    prepare_root(root)
    users = read_accounts(accounts) if accounts else local_accounts(root, organizations)
    with bind(host, port) as listener:
        hub = open_hub(root, users, xet=xet)
        try:
            with suppress(KeyboardInterrupt):  # the regular way to stop it
                on_ready(RunningHub(address_of(listener), "" if accounts else local_token(root)))
                in_foreground(hub, listener)
        finally:
            hub.close()


def check(root: Path) -> CheckReport:
    """Verify every repository and every big file in `root` without changing anything.

    Raises:
        SettingsError: there is no Hub in `root`.
    """
    from huggingnersc.hub_server.services.fsck import check_root

    return check_root(root)
