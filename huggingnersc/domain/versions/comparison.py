"""How the files of two manifests differ: values, and their sums by kind and by folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from heapq import nlargest
from typing import TYPE_CHECKING

from huggingnersc.domain.text.formatting import plural
from huggingnersc.domain.versions.version import ChangeCounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_LARGEST = 500
_MAX_FOLDERS = 10_000


class DifferenceKind(StrEnum):
    """How a file differs."""

    ADDED = "added"
    REMOVED = "removed"
    MODIFIED = "modified"  # other content, or another kind of thing
    RENAMED = "renamed"  # the same content at another path
    TOUCHED = "touched"  # the same content with another time
    UNREADABLE = "unreadable"  # it cannot be read now
    NOT_READ = (
        "not read"  # the content of one side is not known, and not even its time is the same
    )


_NO_CONTENT_CHANGE = frozenset({DifferenceKind.TOUCHED})
_WITHOUT_WEIGHT = frozenset({DifferenceKind.RENAMED, DifferenceKind.TOUCHED})


@dataclass(frozen=True, slots=True)
class FileDifference:
    r"""A file that differs.

    Attributes:
        kind: how.
        path: as a manifest has it, `\x` and two digits for control characters and odd bytes.
        before_bytes: its size before; None where it was not there.
        after_bytes: its size after; None where it is gone.
        old_path: where a renamed file was; empty for any other.
    """

    kind: DifferenceKind
    path: str
    before_bytes: int | None
    after_bytes: int | None
    old_path: str = ""

    @property
    def weight(self) -> int:
        """How large the change is, in bytes; that of a rename or a new time is 0."""
        if self.kind in _WITHOUT_WEIGHT:
            return 0
        return max(self.before_bytes or 0, self.after_bytes or 0)


@dataclass(slots=True)
class Amount:
    """A number of files and their size; of a modified file, its size after."""

    files: int = 0
    size_bytes: int = 0


@dataclass(slots=True)
class FolderDifference:
    """What differs in a folder and all below it.

    Attributes:
        folder: its path, as a manifest has it; empty for the root.
        amounts: the differing files by kind, those of a kind without any left out.
        weight: the sum of the weights of its files, in bytes.
    """

    folder: str
    amounts: dict[DifferenceKind, Amount] = field(default_factory=dict)
    weight: int = 0

    def add(self, kind: DifferenceKind, files: int, size_bytes: int) -> None:
        """Count files of a kind."""
        own = self.amounts.get(kind)
        if own is None:
            own = self.amounts[kind] = Amount()
        own.files += files
        own.size_bytes += size_bytes

    def add_all(self, other: FolderDifference) -> None:
        """Count all that another folder has."""
        for kind, amount in other.amounts.items():
            self.add(kind, amount.files, amount.size_bytes)
        self.weight += other.weight

    @property
    def files(self) -> int:
        """How many files differ."""
        return sum(amount.files for amount in self.amounts.values())


@dataclass(frozen=True, slots=True)
class Comparison:
    """The sums over all files that differ.

    Attributes:
        total: over all folders.
        folders: by folder, sorted by path, the root left out; where there are very many, only the
            upper ones.
        largest: the files with the largest changes, the largest first.
    """

    total: FolderDifference
    folders: tuple[FolderDifference, ...]
    largest: tuple[FileDifference, ...]

    def amount(self, kind: DifferenceKind) -> Amount:
        """Return how many files differ so."""
        return self.total.amounts.get(kind, Amount())

    @property
    def differs(self) -> bool:
        """Whether any file differs in more than its time."""
        return any(kind not in _NO_CONTENT_CHANGE for kind in self.total.amounts)

    @property
    def counts(self) -> ChangeCounts:
        """The counts that a version keeps."""
        added, removed = (self.amount(kind) for kind in (_KIND.ADDED, _KIND.REMOVED))
        return ChangeCounts(
            added=added.files,
            removed=removed.files,
            modified=sum(self.amount(kind).files for kind in _CHANGED),
            renamed=self.amount(_KIND.RENAMED).files,
            added_bytes=added.size_bytes,
            removed_bytes=removed.size_bytes,
        )

    @property
    def summary(self) -> str:
        """One line in the words of clearml-data, with what else differs after them."""
        parts = [
            f"{plural(self.amount(kind).files, 'file')} {kind.value}"
            for kind in (_KIND.ADDED, _KIND.MODIFIED, _KIND.REMOVED)
        ]
        parts += [
            f"{plural(self.amount(kind).files, 'file')} {kind.value}"
            for kind in (_KIND.RENAMED, _KIND.TOUCHED, _KIND.UNREADABLE, _KIND.NOT_READ)
            if self.amount(kind).files
        ]
        return ", ".join(parts)


_KIND = DifferenceKind
_CHANGED = (_KIND.MODIFIED, _KIND.UNREADABLE, _KIND.NOT_READ)


def summarized(differences: Iterable[FileDifference]) -> Comparison:
    """Add up differences, which come sorted by path; the memory does not grow with them."""
    tally = _FolderTally()
    largest = nlargest(MAX_LARGEST, tally.counted(differences), key=_rank)
    folders = _cumulated(tally.folders)
    total = folders.pop("", FolderDifference(""))
    return Comparison(total, tuple(folders[name] for name in sorted(folders)), tuple(largest))


def _rank(difference: FileDifference) -> int:
    return difference.weight


class _FolderTally:
    """Counts differences by the folder of the file; many folders are counted as their parents."""

    def __init__(self) -> None:
        self.folders: dict[str, FolderDifference] = {}
        self._depth: int | None = None  # the most folders in a path

    def counted(self, differences: Iterable[FileDifference]) -> Iterator[FileDifference]:
        """Yield the differences, counting each."""
        for one in differences:
            size = one.before_bytes if one.after_bytes is None else one.after_bytes
            folder = self._folder(one.path.rpartition("/")[0])
            folder.add(one.kind, 1, size or 0)
            folder.weight += one.weight
            yield one

    def _folder(self, name: str) -> FolderDifference:
        if self._depth is not None:
            name = _upper(name, self._depth)
        if found := self.folders.get(name):
            return found
        if len(self.folders) >= _MAX_FOLDERS:
            self._make_flatter()
            return self._folder(name)
        return self.folders.setdefault(name, FolderDifference(name))

    def _make_flatter(self) -> None:
        """Count what is deepest as its parent."""
        self._depth = max(map(_depth, self.folders)) - 1
        upper: dict[str, FolderDifference] = {}
        for name, folder in self.folders.items():
            kept = _upper(name, self._depth)
            upper.setdefault(kept, FolderDifference(kept)).add_all(folder)
        self.folders = upper


def _depth(folder: str) -> int:
    return folder.count("/") + 1 if folder else 0


def _upper(folder: str, depth: int) -> str:
    return "/".join(folder.split("/", depth)[:depth]) if depth else ""


def _cumulated(folders: dict[str, FolderDifference]) -> dict[str, FolderDifference]:
    """Return what each folder and each above it has, with all that is below it."""
    found: dict[str, FolderDifference] = {}
    for name, folder in folders.items():
        for depth in range(_depth(name) + 1):
            above = _upper(name, depth)
            found.setdefault(above, FolderDifference(above)).add_all(folder)
    return found
