"""Values for Tab completion, found without requests to the Hub; errors yield no values."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.engines.run_folder import runs_in
from huggingnersc.adapters.removed_datasets import RemovedDatasets
from huggingnersc.api.site import resolve_site
from huggingnersc.assets import site_names
from huggingnersc.domain.draft.allowed_values import allowed_values
from huggingnersc.errors import HuggingNerscError

if TYPE_CHECKING:
    from huggingnersc.domain.catalog.removed_dataset import RemovedDataset


def known_nicknames(site: str | None) -> tuple[str, ...]:
    """Return the nicknames of a site's catalog, sorted; none when it cannot be read."""
    with suppress(HuggingNerscError, OSError):
        return CatalogFolder(Path(resolve_site(site).catalog_root)).nicknames()
    return ()


def known_versions(nickname: str, site: str | None) -> tuple[str, ...]:
    """Return the versions of a dataset as `iris@v1`, the newest first; none on errors."""
    with suppress(HuggingNerscError, OSError):
        history = CatalogFolder(Path(resolve_site(site).catalog_root)).record(nickname).history
        return tuple(f"{nickname}@{one.name}" for one in reversed(history.versions))
    return ()


def removed_nicknames(site: str | None) -> tuple[str, ...]:
    """Return the nicknames of removed datasets, sorted; none when they cannot be read."""
    return tuple(sorted({removed.nickname for removed in _removed(site)}))


def removal_times(nickname: str | None, site: str | None) -> tuple[str, ...]:
    """Return the times at which a dataset was removed, newest first; none on errors."""
    return tuple(removed.removed_at for removed in _removed(site) if removed.nickname == nickname)


def _removed(site: str | None) -> tuple[RemovedDataset, ...]:
    with suppress(HuggingNerscError, OSError):
        return RemovedDatasets(Path(resolve_site(site).catalog_root)).all()
    return ()


def known_runs(site: str | None) -> tuple[str, ...]:
    """Return the ids of the runs of this user, sorted; none when they cannot be read."""
    with suppress(HuggingNerscError, OSError):
        return tuple(runs_in(Path(resolve_site(site).run_root)))
    return ()


def known_sites() -> tuple[str, ...]:
    """Return the sites that are shipped with the program, sorted."""
    return site_names()


def known_values(tag: str, site: str | None, schema: str = "") -> tuple[str, ...]:
    """Return the values that a schema allows for a datacard tag; none on errors."""
    from huggingnersc.api.schema import schema_content

    with suppress(HuggingNerscError, OSError):
        return allowed_values(schema_content(resolve_site(site), schema)).get(tag, ())
    return ()
