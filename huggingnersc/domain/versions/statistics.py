"""The statistics of a version: `statistics.json`, which describes its data in numbers.

The types are those of the JSON itself; `schemas/statistics.json` is its published schema. Parts of
it are made in processes of their own, and what comes back from these is JSON.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict, cast

from huggingnersc.domain.metadata.json_document import read_document
from huggingnersc.domain.versions.version import STATISTICS_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

STATISTICS_FORMAT = 1
STATISTICS_SCHEMA = "statistics.json"  # in `huggingnersc/schemas`
MAX_STATISTICS_BYTES = 64 << 20

# What a cell holds: numbers and truth as they are, all else as text.
CellValue = str | int | float | bool


class FilesByExtension(TypedDict):
    """The files with one extension, "" for those without; None for all that are not listed."""

    extension: str | None
    files: int
    size_bytes: int


class FilesByFolder(TypedDict):
    """The files in one folder at the top, "." for those in none; None for all not listed."""

    folder: str | None
    files: int
    size_bytes: int


class RowSample(TypedDict):
    """What was read of a table or of texts that are larger than what is read in whole.

    Attributes:
        rows: how many rows or lines the sample has.
        size_bytes: how many bytes of the files were read.
        of_bytes: how many bytes the files have.
    """

    rows: int
    size_bytes: int
    of_bytes: int


class ValueSample(TypedDict):
    """How many values of an array were read, and of how many."""

    values: int
    of_values: int


class FileSample(TypedDict):
    """How many files were opened, and of how many."""

    files: int
    of_files: int


class ValueCount(TypedDict):
    """A value of a column, and in how many rows of what was read it is."""

    value: CellValue
    count: int


class ColumnStatistics(TypedDict):
    """A column of a table.

    Attributes:
        name: as the file has it; a long one is cut.
        type: as DuckDB calls it, such as BIGINT, DOUBLE, VARCHAR, TIMESTAMP.
        nulls: how many rows have no value.
        distinct: how many different values there are, within a few percent; None where that is not
            counted, as in lists.
        min: the smallest value; None without one and where values are withheld.
        max: the largest value, likewise.
        mean: of numbers.
        std: the standard deviation of a sample, of numbers.
        quantiles: of numbers, approximately; the keys are "0.25", "0.5" and "0.75".
        top: the most frequent values, the first most often; empty where values differ too much,
            are long texts, or are withheld.
        histogram: how many values are in each of at most 20 equally wide ranges from the smallest
            to the largest; only of numbers, and of tables that are quickly read again.
        withheld: why no value is given, such as "e-mail addresses"; None where they are.
    """

    name: str
    type: str
    nulls: int
    distinct: int | None
    min: CellValue | None
    max: CellValue | None
    mean: float | None
    std: float | None
    quantiles: dict[str, float]
    top: list[ValueCount]
    histogram: NotRequired[list[int]]
    withheld: str | None


class TableStatistics(TypedDict):
    """Files with the same columns, in one split.

    Attributes:
        name: the file, or a pattern that names the files.
        split: train, validation, test or a folder beside these; None without splits.
        format: csv, jsonl or parquet.
        files: how many there are.
        size_bytes: of these files.
        rows: how many rows there are; without header and blank lines.
        estimated: whether `rows` is concluded from a sample.
        sample: what the columns were described by; None where all rows were read.
        columns: in the order of the files.
    """

    name: str
    split: str | None
    format: Literal["csv", "jsonl", "parquet"]
    files: int
    size_bytes: int
    rows: int
    estimated: bool
    sample: RowSample | None
    columns: list[ColumnStatistics]


class MemberStatistics(TypedDict):
    """A group or an array of a file.

    Attributes:
        path: in the file, with `/` between the names. Of members whose names differ in a number
            only, `*` stands for the number. The name of a field is behind a `.`.
        kind: what it is; a field is that of the array before it, whose type is compound.
        count: how many members of a file it stands for.
        shape: of an array; empty for a group or a single value. None stands for a length that
            differs between those that it stands for.
        dimensions: their names; empty where they have none.
        type: of its values, such as float32; "" for a group.
        units: as its attributes say; None where they say nothing.
        attributes: as text, long ones cut.
        min: the smallest number, without fill values and NaN, or the first date; None without one.
        max: the largest number, or the last date, likewise.
        mean: of numbers, likewise.
        missing: how many of the values that were read are fill values, NaN or not valid.
        sample: how much of the array was read; None where all of it was.
    """

    path: str
    kind: Literal["group", "array", "field"]
    count: int
    shape: list[int | None]
    dimensions: list[str]
    type: str
    units: str | None
    attributes: dict[str, str]
    min: CellValue | None
    max: CellValue | None
    mean: float | None
    missing: int
    sample: ValueSample | None


class ArrayPreview(TypedDict):
    """A slice of one array, thinned out, for a picture.

    Attributes:
        path: of the array in the file.
        dimensions: the names of the rows and of the columns; "" without one.
        at: the place in the other dimensions, such as `time 0`.
        values: rows of numbers; None for a missing one.
    """

    path: str
    dimensions: list[str]
    at: str
    values: list[list[float | None]]


class ArrayStatistics(TypedDict):
    """Files with the same structure: HDF5, netCDF or Zarr."""

    name: str
    files: int
    format: Literal["hdf5", "netcdf", "zarr"]
    attributes: dict[str, str]
    members: list[MemberStatistics]
    preview: ArrayPreview | None


class TextStatistics(TypedDict):
    """Text files of one split; `lines` is estimated where there is a sample."""

    name: str
    split: str | None
    files: int
    lines: int
    sample: RowSample | None


class ClassCount(TypedDict):
    """The images of one class."""

    name: str
    files: int


class SizeCount(TypedDict):
    """The images of one size in pixels."""

    width: int
    height: int
    files: int


class ModeCount(TypedDict):
    """The images of one color mode, such as RGB."""

    mode: str
    files: int


class FormatCount(TypedDict):
    """The images of one format, such as PNG."""

    format: str
    files: int


class ImageStatistics(TypedDict):
    """Images of one split; sizes, modes and formats are those of the sample where there is one."""

    name: str
    split: str | None
    files: int
    classes: list[ClassCount]
    sizes: list[SizeCount]
    modes: list[ModeCount]
    formats: list[FormatCount]
    sample: FileSample | None


class ExampleCounts(TypedDict):
    """How many examples the files of the type with the most bytes hold.

    Attributes:
        count: in all.
        sample: whether that is an estimate.
        by_split: by name; empty without splits.
    """

    count: int
    sample: bool
    by_split: dict[str, int]


class Picture(TypedDict):
    """A picture beside the statistics, its title, and in words what it shows."""

    path: str
    title: str
    alt: str


class WithheldColumn(TypedDict):
    """A column whose values are left out, and why."""

    table: str
    column: str
    reason: str


class FileProblem(TypedDict):
    """A file, or files, that could not be described, and why."""

    file: str
    message: str


class Statistics(TypedDict):
    """The statistics of a version.

    Attributes:
        format: of this document.
        files: how many regular files the version has.
        size_bytes: their size.
        by_extension: most bytes first.
        by_folder: most bytes first.
        tables: CSV, TSV, JSON lines and Parquet.
        arrays: HDF5, netCDF and Zarr.
        texts: texts, by lines.
        images: images, by their headers.
        examples: None where no example could be counted.
        pictures: what was drawn of these numbers.
        withheld: the columns whose values look like they name or reach people, or like secrets.
        problems: what could not be described.
    """

    format: int
    files: int
    size_bytes: int
    by_extension: list[FilesByExtension]
    by_folder: list[FilesByFolder]
    tables: list[TableStatistics]
    arrays: list[ArrayStatistics]
    texts: list[TextStatistics]
    images: list[ImageStatistics]
    examples: ExampleCounts | None
    pictures: list[Picture]
    withheld: list[WithheldColumn]
    problems: list[FileProblem]


def statistics_bytes(statistics: Statistics) -> bytes:
    """Write statistics as JSON: sorted keys, two spaces, UTF-8, a final newline."""
    text = json.dumps(statistics, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode()


def parse_statistics(data: bytes, schema: Mapping[str, Any]) -> Statistics:
    """Read the bytes of a `statistics.json`.

    Args:
        data: the whole file.
        schema: the JSON Schema of the program.

    Raises:
        ValueError: it is no JSON, or not what the schema allows; the sentence says which.
    """
    values = read_document(
        data, name=STATISTICS_FILE, limit=MAX_STATISTICS_BYTES, form=STATISTICS_FORMAT
    )
    content = {"format": STATISTICS_FORMAT, **values}
    _check(json.dumps(schema))(content)
    return cast("Statistics", content)


@cache
def _check(schema: str) -> Callable[[Any], None]:
    import fastjsonschema

    validate = fastjsonschema.compile(json.loads(schema), use_default=False)

    def check(content: Any) -> None:
        try:
            validate(content)
        except fastjsonschema.JsonSchemaException as error:
            raise ValueError(str(error)) from error

    return check
