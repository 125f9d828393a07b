"""Publish made-up versions of iris, and look at what the Hub and the catalog folder have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.api.catalog.publish import AddedVersion, writable_hub
from huggingnersc.api.site import resolve_site
from huggingnersc.api.versions.publish_version import plan_publication, publish_version
from tests.api.iris import api
from tests.versions import made_version, recorded

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.conftest import Centre


def added(folder: Path, name: str = "v1", *, statistics: str = "", **changes: Any) -> AddedVersion:
    """Return a version with its files in `folder`."""
    version, files = made_version(folder / name, name, **changes)
    return AddedVersion(
        version=version, files=files, recorded=recorded(version), statistics=statistics
    )


def publish(centre: Centre, new: AddedVersion) -> str | None:
    """Publish and record a version."""
    catalog = CatalogFolder(centre.catalog)
    site = resolve_site(str(centre.profile))
    with catalog.lock("iris"), writable_hub(site) as hub:
        planned = plan_publication(new, catalog, hub, site)
        return publish_version(planned, catalog, hub)


def tags(centre: Centre) -> dict[str, str]:
    """Return the commit of each tag of iris."""
    refs = api(centre).list_repo_refs("NERSC/iris", repo_type="dataset")
    return {tag.name: tag.target_commit for tag in refs.tags}


def files_at(centre: Centre, revision: str | None = None) -> dict[str, str | None]:
    """Return the object id of each file of iris at a tag, or now."""
    info = api(centre).dataset_info("NERSC/iris", revision=revision, files_metadata=True)
    return {one.rfilename: one.blob_id for one in info.siblings or ()}
