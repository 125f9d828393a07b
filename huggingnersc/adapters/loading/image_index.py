"""Write indexes of images: where each is, and what it shows; a task of a describing process."""

from __future__ import annotations

import csv
import math
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.compressed import BROKEN, open_text, table_lines
from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.adapters.loading.row_file import RowFile
from huggingnersc.domain.draft.image_layout import key_of
from huggingnersc.domain.draft.layout import ImageKey, ImageLayout, LabelTables
from huggingnersc.domain.draft.layout_json import read_layout
from huggingnersc.domain.draft.table import MISSING
from huggingnersc.domain.loading.data_members import DataMembers
from huggingnersc.domain.loading.file_addresses import file_url, portal_base
from huggingnersc.domain.loading.image_features import (
    FILE,
    IMAGE,
    IndexColumns,
    class_column,
    table_columns,
)
from huggingnersc.domain.loading.loading import PORTAL, SITE, Source, index_files
from huggingnersc.domain.loading.manifest_rows import manifest_rows
from huggingnersc.domain.scan.sensitive_columns import withheld_because
from huggingnersc.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from huggingnersc.domain.draft.layout import Column

_LARGEST_NUMBER = 1 << 63


def write_indexes(
    data: str,
    manifest: str,
    folder: str,
    portal_link: str,
    source: dict[str, Any],
    *,
    shows_values: bool,
) -> dict[str, Any]:
    """Write an index for each split, of the images on the portal and of those at the site.

    Args:
        data: the root of the data, absolute.
        manifest: of the data.
        folder: receives the files.
        portal_link: the address of the data; empty where it is not known.
        source: the files of the data, the values of a `Source` by name.
        shows_values: whether values in tables of labels may become public; a column that names or
            reaches people never does.

    Returns:
        How many images there are by split, how many have a name that is no UTF-8, which are left
        out, and the columns that are left out with the reason.

    Raises:
        DatasetError: a table of labels cannot be read.
        InstallationError: pyarrow is not installed.
    """
    found = Source(**{**source, "suffixes": tuple(source["suffixes"])})
    layout = read_layout(found.layout).images or ImageLayout()
    labels = _labels(Path(data), layout, shows_values=shows_values)
    members = DataMembers(found)
    base = portal_base(portal_link)
    counts, unnamed = dict.fromkeys(members.splits, 0), 0
    with ExitStack() as stack:
        files = {
            (place, split): stack.enter_context(_index(Path(folder) / name, labels.columns))
            for place in ((PORTAL, SITE) if base else (SITE,))
            for split, name in index_files(place, members.splits).items()
        }
        with Path(manifest).open("rb") as lines:
            for row in manifest_rows(lines):
                path, split = row.path, members.split_of(row.path or row.listed)
                if split is None or not row.may_hold_data:
                    continue
                if path is None:
                    unnamed += 1
                    continue
                counts[split] += 1
                rest = (path, *labels.of(path))
                files[SITE, split].add((_image(f"{data}/{path}"), *rest))
                if base:
                    files[PORTAL, split].add((_image(file_url(base, path)), *rest))
    return {"images": counts, "unnamed": unnamed, "withheld": labels.withheld}


def _image(place: str) -> dict[str, str | None]:
    return {"bytes": None, "path": place}


def _index(path: Path, columns: IndexColumns) -> RowFile:
    arrow = data_library("pyarrow", "Parquet")
    image = arrow.struct([("bytes", arrow.binary()), ("path", arrow.string())])
    types = {IMAGE: image, FILE: "string"} | dict(zip(columns.names, columns.dtypes, strict=True))
    return RowFile(path, types, metadata=columns.metadata)


class _Labels:
    """What images show.

    Args:
        columns: that say it.
        withheld: the columns that are left out, and why.
    """

    def __init__(self, columns: IndexColumns, withheld: Mapping[str, str] | None = None) -> None:
        self.columns = columns
        self.withheld = dict(withheld or {})

    def of(self, path: str) -> Sequence[Any]:  # noqa: ARG002 - there are no labels
        """Return the values of the columns for an image."""
        return ()


class _Classes(_Labels):
    """Folders that name what the images in them show."""

    def __init__(self, classes: Sequence[str]) -> None:
        super().__init__(class_column(classes))
        self._numbers = {name: number for number, name in enumerate(classes)}

    def of(self, path: str) -> Sequence[Any]:
        folders = reversed(path.split("/")[:-1])
        return (next((self._numbers[one] for one in folders if one in self._numbers), None),)


class _Tables(_Labels):
    """Tables with a row for each image."""

    def __init__(self, root: Path, tables: LabelTables) -> None:
        rows = dict(_labeled(root, tables))
        withheld = _withheld(tables.columns, rows)
        self._shown = [n for n, one in enumerate(tables.columns) if one.name not in withheld]
        shown = [tables.columns[number] for number in self._shown]
        columns = {one.name: one.type for one in shown}
        super().__init__(table_columns(columns, tables.column), withheld)
        self._key, self._rows = tables.key, rows
        self._none = (None,) * len(tables.columns)

    def of(self, path: str) -> Sequence[Any]:
        name = PurePosixPath(path)
        keys = {ImageKey.PATH: path, ImageKey.NAME: name.name, ImageKey.STEM: name.stem}
        row = self._rows.get(keys[self._key], self._none)
        return [row[number] for number in self._shown]


def _withheld(columns: Sequence[Column], rows: Mapping[str, tuple[Any, ...]]) -> dict[str, str]:
    """Return the columns whose values should not become public, and why."""
    found = {}
    for number, column in enumerate(columns):
        values = dict.fromkeys(
            str(row[number]) for row in rows.values() if row[number] is not None
        )
        is_number = column.type != "str"
        if reason := withheld_because(column.name, [*values], is_number=is_number):
            found[column.name] = reason
    return found


def _labels(root: Path, layout: ImageLayout, *, shows_values: bool) -> _Labels:
    if layout.tables:
        return _Tables(root, layout.tables) if shows_values else _Labels(IndexColumns())
    return _Classes(layout.classes) if layout.classes else _Labels(IndexColumns())


def _labeled(root: Path, tables: LabelTables) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield what the tables call an image, in the form of a path, a name or a stem, and its row.

    Raises:
        DatasetError: a table cannot be read.
    """
    place = [one.name for one in tables.columns].index(tables.column)
    for table in tables.paths:
        try:
            with open_text(root / table, tables.encoding) as text:
                rows = csv.reader(table_lines(text), delimiter=tables.delimiter)
                filled = (row for row in rows if row)
                if tables.has_header:
                    next(filled, None)
                for row in filled:
                    if len(row) > place:
                        cells = _cells(row, tables.columns, place)
                        yield key_of(tables.key, table, row[place]), cells
        except (OSError, csv.Error, UnicodeDecodeError, *BROKEN) as error:
            raise DatasetError(f"The labels in {table} cannot be read: {error}") from error


def _cells(row: Sequence[str], columns: Sequence[Column], place: int) -> tuple[Any, ...]:
    texts = (*row[: len(columns)], *("",) * (len(columns) - len(row)))
    return tuple(
        text if number == place else _cell(text, column.type)
        for number, (text, column) in enumerate(zip(texts, columns, strict=True))
    )


def _cell(text: str, kind: str) -> int | float | str | None:
    """Return a cell; None where it holds no value of the column's type."""
    stripped = text.strip()
    if kind == "str":
        return text
    if stripped in MISSING:
        return None
    try:
        if kind == "float":
            return float(stripped)
        number = int(stripped)
    except ValueError:
        return math.nan if kind == "float" else None
    return number if -_LARGEST_NUMBER <= number < _LARGEST_NUMBER else None
