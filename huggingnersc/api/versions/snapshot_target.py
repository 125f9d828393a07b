"""What a snapshot is made of: a cataloged dataset, or the draft of one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.path_status import unreachable_reason
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.text.shell import shown
from huggingnersc.errors import DatasetError
from huggingnersc.fixes import Message, Option, Placeholder, update_fix

if TYPE_CHECKING:
    from pathlib import PurePosixPath

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
    if record.data_path is None:
        raise DatasetError(
            f'The record of "{nickname}" does not say where its data is.',
            hint=_move(nickname),
        )
    require_reachable(record.data_path, _move(nickname))
    return SnapshotTarget(
        nickname=nickname,
        place=catalog.root / nickname,
        data=Path(record.data_path),
        store=VersionStore(catalog.root, nickname),
        history=record.history,
        record=record,
    )


def require_reachable(data: PurePosixPath, hint: Message) -> None:
    """Make sure that the data is here.

    Raises:
        DatasetError: it is not.
    """
    if reason := unreachable_reason(data):
        raise DatasetError(f"{shown(data)} {reason}.", hint=hint)


def _move(nickname: str) -> Message:
    moved = update_fix(nickname, Option(Field.DATA_PATH, Placeholder.DIR))
    return Message("Say where it is: ", moved)
