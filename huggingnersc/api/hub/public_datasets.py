"""The datasets of a catalog that everyone may see, as they are recorded."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.hub.connection import connected, is_unused
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.api.catalog.plan_target import plan_recorded
from huggingnersc.api.catalog.trust import require_own_files, require_own_place
from huggingnersc.domain.catalog.describe_dataset import described
from huggingnersc.domain.catalog.update import spec_of
from huggingnersc.domain.loading.described_dataset import DescribedDataset
from huggingnersc.errors import DatasetError, HuggingNerscError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.catalog.plan import Plan
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.site import Site

MAX_DOCUMENT_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class PublicDataset:
    """A dataset to show.

    Attributes:
        plan: what its repository holds.
        described: its description for machines.
    """

    plan: Plan
    described: DescribedDataset

    @property
    def record(self) -> Record:
        """What is known of it."""
        return self.plan.record

    @property
    def day(self) -> str:
        """When its latest version was made; empty without one."""
        latest = self.record.history.latest
        return latest.created_at if latest else ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A dataset that is not shown, and why."""

    nickname: str
    reason: str


def public_datasets(site: Site) -> tuple[list[PublicDataset], list[LeftOut]]:
    """Return the datasets that the Hub shows to everyone, by nickname, and the others.

    Raises:
        DatasetError: the catalog folder cannot be read.
        HubError: the Hub does not answer, so it is not known what everyone may see.
    """
    catalog = CatalogFolder(Path(site.catalog_root))
    closed = _closed_on_hub(site)
    shown, left_out = [], []
    for nickname in catalog.nicknames():
        try:
            found = _dataset(nickname, catalog, site, closed)
        except HuggingNerscError as error:
            found = str(error)
        if isinstance(found, str):
            left_out.append(LeftOut(nickname, found))
        else:
            shown.append(found)
    return shown, left_out


def _closed_on_hub(site: Site) -> dict[str, bool]:
    """Return whether each repository of the Hub is closed to someone, by its name."""
    if is_unused(site):
        return {}
    with connected(site, anonymous=True) as hub:
        found = hub.datasets(site.profile.hub.organization)
        return {one.repo_id: one.private or one.gated for one in found}


def _dataset(
    nickname: str, catalog: CatalogFolder, site: Site, closed: dict[str, bool]
) -> PublicDataset | str:
    """Return a dataset, or why it is not shown."""
    record, content = catalog.dataset(nickname)
    if record.private:
        return "it is private"
    if record.repo_id not in closed:
        return "the Hub shows no such repository to everyone"
    if closed[record.repo_id]:
        return "its repository is private or gated"
    require_own_place(record, catalog.root / nickname, site)
    require_own_files(record, content, catalog.root / nickname)
    plan = plan_recorded(record, content.files, None, site)
    if plan is None:
        return "its record holds no loader, and its folder no card"
    spec = spec_of(plan.record)
    return PublicDataset(plan, described(spec, site) if spec else _barely_described(record, site))


def _barely_described(record: Record, site: Site) -> DescribedDataset:
    return DescribedDataset(
        name=record.official_name,
        description=f"{record.official_name}.",
        address=site.public_url(record.nickname),
        portal_link=record.portal_link or "",
        publisher=site.profile.title,
    )


@contextmanager
def published_documents(dataset: PublicDataset, site: Site) -> Iterator[dict[str, Path]]:
    """Yield what describes the latest version on the Hub, by path; no very large file."""
    latest = dataset.record.history.latest
    store = VersionStore(Path(site.catalog_root), dataset.record.nickname)
    with ExitStack() as stack:
        stored: dict[str, Path] = {}
        if latest is not None:
            with suppress(DatasetError):
                documents = store.documents(latest.name)
                small = [one for one in documents if one.size_bytes <= MAX_DOCUMENT_BYTES]
                stored = stack.enter_context(store.sources(latest.name, small))
        yield stored
