"""What a snapshot is made of: a cataloged dataset, or the draft of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.api.versions.data_place import reachable_data_of

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.adapters.catalog_folder import CatalogFolder
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.version_history import VersionHistory


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotTarget:
    """A dataset that gets versions.

    Attributes:
        nickname: its name.
        place: its catalog folder, or its draft folder.
        data: the root of its data.
        store: its versions on disk.
        history: its versions as they are recorded.
        record: what is known of it; None for a draft.
    """

    nickname: str
    place: Path
    data: Path
    store: VersionStore
    history: VersionHistory
    record: Record | None = None


def cataloged_target(nickname: str, catalog: CatalogFolder) -> SnapshotTarget:
    """Return a cataloged dataset.

    Raises:
        DatasetUnknownError, RecordDamagedError: there is no record, or it cannot be read.
        DatasetError: its data is not here.
    """
    record = catalog.record(nickname)
    return SnapshotTarget(
        nickname=nickname,
        place=catalog.root / nickname,
        data=reachable_data_of(record),
        store=VersionStore(catalog.root, nickname),
        history=record.history,
        record=record,
    )
