"""Arrays of .npy files as columns of a table."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from math import prod
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.domain.packing.row_columns import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from huggingnersc.domain.packing.row_columns import FileColumn

_NUMBERS = frozenset("biuf")  # the kinds of NumPy types that are numbers or truth values
_MOST_HEADER_BYTES = 1 << 16


class ArrayTypes:
    """The types and shapes of the arrays of columns, from the headers of their files."""

    def __init__(self) -> None:
        self._numpy: Any = None
        self._found: dict[str, tuple[Any, tuple[int | None, ...]] | None] = {}

    def add(self, key: str, file: Path) -> None:
        """Note the header of a file; one that is no array of numbers makes its column bytes.

        Raises:
            InstallationError: NumPy is not installed.
            OSError: the file cannot be read.
        """
        if self._numpy is None:
            self._numpy = data_library("numpy", "array")
        header = _header(self._numpy, file)
        if key not in self._found:
            self._found[key] = header
            return
        known = self._found[key]
        if known is None or header is None or len(known[1]) != len(header[1]):
            self._found[key] = None
            return
        shape = tuple(
            one if one == other else None for one, other in zip(known[1], header[1], strict=True)
        )
        self._found[key] = self._numpy.promote_types(known[0], header[0]), shape

    def typed(self, column: FileColumn) -> FileColumn:
        """Return a column with the type of its arrays; as bytes where they have no common one."""
        if column.kind != ColumnKind.ARRAY:
            return column
        found = self._found.get(column.keys[0])
        if found is None:
            return replace(column, kind=ColumnKind.BINARY.value)
        shape = tuple(length or None for length in found[1])
        return replace(column, dtype=str(found[0]), shape=shape)


def _header(numpy: Any, file: Path) -> tuple[Any, tuple[int, ...]] | None:
    """Return the type and shape of an array; None where it is none of numbers."""
    form = numpy.lib.format
    with file.open("rb") as stream:
        start = BytesIO(stream.read(_MOST_HEADER_BYTES))
    try:
        readers = {(1, 0): form.read_array_header_1_0, (2, 0): form.read_array_header_2_0}
        shape, _is_fortran, dtype = readers[form.read_magic(start)](start)
    except (KeyError, ValueError):
        return None
    is_number = dtype.kind in _NUMBERS and dtype.itemsize <= 8
    return (dtype.newbyteorder("="), shape) if is_number and shape else None


def read_array(content: bytes, dtype: str) -> Any:
    """Return the array that a .npy file holds.

    Raises:
        ValueError: it holds none of numbers.
    """
    numpy = data_library("numpy", "array")
    return numpy.load(BytesIO(content), allow_pickle=False).astype(dtype, order="C", copy=False)


def array_values(arrow: Any, arrays: Sequence[Any], kind: Any) -> Any:
    """Return an Arrow array of NumPy arrays that all have the type and dimensions of a column.

    Args:
        arrow: the module.
        arrays: one for each row, or None.
        kind: the Arrow type of the column: lists in lists.
    """
    if any(one is None for one in arrays):
        return arrow.array([None if one is None else one.tolist() for one in arrays], kind)
    numpy = data_library("numpy", "array")
    kinds = [kind]
    while arrow.types.is_nested(kinds[-1]):
        kinds.append(kinds[-1].value_type)
    *lists, innermost = kinds
    flat = numpy.concatenate([one.reshape(-1) for one in arrays])
    nested = arrow.array(flat, type=innermost)
    for level, kind_of_list in reversed([*enumerate(lists)]):
        if arrow.types.is_fixed_size_list(kind_of_list):
            nested = arrow.FixedSizeListArray.from_arrays(nested, type=kind_of_list)
            continue
        lengths = [numpy.repeat(one.shape[level], prod(one.shape[:level])) for one in arrays]
        ends = numpy.cumsum(numpy.concatenate([[0], *lengths]))
        offsets = arrow.array(ends, arrow.int32())
        nested = arrow.ListArray.from_arrays(offsets, nested, type=kind_of_list)
    return nested
