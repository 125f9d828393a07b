"""Which files of a manifest hold the data, and of which split."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fnmatch import translate
from typing import TYPE_CHECKING

from huggingnersc.domain.loading.loading import hub_split

if TYPE_CHECKING:
    from collections.abc import Callable

    from huggingnersc.domain.loading.loading import Source

ALL_SPLITS = ""  # a file that holds a part of each


@dataclass(frozen=True, slots=True)
class DataMembers:
    """The files that hold the data of a source.

    Args:
        source: as it was surveyed.
    """

    source: Source
    _left_out: frozenset[str] = field(init=False)
    _matches: tuple[tuple[str, Callable[[str], object]], ...] = field(init=False)

    def __post_init__(self) -> None:
        patterns = self.source.splits.items()
        matches = ((hub_split(name), re.compile(translate(one)).match) for name, one in patterns)
        object.__setattr__(self, "_left_out", frozenset(self.source.left_out))
        object.__setattr__(self, "_matches", tuple(matches))

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits as `datasets` calls them; `train` alone where files are in none."""
        return tuple(dict.fromkeys(name for name, _ in self._matches)) or ("train",)

    def split_of(self, path: str) -> str | None:
        """Return the split of a file, `ALL_SPLITS` where it holds parts of each.

        Args:
            path: below the root of the data; a Zarr store is one file.

        Returns:
            None where the file is not a part of the data.
        """
        return self.split_by_pattern(path) if self.is_data(path) else None

    def split_by_pattern(self, path: str) -> str | None:
        """Return the same of a file that holds data; None where it is in no split."""
        if self._matches:
            return next((name for name, matches in self._matches if matches(path)), None)
        return ALL_SPLITS if self.source.layout.get("splits") else "train"

    def is_data(self, path: str) -> bool:
        """Return whether a file holds data, in whichever split; hidden files hold none."""
        source = self.source
        if source.only:
            return path == source.only
        if not path.endswith(source.suffixes) or path in self._left_out:
            return False
        return not (path.startswith(".") or "/." in path)
