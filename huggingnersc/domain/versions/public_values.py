"""The values of the data that become public with its statistics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.versions.statistics import (
        ArrayStatistics,
        CellValue,
        ColumnStatistics,
        ImageStatistics,
        Statistics,
        TableStatistics,
    )


@dataclass(frozen=True, slots=True)
class PublicValues:
    """Values of the data that everyone will see.

    Attributes:
        where: the file or files, and the column, array or attribute in them.
        values: as text: the extremes, then the most frequent ones.
    """

    where: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WithheldValues:
    """A column whose values are left out of the statistics.

    Attributes:
        where: the file or files, and the column.
        reason: what its values look like.
    """

    where: str
    reason: str


def public_values(statistics: Statistics) -> tuple[PublicValues, ...]:
    """Return every value of the data that the statistics show, by column, array and folder."""
    return tuple(_public_values(statistics))


def withheld_values(statistics: Statistics) -> tuple[WithheldValues, ...]:
    """Return the columns whose values are left out, and why."""
    return tuple(
        WithheldValues(f"{one['table']}: {one['column']}", one["reason"])
        for one in statistics["withheld"]
    )


def _public_values(statistics: Statistics) -> Iterator[PublicValues]:
    for table in statistics["tables"]:
        yield from _of_table(table)
    for arrays in statistics["arrays"]:
        yield from _of_arrays(arrays)
    for images in statistics["images"]:
        yield from _of_images(images)


def _of_table(table: TableStatistics) -> Iterator[PublicValues]:
    for column in table["columns"]:
        if values := tuple(_of_column(column)):
            yield PublicValues(f"{table['name']}: {column['name']}", values)


def _of_column(column: ColumnStatistics) -> Iterator[str]:
    yield from _extremes(column["min"], column["max"])
    for one in column["top"]:
        yield str(one["value"])


def _of_arrays(arrays: ArrayStatistics) -> Iterator[PublicValues]:
    if arrays["attributes"]:
        yield PublicValues(f"{arrays['name']}: attributes", _attributes(arrays["attributes"]))
    for member in arrays["members"]:
        values = (*_extremes(member["min"], member["max"]), *_attributes(member["attributes"]))
        if values:
            yield PublicValues(f"{arrays['name']}: {member['path']}", values)
    if preview := arrays["preview"]:
        shape = f"{len(preview['values'])} x {len(preview['values'][0])} values"
        at = f" at {preview['at']}" if preview["at"] else ""
        yield PublicValues(f"{arrays['name']}: {preview['path']}", (f"a slice of {shape}{at}",))


def _of_images(images: ImageStatistics) -> Iterator[PublicValues]:
    if images["classes"]:
        names = tuple(one["name"] for one in images["classes"])
        yield PublicValues(f"{images['name']}: classes", names)


def _extremes(least: CellValue | None, most: CellValue | None) -> Iterator[str]:
    if least is not None and most is not None:
        yield f"{least} to {most}"


def _attributes(attributes: dict[str, str]) -> tuple[str, ...]:
    return tuple(f"{name}={value}" for name, value in attributes.items())
