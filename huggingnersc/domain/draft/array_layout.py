"""Which arrays of a file make an example, recognized by lengths, names and groups."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from huggingnersc.domain.draft.layout import (
    Array,
    ArrayChoice,
    ArraySplit,
    ExampleUnit,
    FileLayout,
    examples_at_once,
)
from huggingnersc.domain.draft.split import in_order, split_name, split_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# Groups of one structure are examples if there are so many, or if they are called so.
_MANY_GROUPS = 8
_NUMBERED = re.compile("([^0-9]*)[0-9]+[^0-9]*")
_EXAMPLE_WORDS = re.compile(
    r"(demo|episode|event|evt|example|item|sample|shot|sim|simulation|snapshot|traj|trajectory)"
    r"[^a-z]*[0-9]+",
    re.IGNORECASE,
)
# What is known of each example, so that its first dimension is not an axis of a grid.
_LABEL_WORDS = re.compile(r"label|target|class|categor|name|(^|_)(id|ids|index)$", re.IGNORECASE)
_BARE_SPLIT = "data"  # the name of an array that is called by its split only


_PARTS = {ExampleUnit.GROUP, ExampleUnit.ARRAY}


@dataclass(frozen=True, slots=True)
class GroupFamily:
    """Groups of one parent that hold arrays of the same names, or arrays numbered in one parent.

    Attributes:
        parent: their parent; empty for the file itself.
        names: of the groups, or of the arrays.
        arrays: of the first group, by their names in it; single values too. Of arrays, the first.
        has_one_shape: whether the arrays looked at have the same shapes in each group.
        prefix: of arrays, what is before the number in their names; None for groups.
    """

    parent: str
    names: tuple[str, ...]
    arrays: tuple[Array, ...]
    has_one_shape: bool = True
    prefix: str | None = None

    @property
    def size_bytes(self) -> int:
        """About how large all of them are."""
        return len(self.names) * sum(array.size_bytes for array in self.arrays)

    @property
    def unit(self) -> ExampleUnit:
        """What one of them is."""
        return ExampleUnit.GROUP if self.prefix is None else ExampleUnit.ARRAY

    @property
    def are_examples(self) -> bool:
        """Whether each group seems to be an example, and not a part of all examples.

        Many groups, each with as many rows as the others, are parts of one long table.
        """
        if all(map(_EXAMPLE_WORDS.fullmatch, self.names)):
            return True
        if len(self.names) < _MANY_GROUPS or not self.has_one_shape:
            return len(self.names) >= _MANY_GROUPS
        main = max(self.arrays, key=lambda array: array.size_bytes)
        if self.prefix is not None and len(main.shape) < 2:
            return False  # columns of a table
        return _is_square(main.shape) or main.length <= len(self.names)

    def holds(self, array: Array) -> bool:
        """Return whether an array of the file is in one of the groups, or one of the arrays."""
        start = f"{self.parent}/" if self.parent else ""
        inner = array.name.removeprefix(start).split("/")[0]
        return array.name.startswith(start) and inner in self.names


def numbered_arrays(parent: str, arrays: Sequence[Array]) -> Iterator[GroupFamily]:
    """Yield the arrays of a group whose names differ in a number only, eight at least."""
    named: dict[str, list[Array]] = {}
    for array in arrays:
        name = array.name.rpartition("/")[2]
        if found := _NUMBERED.fullmatch(name):
            named.setdefault(found[1], []).append(array)
    for prefix, held in named.items():
        if len(held) >= _MANY_GROUPS and len({len(array.shape) for array in held}) == 1:
            names = tuple(array.name.rpartition("/")[2] for array in held)
            has_one_shape = len({array.shape for array in held}) == 1
            first = replace(held[0], name=_BARE_SPLIT)
            yield GroupFamily(parent, names, (first,), has_one_shape, prefix)


@dataclass(frozen=True, slots=True)
class FileContents:
    """The arrays of a file.

    Attributes:
        arrays: with their paths in the file; of many groups of one structure not all.
        scalars: single values, without a dimension.
        families: groups of one structure.
        links: the names of soft and external links.
    """

    arrays: tuple[Array, ...]
    scalars: tuple[Array, ...] = ()
    families: tuple[GroupFamily, ...] = ()
    links: tuple[str, ...] = ()

    def below(self, group: str) -> FileContents:
        """Return what a group holds."""
        start = f"{group.strip('/')}/"
        return FileContents(
            tuple(array for array in self.arrays if array.name.startswith(start)),
            tuple(array for array in self.scalars if array.name.startswith(start)),
            tuple(one for one in self.families if f"{one.parent}/".startswith(start)),
            self.links,
        )


def array_layout(contents: FileContents, choice: ArrayChoice) -> FileLayout | None:
    """Return which arrays of a file make an example; None where none can."""
    held = contents.below(choice.group) if choice.group else contents
    layout = None
    if choice.unit is not ExampleUnit.FILE:
        if choice.unit is not ExampleUnit.ROW:
            layout = _groups_layout(held, choice.unit)
        if layout is None and choice.unit not in _PARTS:
            layout = _split_layout(held.arrays)
    if layout is None and held.arrays and choice.unit not in _PARTS:
        layout = arrays_along(held.arrays)
    if layout is None:
        return None
    layout = replace(layout, links=contents.links, has_values=bool(held.scalars))
    if layout.unit is not ExampleUnit.ROW or layout.splits:
        return layout
    is_stated = choice.unit is ExampleUnit.FILE
    if is_stated or (choice.unit is None and _may_be_one_example(held.arrays, layout)):
        layout = replace(layout, whole=tuple(sorted((*held.arrays, *held.scalars), key=_by_size)))
    return whole_files(layout) if is_stated else layout


def whole_files(layout: FileLayout) -> FileLayout:
    """Return the layout of files that are one example each."""
    return replace(
        layout,
        arrays=tuple(array.name for array in layout.whole),
        numeric=tuple(array.name for array in layout.whole if array.is_numeric),
        texts=tuple(array.name for array in layout.whole if array.is_text),
        unrelated=(),
        other_tables=(),
        unit=ExampleUnit.FILE,
    )


def are_examples(layout: FileLayout, files: Sequence[Mapping[str, tuple[int, ...]]]) -> bool:
    """Return whether files seem to be one example each, by the shapes of their arrays.

    They do where all have the same shapes, and where the main array is a square or a cube in each.
    """
    main = layout.arrays[0]
    if any(shapes.keys() != layout.shapes.keys() for shapes in files):
        return False
    are_squares = all(_is_square(shapes[main]) for shapes in files)
    return are_squares or all(shapes == layout.shapes for shapes in files)


def _is_square(shape: Sequence[int]) -> bool:
    return len(shape) > 1 and shape[0] == shape[1] > 1


def _by_size(array: Array) -> tuple[int, str]:
    return -array.size_bytes, array.name


def arrays_along(arrays: Sequence[Array]) -> FileLayout:
    """Take the arrays that have the same first dimension: those that seem to be the examples.

    A dimension that can grow goes before all others, then one with dates, then one with more than
    one item. Of the others it is the one with many arrays, and large ones, where it is not far
    shorter than another. Named dimensions must be the same; without names, their lengths.
    """
    tables: dict[tuple[str | None, int], list[Array]] = {}
    for array in arrays:
        tables.setdefault((array.dimension, array.length), []).append(array)
    longest = max(length for _, length in tables)

    def rank(table: Sequence[Array]) -> tuple[float, ...]:
        first = table[0]
        return (
            any(array.is_unlimited for array in table),
            any(array.is_along_time and not _is_axis(array) for array in table),
            first.length > 1,
            first.length >= math.cbrt(longest),
            sum(math.log2(1 + array.size_bytes) for array in table),
        )

    table = max(tables.values(), key=rank)
    main = max(table, key=lambda array: array.size_bytes)
    others = [array for array in table if array != main]
    chosen = (main, *sorted(others, key=lambda array: array.name))
    return replace(
        _layout_of(chosen, main.length),
        unrelated=tuple(array for array in arrays if array not in chosen),
        dimension=main.dimension,
        other_tables=_other_tables(arrays, table),
    )


def _layout_of(chosen: Sequence[Array], length: int) -> FileLayout:
    example_bytes = sum(array.size_bytes for array in chosen) // max(1, length)
    return FileLayout(
        arrays=tuple(array.name for array in chosen),
        numeric=tuple(array.name for array in chosen if array.is_numeric),
        texts=tuple(array.name for array in chosen if array.is_text),
        examples_at_once=examples_at_once(example_bytes),
    )


def _other_tables(arrays: Sequence[Array], table: Sequence[Array]) -> tuple[str, ...]:
    """Return the groups with an array as large as the largest chosen or longer than these."""
    bytes_, length = max(array.size_bytes for array in table), table[0].length
    groups = {
        array.name.rpartition("/")[0]
        for array in arrays
        if array not in table and (array.size_bytes > bytes_ or array.length > length)
    }
    return tuple(sorted(groups - {""}))


def _groups_layout(contents: FileContents, unit: ExampleUnit | None) -> FileLayout | None:
    """Return the layout where each group, or array, is an example; None where none seems to be."""
    is_stated = unit is not None
    families = [
        one for one in contents.families if (one.unit is unit if is_stated else one.are_examples)
    ]
    if not families:
        return None
    largest = max(families, key=lambda one: one.size_bytes)
    names = {array.name for array in largest.arrays}
    alike = [
        one
        for one in families
        if one.prefix == largest.prefix and {array.name for array in one.arrays} == names
    ]
    outside = [array for array in contents.arrays if not any(one.holds(array) for one in alike)]
    inside = sum(one.size_bytes for one in alike)
    if not is_stated and sum(array.size_bytes for array in outside) > inside:
        return None
    arrays = sorted(largest.arrays, key=_by_size)
    by_split = _parents_by_split(alike)
    return replace(
        _layout_of(arrays, 1),
        unit=largest.unit,
        prefix=largest.prefix or "",
        unrelated=tuple(outside),
        parent=largest.parent,
        splits=tuple(
            ArraySplit(name, {one: one for one in sorted(names)}, by_split[name])
            for name in in_order([*by_split])
        ),
    )


def _parents_by_split(families: Iterable[GroupFamily]) -> Mapping[str, str]:
    parents = {split_name(one.parent): one.parent for one in families if split_word(one.parent)}
    return parents if len(parents) > 1 else {}


def _split_layout(arrays: Sequence[Array]) -> FileLayout | None:
    """Return the layout of arrays in groups, or of names, such as train and test; None without."""
    splits: dict[str, dict[str, Array]] = {}
    for array in arrays:
        if marked := _marked(array):
            splits.setdefault(marked[0], {}).setdefault(marked[1], array)
    shared = Counter(key for held in splits.values() for key in held)
    if len(splits) < 2 or max(shared.values()) < 2:
        return None
    inside = [array for held in splits.values() for array in held.values()]
    if 2 * sum(one.size_bytes for one in inside) < sum(one.size_bytes for one in arrays):
        return None
    return _split_rows(splits, arrays)


def _split_rows(splits: Mapping[str, Mapping[str, Array]], arrays: Sequence[Array]) -> FileLayout:
    along = {name: arrays_along([*held.values()]) for name, held in splits.items()}
    keys = {array.name: key for held in splits.values() for key, array in held.items()}
    first = max(along, key=lambda name: sum(array.size_bytes for array in splits[name].values()))
    of_first = [keys[path] for path in along[first].arrays]
    chosen = [splits[first][key] for key in of_first]
    layout = replace(_layout_of(chosen, chosen[0].length), arrays=tuple(of_first))
    rows = {
        name: {key: splits[name][key].name for key in of_first if _is_in(along[name], held, key)}
        for name, held in splits.items()
    }
    read = {path for paths in rows.values() for path in paths.values()}
    return replace(
        layout,
        numeric=tuple(key for key in of_first if splits[first][key].is_numeric),
        texts=tuple(key for key in of_first if splits[first][key].is_text),
        unrelated=tuple(array for array in arrays if array.name not in read),
        splits=tuple(ArraySplit(name, rows[name]) for name in in_order([*rows]) if rows[name]),
    )


def _is_in(along: FileLayout, held: Mapping[str, Array], key: str) -> bool:
    return key in held and held[key].name in along.arrays


def _marked(array: Array) -> tuple[str, str] | None:
    """Return the split that the path of an array names, and the path without it."""
    parts = array.name.split("/")
    for place, part in enumerate(parts):
        if word := split_word(part):
            at = part.lower().index(word)
            rest = f"{part[:at]}{part[at + len(word) :]}".strip("_-. ")
            kept = [*parts[:place], *([rest] if rest else []), *parts[place + 1 :]]
            return split_name(part), "/".join(kept) or _BARE_SPLIT
    return None


def _may_be_one_example(arrays: Sequence[Array], layout: FileLayout) -> bool:
    """Return whether the main array may be one example: a square, a cube, or a grid with axes.

    Where its first dimension can grow, or has dates, it is not.
    """
    main = next(array for array in arrays if array.name == layout.arrays[0])
    if main.is_unlimited or main.is_along_time or len(main.shape) < 2:
        return False
    if _is_square(main.shape):
        return True
    flat = [array for array in arrays if len(array.shape) == 1]
    if any(_LABEL_WORDS.search(array.name.rpartition("/")[2]) for array in flat):
        return False
    axes = Counter(array.length for array in flat if array.dimension is None or _is_axis(array))
    return axes >= Counter(main.shape)


def _is_axis(array: Array) -> bool:
    """Return whether an array holds the coordinates along its dimension: it has that name."""
    return array.name.rpartition("/")[2] == array.dimension
