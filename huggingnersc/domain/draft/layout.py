"""The structure of a data file: the columns of a table, the arrays that hold the examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_BLOCK_BYTES = 1 << 26
_MOST_EXAMPLES = 1024
_KEPT_BYTES = 1 << 29
_MOST_BLOCKS = 64


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: a name that no other has, and `int`, `float` or `str`."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Array:
    """An array with at least one dimension.

    Attributes:
        name: its path in the file.
        length: its first dimension.
        size_bytes: of all its items.
        is_numeric: whether it holds numbers.
        dimension: the name of its first dimension, where dimensions have names.
        is_unlimited: whether that dimension can grow.
    """

    name: str
    length: int
    size_bytes: int
    is_numeric: bool
    dimension: str | None = None
    is_unlimited: bool = False


@dataclass(frozen=True, slots=True)
class FileLayout:
    """The structure of a data file, as a loader must know it.

    Attributes:
        encoding: of CSV and text files, as Python calls it.
        delimiter: between the fields of a CSV file.
        has_header: whether a CSV file begins with the names of its columns.
        columns: of a CSV or Parquet file, and the keys of JSON lines.
        arrays: of an HDF5 or netCDF file, those with one item per example, the main one first.
        numeric: those of `arrays`, or of the columns of a Parquet file, that hold numbers.
        unrelated: arrays that do not have one item per example.
        dimension: of a netCDF file, the dimension of the examples.
        examples_at_once: how many of `arrays` to read at once, about 64 MiB, at least one.
        block: how many neighboring examples are stored as one and can only be read together, such
            as a row group of a Parquet file.
        example_bytes: the size of an example in memory, where examples are stored in blocks.
    """

    encoding: str = "utf-8-sig"
    delimiter: str = ","
    has_header: bool = True
    columns: tuple[Column, ...] = ()
    arrays: tuple[str, ...] = ()
    numeric: tuple[str, ...] = ()
    unrelated: tuple[Array, ...] = ()
    dimension: str | None = None
    examples_at_once: int = 1
    block: int = 1
    example_bytes: int = 0

    @property
    def blocks_kept(self) -> int:
        """How many blocks a process may keep in memory, about 512 MiB, at least one."""
        block_bytes = max(1, self.block * self.example_bytes)
        return max(1, min(_MOST_BLOCKS, _KEPT_BYTES // block_bytes))


def arrays_along(arrays: Sequence[Array]) -> FileLayout:
    """Take the largest array and all others that have the same first dimension.

    An array along a dimension that can grow goes before all others, then one with more than one
    example. Named dimensions must be the same; without names, their lengths.
    """
    main = max(arrays, key=lambda array: (array.is_unlimited, array.length > 1, array.size_bytes))
    others = [array for array in arrays if array != main and _is_along(array, main)]
    chosen = (main, *sorted(others, key=lambda array: array.name))
    example_bytes = sum(array.size_bytes for array in chosen) // max(1, main.length)
    return FileLayout(
        arrays=tuple(array.name for array in chosen),
        numeric=tuple(array.name for array in chosen if array.is_numeric),
        unrelated=tuple(array for array in arrays if array not in chosen),
        dimension=main.dimension,
        examples_at_once=examples_at_once(example_bytes),
    )


def examples_at_once(example_bytes: int) -> int:
    """Return how many examples of a size to read at once: about 64 MiB, at least one."""
    return max(1, min(_MOST_EXAMPLES, _BLOCK_BYTES // max(1, example_bytes)))


def _is_along(array: Array, main: Array) -> bool:
    return array.length == main.length and array.dimension == main.dimension
