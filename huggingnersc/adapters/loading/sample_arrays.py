"""The examples in files of arrays for a sample, their arrays cut."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.adapters.loading.sample_array import NotShownError, holds, opened_arrays
from huggingnersc.adapters.loading.sample_columns import Examples, as_tables
from huggingnersc.adapters.statistics.array_members import UNREADABLE
from huggingnersc.domain.draft.layout import ExampleUnit
from huggingnersc.domain.loading.sample import cut_shape, evenly

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from huggingnersc.adapters.loading.sample_array import ArrayContainer, CutArray
    from huggingnersc.domain.draft.file_type import FileType
    from huggingnersc.domain.draft.layout import FileLayout

UNREADABLE_VALUES = "values that cannot be read"
_READ_BYTES = 256 << 20  # of the chunks of a file that rows are taken from


def read_arrays(
    root: Path,
    splits: Mapping[str, list[str]],
    layout: FileLayout,
    most: int,
    file_type: FileType,
) -> Examples:
    """Return examples from all over files of arrays; a column `NAME_shape` has what was cut.

    Args:
        root: the folder of the data.
        splits: files by split; where each file holds parts of all splits, there is one.
        layout: of a file.
        most: examples of a split.
        file_type: HDF5, netCDF or Zarr.
    """
    examples, rows, types = Examples(), dict[str, list[dict[str, Any]]](), dict[str, Any]()
    for split, paths, place in _parts(splits, layout):
        rows[split] = []
        for number, path in enumerate(paths):
            share = -(-(most - len(rows[split])) // (len(paths) - number))
            try:
                with opened_arrays(root / path, file_type) as file:
                    rows[split] += _examples(file, layout, place, share, types, examples)
            except UNREADABLE as error:
                examples.problems.append(f"{path}: {type(error).__name__}")
    examples.tables = as_tables(rows, types)
    return examples


def _parts(
    splits: Mapping[str, list[str]], layout: FileLayout
) -> Iterator[tuple[str, list[str], int | None]]:
    """Yield each split with its files, and its place where it is within each of them."""
    for name, paths in splits.items():
        if not layout.splits:
            yield name, paths, None
        for place, one in enumerate(layout.splits):
            yield one.name, paths, place


def _examples(
    file: ArrayContainer,
    layout: FileLayout,
    place: int | None,
    most: int,
    types: dict[str, Any],
    examples: Examples,
) -> list[dict[str, Any]]:
    split = None if place is None else layout.splits[place]
    parent = split.parent if split else layout.parent
    if layout.unit is ExampleUnit.ROW:
        paths = dict(split.paths) if split else {name: name for name in layout.arrays}
        rows = _row_examples(file, paths, most, types, examples)
        coordinates = {name: name for name in layout.coordinates} if rows else {}
        of_file = _whole_example(file, coordinates, types, examples)
        return [row | of_file for row in rows]
    if layout.unit is ExampleUnit.FILE:
        names = (*layout.arrays, *layout.coordinates)
        return [_whole_example(file, {name: name for name in names}, types, examples)][:most]
    named = _named_examples(file, layout, parent)
    return [
        first | _whole_example(file, paths, types, examples)
        for first, paths in (named[one] for one in evenly(len(named), most))
    ]


def _named_examples(
    file: ArrayContainer, layout: FileLayout, parent: str
) -> list[tuple[dict[str, str], dict[str, str]]]:
    """Return what is known of each group or array that is an example, and where its arrays are."""
    names = sorted(file.names(parent), key=lambda one: (len(one), one))
    if layout.unit is ExampleUnit.ARRAY:
        named = [name for name in names if name.startswith(layout.prefix)]
        found = [({"name": name}, {"data": _below(parent, name)}) for name in named]
    else:
        groups = [_below(parent, name) for name in names]
        found = [({}, {one: f"{group}/{one}" for one in layout.arrays}) for group in groups]
    return [one for one in found if all(holds(file, path) for path in one[1].values())]


def _below(parent: str, name: str) -> str:
    return f"{parent}/{name}" if parent else name


def _row_examples(
    file: ArrayContainer,
    paths: Mapping[str, str],
    most: int,
    types: dict[str, Any],
    examples: Examples,
) -> list[dict[str, Any]]:
    arrays = dict(_arrays(file, paths, examples))
    count = min((array.shape[0] for array in arrays.values() if array.shape), default=0)
    if not count or not most:
        return []
    chunk_bytes = sum(array.chunk_bytes for array in arrays.values())
    blocks = count if count <= most else max(1, min(most, _READ_BYTES // max(1, chunk_bytes)))
    starts = [0] if count <= most else evenly(count, blocks)
    rows: list[dict[str, Any]] = []
    for number, start in enumerate(starts):
        stop = starts[number + 1] if number + 1 < len(starts) else count
        length = min(stop - start, -(-(most - len(rows)) // (len(starts) - number)))
        part: list[dict[str, Any]] = [{} for _ in range(length)]
        for name, array in arrays.items():
            with _left_out(name, examples):
                for row, value in zip(part, array.items(start, length), strict=True):
                    _put(row, name, value, array.item_shape, types)
        rows += part
    return rows


def _whole_example(
    file: ArrayContainer, paths: Mapping[str, str], types: dict[str, Any], examples: Examples
) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, array in _arrays(file, paths, examples):
        with _left_out(name, examples):
            _put(row, name, array.whole(), array.shape, types)
    return row


@contextmanager
def _left_out(name: str, examples: Examples) -> Iterator[None]:
    """Leave an array out that cannot be read, or not be in a table."""
    try:
        yield
    except NotShownError as error:
        examples.left_out[name] = str(error)
    except UNREADABLE:  # by a filter that is not installed, or damaged here
        examples.left_out[name] = UNREADABLE_VALUES


def _arrays(
    file: ArrayContainer, paths: Mapping[str, str], examples: Examples
) -> Iterator[tuple[str, CutArray]]:
    for name, path in paths.items():
        with _left_out(name, examples):
            array = file.array(path)
            if name not in examples.left_out:
                yield name, array


def _put(
    row: dict[str, Any],
    name: str,
    value: Any,
    shape: tuple[int, ...],
    types: dict[str, Any],
) -> None:
    row[name] = value.tolist() if hasattr(value, "tolist") else value
    if hasattr(value, "dtype") and value.dtype.kind in "biuf":
        types.setdefault(name, _arrow_type(value.dtype, len(shape)))
    if cut_shape(shape) != shape:
        row[f"{name}_shape"] = [*shape]


def _arrow_type(dtype: Any, depth: int) -> Any:
    pa = data_library("pyarrow", "Parquet")
    kind = pa.from_numpy_dtype(dtype)
    for _ in range(depth):
        kind = pa.list_(kind)
    return kind
