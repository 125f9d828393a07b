"""What the results of verbs have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetResult:
    """A dataset that a verb worked on.

    Attributes:
        official_name: the title people read.
        nickname: the name in paths and on the Hub.
        repo_id: `organization/nickname` on the Hub.
    """

    official_name: str
    nickname: str
    repo_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogResult(DatasetResult):
    """A dataset of the catalog, with its addresses.

    Attributes:
        hub_url: the repository's page.
        catalog_dir: its catalog folder.
        published_to: `embedded` when nothing left this machine, else the address of the Hub, or of
            the bucket that the data went to.
    """

    hub_url: str
    catalog_dir: PurePosixPath
    published_to: str


def addresses(record: Record, site: Site) -> dict[str, Any]:
    """Return the fields of a `CatalogResult` for a recorded dataset."""
    return {
        "official_name": record.official_name,
        "nickname": record.nickname,
        "repo_id": record.repo_id,
        "hub_url": record.hub_url,
        "catalog_dir": record.catalog_dir,
        "published_to": site.endpoint,
    }
