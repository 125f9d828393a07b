"""The embedded Hub: a Hub-compatible server of our own.

It speaks the protocol of huggingface.co to unmodified clients (`huggingface_hub`, `datasets`,
`hf`, git, a browser) and keeps everything under one folder. Importing this module is cheap; the
server's parts are loaded when it starts.
"""

from __future__ import annotations

import ipaddress
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from huggingnersc.hub_server.services.fsck import CheckReport

_OWN_NAMES = frozenset({"incoming", "lfs", "locks", "repos", "secret", "token"})


@dataclass(frozen=True, slots=True)
class RunningHub:
    """A Hub that answers.

    Attributes:
        endpoint: its address, `http://127.0.0.1:PORT`: what `HF_ENDPOINT` is set to.
        token: the local user's token; empty when the users are those of an accounts file.
    """

    endpoint: str
    token: str


@contextmanager
def running_hub(
    root: Path, *, port: int = 0, organizations: Sequence[str] = (), xet: bool = False
) -> Iterator[RunningHub]:
    """Serve `root` on loopback, in this process, for the duration of the block.

    Several processes may do so for the same root at once.

    Args:
        root: where everything is kept; made when it does not exist.
        port: 0 takes a free one.
        organizations: namespaces, beside its own, that the local user is admin of.
        xet: offer the local-directory transfer to clients on this machine.

    Raises:
        SettingsError: the port is in use, or the folder belongs to another version.
    """
    from huggingnersc.hub_server.accounts import local_accounts, local_token
    from huggingnersc.hub_server.server import address_of, bind, in_thread
    from huggingnersc.hub_server.services.open_hub import open_hub

    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    listener = bind("127.0.0.1", port)
    try:
        hub = open_hub(root, local_accounts(root, organizations), xet=xet)
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
        root: where everything is kept; made when it does not exist.
        host: address to listen on; any but loopback needs `accounts`.
        port: 0 takes a free one.
        accounts: TOML file of users and organizations; without it there is one local user.
        organizations: namespaces the local user is admin of; unused with `accounts`.
        on_ready: called once, when connections are accepted.
        xet: offer the local-directory transfer to clients on this machine.

    Raises:
        SettingsError: host, port, folder or accounts file do not fit.
    """
    if accounts is None and not is_loopback(host):
        raise SettingsError(
            f"Serving on {host} lets other machines in, and that needs accounts.",
            hint="Give --accounts FILE.toml, or serve on 127.0.0.1.",
        )
    _refuse_other_folder(root)
    from huggingnersc.hub_server.accounts import local_accounts, local_token
    from huggingnersc.hub_server.server import address_of, bind, in_foreground
    from huggingnersc.hub_server.services.accounts_file import read_accounts
    from huggingnersc.hub_server.services.open_hub import open_hub

    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    known = read_accounts(accounts) if accounts else local_accounts(root, organizations)
    with bind(host, port) as listener:
        hub = open_hub(root, known, xet=xet)
        try:
            with suppress(KeyboardInterrupt):  # how a person ends it
                on_ready(RunningHub(address_of(listener), "" if accounts else local_token(root)))
                in_foreground(hub, listener)
        finally:
            hub.close()


def _refuse_other_folder(root: Path) -> None:
    """Keep the files of a Hub out of a folder that holds something else, such as the data."""
    if not root.exists() or (root / "hub.sqlite3").exists():
        return
    others = sorted(file.name for file in root.iterdir() if file.name not in _OWN_NAMES)
    if others:
        raise SettingsError(
            f"{root} holds no Hub, but other files ({others[0]}); nothing was touched.",
            hint="Give --root a new or an empty folder.",
        )


def check(root: Path) -> CheckReport:
    """Verify every repository and every big file under `root`; changes nothing.

    Raises:
        SettingsError: there is no Hub at `root`.
    """
    from huggingnersc.hub_server.services.fsck import check_root

    return check_root(root)


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach a server on `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
