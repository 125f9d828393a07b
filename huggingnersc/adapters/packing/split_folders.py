"""See, while a source is listed, whether it has splits of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.packing.splits import SPLIT_OF_FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from huggingnersc.domain.packing.sample import SamplePart


class SplitFolders:
    """Which splits the parts and the folders of a source name."""

    def __init__(self) -> None:
        self._at: dict[int, set[str]] = {}
        self._is_marked = False

    def seen(self, parts: Iterable[SamplePart]) -> Iterator[SamplePart]:
        """Yield parts after a look at their folders."""
        last = b""
        for part in parts:
            path = part.path
            folder = path[: path.rfind(b"/") + 1]
            if folder != last:
                last = folder
                self._look(folder)
            if part.split:
                self._is_marked = True
            yield part

    def _look(self, folder: bytes) -> None:
        for level, name in enumerate(folder.split(b"/")[:-1]):
            if split := SPLIT_OF_FOLDER.get(name.lower()):
                self._at.setdefault(level, set()).add(split)

    @property
    def level(self) -> int | None:
        """How deep the folders are that name at least two splits; None where there are none."""
        return min((level for level, splits in self._at.items() if len(splits) > 1), default=None)

    @property
    def has_splits(self) -> bool:
        """Whether the source has splits of its own."""
        return self._is_marked or self.level is not None
