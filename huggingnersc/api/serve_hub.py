"""Serve the embedded Hub until interrupted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.api.site import resolve_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    from huggingnersc.adapters.loopback import RunningHub
    from huggingnersc.domain.site import Site


def serve_hub(
    *,
    root: str | PathLike[str] | None = None,
    port: int | None = None,
    host: str = "127.0.0.1",
    accounts: str | PathLike[str] | None = None,
    site: Site | str | None = None,
    on_ready: Callable[[RunningHub], None] = lambda _running: None,
) -> None:
    """Serve the embedded Hub; returns when it is interrupted.

    Args:
        root: the folder of its repositories; by default the one the local site publishes to.
        port: the TCP port; by default the one the site's links name, 0 for a free one.
        host: the address to listen on; any but loopback needs `accounts`.
        accounts: a TOML file of users and organizations; without it there is one local user.
        site: the site, its name or its TOML file; chosen by the environment when None.
        on_ready: called once with the address when it answers.

    Raises:
        SettingsError: the accounts file is wrong, or the address needs one.
    """
    from huggingnersc.adapters.loopback import serve

    chosen = resolve_site(site)
    serve(
        Path(root) if root is not None else Path(chosen.hub_root),
        host=host,
        port=chosen.profile.hub.local_port if port is None else port,
        accounts=Path(accounts) if accounts is not None else None,
        organizations=[chosen.profile.hub.organization],
        on_ready=on_ready,
    )
