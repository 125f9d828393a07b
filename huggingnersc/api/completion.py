"""What the Tab key offers: quick, without the Hub, and silent where nothing can be known."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.removed_datasets import RemovedDatasets
from huggingnersc.api.site import resolve_site
from huggingnersc.assets import asset, site_names
from huggingnersc.domain.draft.allowed_values import allowed_values
from huggingnersc.errors import HuggingNerscError

if TYPE_CHECKING:
    from huggingnersc.domain.catalog.removed_dataset import RemovedDataset


def known_nicknames(site: str | None) -> tuple[str, ...]:
    """Return the nicknames of a site's catalog, sorted; none where it cannot be read."""
    with suppress(HuggingNerscError, OSError):
        return CatalogFolder(Path(resolve_site(site).catalog_root)).nicknames()
    return ()


def removed_nicknames(site: str | None) -> tuple[str, ...]:
    """Return the nicknames of removed datasets, sorted; none where they cannot be read."""
    return tuple(sorted({stone.nickname for stone in _removed(site)}))


def removal_times(nickname: str | None, site: str | None) -> tuple[str, ...]:
    """Return when a dataset was removed, the newest first; none where that cannot be read."""
    return tuple(stone.removed_at for stone in _removed(site) if stone.nickname == nickname)


def _removed(site: str | None) -> tuple[RemovedDataset, ...]:
    with suppress(HuggingNerscError, OSError):
        return RemovedDatasets(Path(resolve_site(site).catalog_root)).all()
    return ()


def known_sites() -> tuple[str, ...]:
    """Return the sites that come with the program, sorted."""
    return site_names()


def known_values(tag: str, site: str | None) -> tuple[str, ...]:
    """Return values that a site's schema allows for a datacard tag; none for an unknown one."""
    import json

    with suppress(HuggingNerscError, OSError, ValueError):
        file = resolve_site(site).metadata_schema or asset("metadata_schema.json")
        schema = json.loads(Path(file).read_text(encoding="utf-8"))
        return allowed_values(schema).get(tag, ())
    return ()
