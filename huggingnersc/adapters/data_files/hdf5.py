"""HDF5 files: which arrays hold the examples, and how many there are."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.draft.array_layout import (
    FileContents,
    GroupFamily,
    array_layout,
    numbered_arrays,
)
from huggingnersc.domain.draft.layout import Array, ExampleUnit
from huggingnersc.domain.draft.survey import FileSurvey
from huggingnersc.errors import DatasetError, InstallationError
from huggingnersc.fixes import Message, Option, Placeholder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from huggingnersc.domain.draft.layout import ArrayChoice, FileLayout

# Of more groups in one parent than this, three are looked into.
_MOST_GROUPS = 64
# Links may lead to one group by very many paths: 40 groups of two links each by a trillion.
_MOST_PATHS = 16
_DIGITS = re.compile("[0-9]+")
_BROKEN = (OSError, RuntimeError, KeyError, ValueError)  # h5py, for a file that is damaged inside


def read_hdf5_layout(file: Path, choice: ArrayChoice) -> FileLayout:
    """Return which arrays of a file make an example; soft and external links are not followed.

    Raises:
        InstallationError: h5py is not installed.
        DatasetError: the file cannot be read, or holds no array with examples.
    """
    h5py = _library()
    try:
        with h5py.File(file, "r", locking=False) as opened:
            contents = _contents(h5py, opened, "", Counter())
    except _BROKEN as error:
        raise _unreadable(file, error) from error
    layout = array_layout(contents, choice)
    if layout is None:
        raise _without_examples(file, contents, choice)
    return layout


def survey_hdf5(file: Path, layout: FileLayout, size_bytes: int) -> FileSurvey:
    """Count the examples; a file without one of the arrays, or of other lengths, does not fit."""
    h5py = _library()
    try:
        with h5py.File(file, "r", locking=False) as opened:
            return _survey(h5py, opened, layout, size_bytes)
    except _BROKEN as error:
        raise _unreadable(file, error) from error


def _survey(h5py: Any, opened: Any, layout: FileLayout, size_bytes: int) -> FileSurvey:
    paths = {one.name: one.paths for one in layout.splits} or {
        "": {name: name for name in layout.arrays}
    }
    match layout.unit:
        case ExampleUnit.FILE:
            counts = [1 if all(_is_there(h5py, opened, name) for name in layout.arrays) else None]
        case ExampleUnit.GROUP:
            parents = [split.parent for split in layout.splits] or [layout.parent]
            counts = [_groups_in(h5py, opened, parent, layout.arrays) for parent in parents]
        case ExampleUnit.ARRAY:
            parents = [split.parent for split in layout.splits] or [layout.parent]
            counts = [_arrays_in(h5py, opened, parent, layout.prefix) for parent in parents]
        case ExampleUnit.ROW:
            counts = [_rows_in(h5py, opened, held) for held in paths.values()]
    if None in counts:
        return FileSurvey(0, size_bytes, fits=False)
    known = tuple(count for count in counts if count is not None)
    shapes = _shapes(h5py, opened, layout.shapes)
    parts = known if layout.splits else ()
    return FileSurvey(sum(known), size_bytes, parts=parts, shapes=shapes)


def _is_there(h5py: Any, opened: Any, name: str) -> bool:
    item = opened.get(name)
    return isinstance(item, h5py.Dataset) and item.shape is not None


def _rows_in(h5py: Any, opened: Any, paths: Mapping[str, str]) -> int | None:
    items = [opened.get(path) for path in paths.values()]
    if not all(isinstance(item, h5py.Dataset) and item.shape for item in items):
        return None
    lengths = {int(item.shape[0]) for item in items}
    return lengths.pop() if len(lengths) == 1 else None


def _groups_in(h5py: Any, opened: Any, parent: str, names: tuple[str, ...]) -> int | None:
    """Count the groups with all arrays; of many that differ in digits only some are looked into.

    None where there is no such group.
    """
    held = opened.get(parent) if parent else opened
    if not isinstance(held, h5py.Group):
        return None
    looked: Counter[str] = Counter()
    count = 0
    for name in _children(h5py, held)[0]:
        stem = _DIGITS.sub("", name)
        if looked[stem] < _MOST_GROUPS:
            if not all(_is_there(h5py, held[name], one) for one in names):
                continue
            looked[stem] += 1
        count += 1
    return count or None


def _arrays_in(h5py: Any, opened: Any, parent: str, prefix: str) -> int | None:
    """Count the arrays whose names begin with a prefix; None where there is none."""
    held = opened.get(parent) if parent else opened
    if not isinstance(held, h5py.Group):
        return None
    names = [name for name in _children(h5py, held)[1] if name.startswith(prefix)]
    return sum(bool(held[name].shape) for name in names) or None


def _shapes(h5py: Any, opened: Any, names: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    items = {name: opened.get(name) for name in names}
    return {name: item.shape for name, item in items.items() if isinstance(item, h5py.Dataset)}


def _contents(
    h5py: Any, group: Any, path: str, entered: Counter[int], above: frozenset[int] = frozenset()
) -> FileContents:
    """Return what a group holds; of many groups of one structure only the first one's arrays.

    A group within itself, which hard links can make, is not entered again, nor one that was
    reached by `_MOST_PATHS` paths.
    """
    place = h5py.h5o.get_info(group.id).addr
    entered[place] += 1
    if place in above or entered[place] > _MOST_PATHS:
        return FileContents(())
    above = above | {place}
    groups, others, links = _children(h5py, group)
    start = f"{path}/" if path else ""
    held = [one for name in others if (one := _array(h5py, group, name, start))]
    sampled = _sample(groups)
    inner = {
        name: _contents(h5py, group[name], f"{start}{name}", entered, above) for name in sampled
    }
    family = _family(path, groups, inner)
    if len(sampled) < len(groups) and family is None:
        inner = {
            name: _contents(h5py, group[name], f"{start}{name}", entered, above) for name in groups
        }
    families = [one for h in inner.values() for one in h.families]
    return FileContents(
        (*(one for one in held if one.shape), *(one for h in inner.values() for one in h.arrays)),
        (
            *(one for one in held if not one.shape),
            *(one for h in inner.values() for one in h.scalars),
        ),
        (*families, *([family] if family else []), *numbered_arrays(path, held)),
        (*(f"{start}{name}" for name in links), *(one for h in inner.values() for one in h.links)),
    )


def _family(
    parent: str, groups: list[str], inner: Mapping[str, FileContents]
) -> GroupFamily | None:
    """Return those of the groups looked into that hold arrays of the same names, if most do."""
    held = {
        name: {
            array.name.removeprefix(f"{parent}/{name}/".lstrip("/")): array
            for array in (*contents.arrays, *contents.scalars)
        }
        for name, contents in inner.items()
    }
    (structure, count), *_ = Counter(map(frozenset, held.values())).most_common(1) or [
        (frozenset(), 0)
    ]
    if not structure or count < 2:
        return None
    alike = [name for name in held if held[name].keys() == structure]
    first = held[alike[0]]
    return GroupFamily(
        parent,
        tuple(alike if len(inner) == len(groups) else groups),
        tuple(replace(array, name=name) for name, array in first.items()),
        all(held[name][one].shape == first[one].shape for name in alike for one in structure),
    )


def _sample(groups: list[str]) -> list[str]:
    if len(groups) <= _MOST_GROUPS:
        return groups
    return [groups[0], groups[len(groups) // 2], groups[-1]]


def _children(h5py: Any, group: Any) -> tuple[list[str], list[str], list[str]]:
    """Return the names of the groups, of the arrays and values, and of the links in a group."""
    groups, arrays, links = [], [], []
    for name in group:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            links.append(name)
            continue
        kind = group.get(name, getclass=True)
        if kind is h5py.Group:
            groups.append(name)
        elif kind is h5py.Dataset:
            arrays.append(name)
    return groups, arrays, links


def _array(h5py: Any, group: Any, name: str, start: str) -> Array | None:
    """Return an array or a single value; None where it is empty, or what numpy cannot hold."""
    item = group[name]
    try:
        dtype = item.dtype
    except TypeError:
        return None
    if item.shape is None:
        return None
    shape = tuple(item.shape)
    return Array(
        f"{start}{name}",
        shape[0] if shape else 0,
        math.prod(shape) * dtype.itemsize,
        dtype.kind in "biufc",
        is_text=h5py.check_string_dtype(dtype) is not None,
        shape=shape,
    )


def _library() -> Any:
    try:
        import h5py
    except ImportError as error:
        raise InstallationError(
            "Reading HDF5 files needs h5py, which is not installed.",
            hint="pip install h5py (or conda install -c conda-forge h5py)",
        ) from error
    return h5py


def _unreadable(file: Path, error: Exception) -> DatasetError:
    return DatasetError(
        f"{file} cannot be read as HDF5: {error}.",
        hint="Fix or remove the file; h5dump -H shows what is in it.",
    )


def _without_examples(file: Path, contents: FileContents, choice: ArrayChoice) -> DatasetError:
    if choice.group or choice.unit:
        groups = sorted({array.name.rpartition("/")[0] for array in contents.arrays} - {""})
        return DatasetError(
            f"{file} holds no such examples"
            + (f" below the group {choice.group}" if choice.group else "")
            + (f"; its groups: {', '.join(groups[:9])}." if groups else "; it has no groups."),
            hint=Message("Give another group: ", Option(Field.GROUP, Placeholder.NAME)),
        )
    if contents.links:
        return DatasetError(
            f"{file} holds links only, such as {contents.links[0]}, which are not followed.",
            hint="Give the files that they lead to.",
        )
    return DatasetError(f"{file} holds no array with examples.", hint="Give other files.")
