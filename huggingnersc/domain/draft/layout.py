"""The structure of a data file: the columns of a table, the arrays that hold the examples."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto
from typing import TYPE_CHECKING

from huggingnersc.domain.text.formatting import first_names

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import PurePosixPath

ROOT_ARRAY = "array"  # what an array is called that has no name, because it is the whole store
_BLOCK_BYTES = 1 << 26
_MOST_EXAMPLES = 1024
_KEPT_BYTES = 1 << 29
_MOST_BLOCKS = 64
_MOST_NAMED = 5


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


class ImageKey(StrEnum):
    """What a table says of an image: its path from the table's folder, its name, or its stem."""

    PATH = "path"
    NAME = "name"
    STEM = "stem"


@dataclass(frozen=True, slots=True)
class LabelTables:
    """Tables with a row for each image.

    Attributes:
        paths: of the tables, below the dataset's folder.
        encoding: of their text.
        delimiter: between their cells.
        has_header: whether they begin with the names of their columns.
        column: the name of the one that names the image.
        key: what it says of the image.
        columns: all of them, also that one.
        missing: the number of images that no row names.
    """

    paths: tuple[PurePosixPath, ...]
    encoding: str
    delimiter: str
    has_header: bool
    column: str
    key: ImageKey
    columns: tuple[Column, ...]
    missing: int = 0


@dataclass(frozen=True, slots=True)
class ImageLayout:
    """What a loader must know of images.

    Attributes:
        width: of the largest file, in pixels.
        height: the same.
        mode: its color, as Pillow calls it: L, RGB, I;16 ...
        classes: the folders that name what their images show; empty where they name nothing.
        tables: the tables that say it; None where there are none.
    """

    width: int = 0
    height: int = 0
    mode: str = ""
    classes: tuple[str, ...] = ()
    tables: LabelTables | None = None

    @property
    def labels(self) -> str:
        """What labels the images, for people."""
        if self.tables:
            tables = ", ".join(map(str, self.tables.paths))
            return f"by {tables}, where {self.tables.column} is the image's {self.tables.key}"
        if self.classes:
            return f"by folder: {first_names(self.classes, _MOST_NAMED)}"
        return "none found"

    @property
    def color(self) -> str:
        """The color in which images of several kinds can be one batch, as Pillow calls it."""
        if self.mode in {"1", "L", "LA"}:
            return "L"
        return self.mode if self.mode.startswith(("I", "F")) else "RGB"


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
        has_values: whether a file of arrays also holds single values, which no example has.
        other_tables: groups of arrays that might be the examples too.
        is_array: whether a Zarr store is one array and no group.
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
    has_values: bool = False
    other_tables: tuple[str, ...] = ()
    is_array: bool = False
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
