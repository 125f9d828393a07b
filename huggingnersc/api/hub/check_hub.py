"""Verify everything that the embedded Hub stores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.api.hub.serve_hub import hub_root
from huggingnersc.api.site import resolve_site

if TYPE_CHECKING:
    from os import PathLike

    from huggingnersc.domain.site import Site
    from huggingnersc.hub_server.services.fsck import CheckReport as CheckReport


def check_hub(
    *, root: str | PathLike[str] | None = None, site: Site | str | None = None
) -> CheckReport:
    """Verify every repository and every big file and report all damage, without changing anything.

    Args:
        root: the folder of the Hub; by default the one that the local site publishes to.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        SettingsError: there is no embedded Hub in the folder.
    """
    from huggingnersc.hub_server import check

    return check(hub_root(root, resolve_site(site)))
