"""The structure of a data file: the columns of a table, the arrays that hold the examples."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.domain.draft.image_layout import ImageLayout

_BLOCK_BYTES = 1 << 26
_MOST_EXAMPLES = 1024
_KEPT_BYTES = 1 << 29
_MOST_BLOCKS = 64


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: a name that no other has, and `int`, `float` or `str`."""

    name: str
    type: str


class ExampleUnit(StrEnum):
    """What one example is in files of arrays."""

    ROW = auto()
    GROUP = auto()
    ARRAY = auto()
    FILE = auto()


@dataclass(frozen=True, slots=True)
class ArrayChoice:
    """What a steward stated about files of arrays.

    Attributes:
        group: the group to look below; the whole file when None.
        unit: what one example is; recognized when None.
    """

    group: str | None = None
    unit: ExampleUnit | None = None


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
        is_text: whether it holds texts.
        shape: all its dimensions; empty where they do not matter.
        is_along_time: whether the first dimension has dates.
    """

    name: str
    length: int
    size_bytes: int
    is_numeric: bool
    dimension: str | None = None
    is_unlimited: bool = False
    is_text: bool = False
    shape: tuple[int, ...] = ()
    is_along_time: bool = False


@dataclass(frozen=True, slots=True)
class ArraySplit:
    """A split within each file.

    Attributes:
        name: train, test and such.
        paths: of its arrays in the file, by their names in an example.
        parent: the group that holds its groups, where each example is a group.
    """

    name: str
    paths: Mapping[str, str]
    parent: str = ""


@dataclass(frozen=True, slots=True)
class FileLayout:
    """The structure of a data file, as a loader must know it.

    Attributes:
        encoding: of CSV and text files, as Python calls it.
        delimiter: between the fields of a CSV file.
        has_header: whether a CSV file begins with the names of its columns.
        columns: of a CSV or Parquet file, and the keys of JSON lines.
        arrays: of an HDF5 or netCDF file, those of an example, the main one first.
        numeric: those of `arrays`, or of the columns of a Parquet file, that hold numbers.
        texts: those of `arrays` that hold texts.
        unrelated: arrays that the loader does not read.
        dimension: of a netCDF file, the dimension of the examples.
        examples_at_once: how many of `arrays` to read at once, about 64 MiB, at least one.
        block: how many neighboring examples are stored as one and can only be read together, such
            as a row group of a Parquet file.
        example_bytes: the size of an example in memory, where examples are stored in blocks.
        unit: what one example is in a file of arrays.
        parent: the group that holds a group for each example; empty for the file itself.
        prefix: what is before the number in the names of arrays that are an example each.
        splits: such as train and test, within each file; none where there are none.
        whole: the arrays and single values of a file, where files of one shape may each be an
            example.
        coordinates: variables that are the same for all examples of a file.
        times: those of `arrays` that hold dates.
        is_by_time: whether the files are in the order of their dates, not of their names.
        links: in the file, which are not followed.
        other_tables: groups of arrays that might be the examples too.
        images: what labels them and how large they are; None for other files.
    """

    encoding: str = "utf-8-sig"
    delimiter: str = ","
    has_header: bool = True
    columns: tuple[Column, ...] = ()
    arrays: tuple[str, ...] = ()
    numeric: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    unrelated: tuple[Array, ...] = ()
    dimension: str | None = None
    examples_at_once: int = 1
    block: int = 1
    example_bytes: int = 0
    unit: ExampleUnit = ExampleUnit.ROW
    parent: str = ""
    prefix: str = ""
    splits: tuple[ArraySplit, ...] = ()
    whole: tuple[Array, ...] = ()
    coordinates: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    is_by_time: bool = False
    links: tuple[str, ...] = ()
    other_tables: tuple[str, ...] = ()
    images: ImageLayout | None = None

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of a whole file by name."""
        return {array.name: array.shape for array in self.whole}

    @property
    def blocks_kept(self) -> int:
        """How many blocks a process may keep in memory, about 512 MiB, at least one."""
        block_bytes = max(1, self.block * self.example_bytes)
        return max(1, min(_MOST_BLOCKS, _KEPT_BYTES // block_bytes))


def examples_at_once(example_bytes: int) -> int:
    """Return how many examples of a size to read at once: about 64 MiB, at least one."""
    return max(1, min(_MOST_EXAMPLES, _BLOCK_BYTES // max(1, example_bytes)))
