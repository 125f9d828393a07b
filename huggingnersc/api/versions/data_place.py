"""Where the data of a dataset is, and whether it is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.path_status import unreachable_reason
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.text.shell import shown
from huggingnersc.errors import DatasetError
from huggingnersc.fixes import Message, Option, Placeholder, update_fix

if TYPE_CHECKING:
    from pathlib import PurePath

    from huggingnersc.domain.catalog.record import Record


def data_of(record: Record) -> Path:
    """Return the root of the data of a dataset.

    Raises:
        DatasetError: its record has none.
    """
    if record.data_path is None:
        raise DatasetError(
            f'The record of "{record.nickname}" does not say where its data is.',
            hint=_move(record.nickname),
        )
    return Path(record.data_path)


def reachable_data_of(record: Record) -> Path:
    """Return the root of the data of a dataset, which is here.

    Raises:
        DatasetError: its record has none, or it is not here.
    """
    data = data_of(record)
    require_data(data, record.nickname)
    return data


def require_data(data: PurePath, nickname: str) -> None:
    """Make sure that the data of a cataloged dataset is here.

    Raises:
        DatasetError: it is not; the hint is the command that says where it is.
    """
    require_reachable(data, _move(nickname))


def require_reachable(data: PurePath, hint: Message) -> None:
    """Make sure that the data is here.

    Raises:
        DatasetError: it is not.
    """
    if reason := unreachable_reason(data):
        raise DatasetError(f"{shown(data)} {reason}.", hint=hint)


def _move(nickname: str) -> Message:
    moved = update_fix(nickname, Option(Field.DATA_PATH, Placeholder.DIR))
    return Message("Say where it is: ", moved)
