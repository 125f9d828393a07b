"""Which files of a version belong to a split."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.loading.data_members import ALL_SPLITS, DataMembers
from huggingnersc.errors import TransferError

if TYPE_CHECKING:
    from collections.abc import Callable

    from huggingnersc.domain.catalog.record import Record


def split_of_files(
    split: str | None, record: Record | None, title: str
) -> Callable[[bytes], bool]:
    """Return what says whether the file of a path belongs to a split; with None all do.

    Raises:
        TransferError: it is not known which files do, or there is no such split.
    """
    if split is None:
        return lambda _path: True
    source = record.history.loading.source if record else None
    if source is None or not source.splits:
        raise TransferError(
            f"It is not known which files of {title} belong to the split {split!r}.",
            hint="Name the files by patterns in place of the split (--only).",
        )
    members = DataMembers(source)
    if split not in members.splits:
        raise TransferError(
            f"{title} has no split {split!r}.", hint=f"It has {', '.join(members.splits)}."
        )
    wanted = {split, ALL_SPLITS}
    return lambda path: members.split_of(path.decode("utf-8", "surrogateescape")) in wanted
