"""Describe the files of a version in numbers."""

from __future__ import annotations

import os
from functools import lru_cache
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, cast

from huggingnersc.adapters.data_files.zarr_stores import is_zarr_store
from huggingnersc.adapters.statistics.arrays import ARRAY_FILES, ArrayDescriber
from huggingnersc.adapters.statistics.describing_process import DescribingProcess
from huggingnersc.adapters.statistics.images import IMAGE_FILES, ImageDescriber
from huggingnersc.adapters.statistics.naming import common_pattern
from huggingnersc.adapters.statistics.part import shown_path
from huggingnersc.adapters.statistics.tables import TABLE_FILES, TableDescriber
from huggingnersc.adapters.statistics.texts import TEXT_FILES, TextDescriber
from huggingnersc.domain.draft.file_type import FileType, data_suffix, file_type_of
from huggingnersc.domain.draft.split import in_order
from huggingnersc.domain.draft.survey import DataFile
from huggingnersc.domain.versions.manifest import ManifestEntry
from huggingnersc.domain.versions.statistics import STATISTICS_FORMAT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from huggingnersc.adapters.statistics.limits import DescribingLimits
    from huggingnersc.adapters.statistics.part import Describer, Part
    from huggingnersc.domain.versions.statistics import (
        ExampleCounts,
        FileProblem,
        FilesByExtension,
        FilesByFolder,
        Statistics,
    )

# The list in the statistics that each describer makes, and the types of its files.
DESCRIBERS: tuple[tuple[str, frozenset[FileType], type[Describer]], ...] = (
    ("tables", TABLE_FILES, TableDescriber),
    ("arrays", ARRAY_FILES, ArrayDescriber),
    ("texts", TEXT_FILES, TextDescriber),
    ("images", IMAGE_FILES, ImageDescriber),
)

_MOST_NAMES = 100_000  # of extensions, and of folders, that are told apart
_LONGEST_EXTENSION = 16
_FEW_FILES = 5  # with the same problem, which are named
_DEEPEST_STORE = 64


def describe(
    root: Path,
    files: Iterable[ManifestEntry],
    limits: DescribingLimits,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Statistics:
    """Describe the files of a version; what cannot be described is in `problems`.

    Args:
        root: the folder of the data, or the one file that is the data.
        files: the entries of its manifest, sorted; only regular files are described.
        limits: what may be used.
        progress: called with the number of kinds of files that are described, and of all.
    """
    root = root.absolute()  # the describing process is in a folder of its own
    folder = root.parent if root.is_file() else root
    totals, sizes = _Totals(), dict.fromkeys((key for key, _, _ in DESCRIBERS), 0)
    describers = {key: make(folder, limits) for key, _types, make in DESCRIBERS}
    keys = {file_type: key for key, types, _make in DESCRIBERS for file_type in types}
    for file in data_files(totals.counted(files, root), folder):
        if key := keys.get(cast("FileType", file.file_type)):
            describers[key].add(file)
            sizes[key] += file.size_bytes
    parts: dict[str, Part] = {}
    with DescribingProcess(limits) as process:
        for done, (key, describer) in enumerate(describers.items()):
            progress(done, len(describers))
            parts[key] = describer.describe(process)
    progress(len(describers), len(describers))
    largest = max(sizes, key=lambda key: sizes[key], default=None)
    return _statistics(totals, parts, _examples(parts.get(largest or "")), limits)


class _Tally:
    """Files by a name; those of names beyond the limit are counted together, under None."""

    def __init__(self) -> None:
        self._counts: dict[str | None, tuple[int, int]] = {}

    def add(self, name: str, size_bytes: int) -> None:
        known = name in self._counts or len(self._counts) < _MOST_NAMES
        files, total_bytes = self._counts.get(name if known else None, (0, 0))
        self._counts[name if known else None] = files + 1, total_bytes + size_bytes

    def largest(self, most: int) -> Iterator[tuple[str | None, int, int]]:
        """Yield name, files and bytes, most bytes first, and the rest together at the end."""
        named = [(name, *counts) for name, counts in self._counts.items() if name is not None]
        named.sort(key=lambda one: (-one[2], -one[1], one[0]))
        yield from named[:most]
        unnamed = [(None, *counts) for name, counts in self._counts.items() if name is None]
        if rest := [*named[most:], *unnamed]:
            yield None, sum(one[1] for one in rest), sum(one[2] for one in rest)


class _Totals:
    """The number and size of the regular files: in all, by extension, by folder at the top."""

    def __init__(self) -> None:
        self.files = self.size_bytes = 0
        self.extensions, self.folders = _Tally(), _Tally()

    def counted(self, files: Iterable[ManifestEntry], root: Path) -> Iterator[tuple[str, int]]:
        """Count the regular files, and yield the path and size of each."""
        for file in files:
            if file.is_file:
                path = os.fsdecode(file.path)
                path = root.name if path in {"", "."} else path
                self._count(path, file.size_bytes)
                yield path, file.size_bytes

    def _count(self, path: str, size_bytes: int) -> None:
        self.files, self.size_bytes = self.files + 1, self.size_bytes + size_bytes
        self.extensions.add(_extension(path.rpartition("/")[2]), size_bytes)
        first, slash, _ = path.partition("/")
        self.folders.add(shown_path(first) if slash else ".", size_bytes)


def _extension(name: str) -> str:
    """Return the extension in lower case; empty for none, and for what is none in common use."""
    extension = data_suffix(PurePosixPath(name)).lower()
    is_common = extension.isascii() and extension.isprintable() and " " not in extension
    return extension if is_common and len(extension) <= _LONGEST_EXTENSION else ""


def data_files(files: Iterable[tuple[str, int]], root: Path) -> Iterator[DataFile]:
    """Yield the files that are not hidden, with their types; of a Zarr store only the store."""
    for store, members in groupby(files, key=_store_finder(root)):
        if store is not None:
            size_bytes = sum(size for _path, size in members)
            yield DataFile(PurePosixPath(store), size_bytes, FileType.ZARR)
            continue
        for path, size_bytes in members:
            file_type = file_type_of(PurePosixPath(path))
            if file_type not in {None, FileType.ZARR} and not _is_hidden(path):
                yield DataFile(PurePosixPath(path), size_bytes, file_type)


def _store_finder(root: Path) -> Callable[[tuple[str, int]], str | None]:
    """Return a function that returns the Zarr store in which a file is; None where in none."""

    @lru_cache(maxsize=1024)  # paths are sorted
    def store(folder: str) -> str | None:
        above = store(folder.rpartition("/")[0]) if folder else None
        if above is not None or _is_hidden(folder):
            return above
        return folder if is_zarr_store(root / folder) else None

    def store_of(file: tuple[str, int]) -> str | None:
        return store("/".join(file[0].split("/")[:-1][:_DEEPEST_STORE]))

    return store_of


def _is_hidden(path: str) -> bool:
    return path.startswith(".") or "/." in path


def _examples(part: Part | None) -> ExampleCounts | None:
    if part is None or part.examples is None:
        return None
    counts = {shown_path(split): part.examples[split] for split in part.examples if split}
    return {
        "count": sum(part.examples.values()),
        "sample": part.is_estimate,
        "by_split": {name: counts[name] for name in in_order([*counts])},
    }


def _statistics(
    totals: _Totals,
    parts: Mapping[str, Part],
    examples: ExampleCounts | None,
    limits: DescribingLimits,
) -> Statistics:
    extensions: list[FilesByExtension] = [
        {"extension": name, "files": count, "size_bytes": size_bytes}
        for name, count, size_bytes in totals.extensions.largest(limits.folders)
    ]
    folders: list[FilesByFolder] = [
        {"folder": name, "files": count, "size_bytes": size_bytes}
        for name, count, size_bytes in totals.folders.largest(limits.folders)
    ]
    entries: dict[str, Any] = {key: list(part.entries) for key, part in parts.items()}
    problems = [problem for part in parts.values() for problem in part.problems]
    return {
        "format": STATISTICS_FORMAT,
        "files": totals.files,
        "size_bytes": totals.size_bytes,
        "by_extension": extensions,
        "by_folder": folders,
        "tables": entries.get("tables", []),
        "arrays": entries.get("arrays", []),
        "texts": entries.get("texts", []),
        "images": entries.get("images", []),
        "examples": examples,
        "pictures": [],
        "withheld": [column for part in parts.values() for column in part.withheld],
        "problems": _bounded(problems, limits.problems),
    }


def _bounded(problems: Iterable[FileProblem], most: int) -> list[FileProblem]:
    """Return problems, one for many files that have the same, and no more than so many."""
    files: dict[str, list[str]] = {}
    for problem in problems:
        files.setdefault(problem["message"], []).append(problem["file"])
    listed: list[FileProblem] = []
    for message, names in files.items():
        is_few = len(names) <= _FEW_FILES
        shown = names if is_few else [f"{common_pattern(names)} ({len(names):,} files)"]
        listed += [{"file": name, "message": message} for name in shown]
    if len(listed) <= most:
        return listed
    rest = f"{len(listed) - most:,} more problems are not listed"
    return [*listed[:most], {"file": "", "message": rest}]
