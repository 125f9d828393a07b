"""Serve the embedded Hub until interrupted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.api.site import resolve_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    from huggingnersc.domain.site import Site
    from huggingnersc.hub_server import RunningHub


@dataclass(frozen=True, slots=True)
class Serving:
    """A Hub that answers.

    Attributes:
        endpoint: its address, what HF_ENDPOINT is set to.
        token_file: the file with the local user's token; None where an accounts file rules.
    """

    endpoint: str
    token_file: Path | None


def serve_hub(
    *,
    root: str | PathLike[str] | None = None,
    port: int | None = None,
    host: str = "127.0.0.1",
    accounts: str | PathLike[str] | None = None,
    xet: bool = False,
    site: Site | str | None = None,
    on_ready: Callable[[Serving], None] = lambda _serving: None,
) -> None:
    """Serve the embedded Hub; returns when it is interrupted.

    Args:
        root: the folder of its repositories; by default the one the local site publishes to.
        port: the TCP port; by default the one the site's links name, 0 for a free one.
        host: the address to listen on; any but loopback needs `accounts`.
        accounts: a TOML file of users and organizations; without it there is one local user.
        xet: whether clients of this machine may hand big files over through a local folder.
        site: the site, its name or its TOML file; chosen by the environment when None.
        on_ready: called once with the address when it answers.

    Raises:
        SettingsError: the accounts file is wrong, the address needs one, or the port is taken.
    """
    from huggingnersc.hub_server import serve

    chosen = resolve_site(site)
    folder = hub_root(root, chosen)

    def ready(running: RunningHub) -> None:
        on_ready(Serving(running.endpoint, folder / "token" if accounts is None else None))

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
    """Return the folder of the embedded Hub: the one given, or the one the site publishes to."""
    return Path(root) if root is not None else Path(site.hub_root)
