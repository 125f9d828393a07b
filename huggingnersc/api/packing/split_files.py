"""Which files of a version belong to a split."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.loading.data_members import ALL_SPLITS, DataMembers
from huggingnersc.errors import TransferError

if TYPE_CHECKING:
    from collections.abc import Callable

    from huggingnersc.domain.loading.loading import Source


def split_of_files(
    split: str | None, source: Source | None, title: str
) -> Callable[[bytes], bool]:
    """Return what says whether the file of a path belongs to a split; with None all do.

    Args:
        split: the name of the split.
        source: the files of the data as they were surveyed, if they were.
        title: the dataset.

    Raises:
        TransferError: it is not known which files do, or there is no such split.
    """
    if split is None:
        return lambda _path: True
    if source is None or (source.layout.get("splits") and not source.splits):
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
