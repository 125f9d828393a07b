"""Serve the embedded Hub until interrupted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.ssh_session import tunnel_command
from huggingnersc.api.site import resolve_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    from huggingnersc.domain.site import Site
    from huggingnersc.hub_server import RunningHub


@dataclass(frozen=True, slots=True)
class ServedHub:
    """A Hub that accepts requests.

    Attributes:
        endpoint: its URL, the value for `HF_ENDPOINT`.
        token_file: the file with the local user's token; None with an accounts file.
        tunnel: the command with which it is reached from another computer; None outside of an
            SSH session.
    """

    endpoint: str
    token_file: Path | None
    tunnel: str | None = None


def serve_hub(
    *,
    root: str | PathLike[str] | None = None,
    port: int | None = None,
    host: str = "127.0.0.1",
    accounts: str | PathLike[str] | None = None,
    xet: bool = False,
    site: Site | str | None = None,
    on_ready: Callable[[ServedHub], None] = lambda _hub: None,
) -> None:
    """Serve the embedded Hub until interrupted.

    Args:
        root: the folder of the Hub; by default the one that the local site publishes to.
        port: the TCP port; by default the one in the site's links; 0 selects a free one.
        host: the address to listen on; any address but loopback requires `accounts`.
        accounts: a TOML file of users and organizations; without it there is one local user.
        xet: whether clients on this machine may transfer big files through a local folder.
        site: the site, its name or its TOML file; chosen by the environment when None.
        on_ready: called once, when the Hub accepts connections.

    Raises:
        SettingsError: the host requires accounts, the port is in use, the folder holds other
            files or was written by another version, or the accounts file is invalid.
    """
    from huggingnersc.hub_server import serve

    chosen = resolve_site(site)
    folder = hub_root(root, chosen)

    def ready(running: RunningHub) -> None:
        token_file = folder / "token" if accounts is None else None
        on_ready(ServedHub(running.endpoint, token_file, tunnel_command(running.endpoint)))

    serve(
        folder,
        host=host,
        port=chosen.profile.hub.local_port if port is None else port,
        accounts=Path(accounts) if accounts is not None else None,
        organizations=[chosen.profile.hub.organization],
        on_ready=ready,
        xet=xet,
    )


def hub_root(root: str | PathLike[str] | None, site: Site) -> Path:
    """Return the folder of the embedded Hub: `root`, or the one that the site publishes to."""
    return Path(root) if root is not None else Path(site.hub_root)
