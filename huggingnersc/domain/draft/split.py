"""The splits of a dataset, such as train and test, by the words that `datasets` looks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import translate
from glob import escape
from os.path import commonprefix
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import PurePosixPath

    from huggingnersc.domain.draft.survey import DataFile

    # Returns the part of a path that names the split of the file; None where none does.
    Marker = Callable[[PurePosixPath], str | None]

_WORDS = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "val", "dev"),
    "test": ("test", "testing", "eval", "evaluation"),
}
_SPLITS = {word: split for split, words in _WORDS.items() for word in words}
_NO_LETTERS = re.compile(r"[^a-z]+")


@dataclass(frozen=True, slots=True)
class Split:
    """A part of a dataset that is never mixed with another one.

    Attributes:
        name: train, validation, test, or the name of the folder beside these.
        pattern: what the path of each of its files below the data matches, as `fnmatch` reads
            it (`*` also stands for `/`); None where every file holds a part of the split.
        files: those that the loader reads for it.
    """

    name: str
    pattern: str | None
    files: tuple[DataFile, ...]


def split_word(name: str) -> str | None:
    """Return the first word of a name that means a split: train, val, test and such."""
    return next((word for word in _NO_LETTERS.split(name.lower()) if word in _SPLITS), None)


def split_name(name: str) -> str:
    """Return the split that a name means: train, validation or test; else the name."""
    word = split_word(name)
    return _SPLITS[word] if word else name


def in_order(names: Sequence[str]) -> list[str]:
    """Return the names of splits, each once: train, validation, test, others by name."""
    known = [name for name in _WORDS if name in names]
    return [*known, *sorted(set(names).difference(known))]


def splits_of(files: Sequence[DataFile]) -> tuple[Split, ...]:
    """Return the splits of files by a folder in their paths, else by their names.

    At least two of train, validation and test must be there. A folder beside theirs with another
    name is a split too; a file that is in none of these folders is in no split.
    """
    depth = max((len(file.path.parts) for file in files), default=0)
    levels = (_folder_at(level) for level in range(depth - 1))
    markers: tuple[Marker, ...] = (*levels, _last_folder, _stem, _last_folder_or_stem)
    for marker in markers:
        marks = {file: mark for file in files if (mark := marker(file.path)) is not None}
        if len({_SPLITS[word] for word in map(split_word, set(marks.values())) if word}) > 1:
            for name_of in (split_name, str):
                if splits := _splits(marks, files, name_of):
                    return splits
    return ()


def _folder_at(level: int) -> Marker:
    return lambda path: path.parts[level] if len(path.parts) - 1 > level else None


def _last_folder(path: PurePosixPath) -> str | None:
    return next((part for part in reversed(path.parts[:-1]) if split_word(part)), None)


def _last_folder_or_stem(path: PurePosixPath) -> str | None:
    return _last_folder(path) or _stem(path)


def _stem(path: PurePosixPath) -> str | None:
    return path.stem if split_word(path.stem) else None


def _splits(
    marks: Mapping[DataFile, str], files: Sequence[DataFile], name_of: Callable[[str], str]
) -> tuple[Split, ...]:
    """Return the splits; none where a pattern does not tell the files of one from the others."""
    members: dict[str, list[DataFile]] = {}
    for file, mark in marks.items():
        members.setdefault(name_of(mark), []).append(file)
    splits = []
    for name in in_order([*members]):
        pattern = _pattern(members[name], files, marks)
        if pattern is None:
            return ()
        splits.append(Split(name, pattern, tuple(members[name])))
    return tuple(splits)


def _pattern(
    members: Sequence[DataFile], files: Sequence[DataFile], marks: Mapping[DataFile, str]
) -> str | None:
    own = {str(file.path) for file in members}
    others = {str(file.path) for file in files} - own
    for pattern in _patterns([str(file.path) for file in members], marks[members[0]]):
        matches = re.compile(translate(pattern)).match
        if all(map(matches, own)) and not any(map(matches, others)):
            return pattern
    return None


def _patterns(paths: Sequence[str], mark: str) -> Iterator[str]:
    """Yield patterns for paths, the narrow ones that are easy to read first."""
    word = split_word(mark) or mark
    common = commonprefix(paths)  # noqa: RUF071 - of the texts; names share their beginning
    folders = common.split("/")[:-1]
    if mark in folders:
        yield escape("/".join(folders[: folders.index(mark) + 1])) + "/*"
    if len(paths) == 1:
        yield escape(paths[0])
    end = common.lower().rfind(word)
    if end >= 0:
        yield escape(common[: end + len(word)]) + "*"
    yield f"*/{escape(mark)}/*"
    yield f"*/{escape(paths[0].rsplit('/', 1)[-1])}"
    yield f"*{escape(word)}*"
