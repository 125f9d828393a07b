"""The site and the record of a dataset that a visitor or a member of the center names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.hub.connection import is_unused
from huggingnersc.api.site import resolve_site
from huggingnersc.domain.site import SiteOrigin
from huggingnersc.errors import DatasetUnknownError

if TYPE_CHECKING:
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.site import Site


def site_for(name: str, site: Site | str | None, endpoint: str | None) -> Site:
    """Return the site; a repository is looked for on a Hub that others reach too.

    Where the site's own Hub is the embedded one, that is the Hub of NERSC or the endpoint; but not
    where the site was named, and no endpoint.

    Raises:
        SettingsError: the site is unknown, or has no such Hub.
    """
    chosen = resolve_site(site)
    is_named = chosen.origin in {SiteOrigin.CALLER, SiteOrigin.ENVIRONMENT}
    if "/" in name and chosen.is_embedded and (endpoint or not is_named):
        chosen = resolve_site("nersc")
    return resolve_site(chosen, endpoint=endpoint)


def record_of(nickname: str, site: Site) -> Record | None:
    """Return the record; None where a visitor has no catalog, or the Hub may know the dataset."""
    catalog = CatalogFolder(Path(site.catalog_root))
    try:
        return catalog.record(nickname)
    except DatasetUnknownError:
        if is_unused(site):
            raise
        return None
