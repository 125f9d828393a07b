"""The tables of a dataset as Croissant's record sets: their columns, and what these hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from huggingnersc.domain.loading.listed_files import data_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from huggingnersc.domain.loading.listed_files import ListedFile
    from huggingnersc.domain.loading.loading import Source

DEFAULT_RECORDS = "default"
MOST_FIELDS = 2_000  # in all record sets
# The suffix of a table by what is between its columns.
TABLE_SUFFIXES = {",": ".csv", "\t": ".tsv"}
_UTF_8 = frozenset({"utf-8", "utf-8-sig", "ascii"})
_TYPES = (
    (re.compile(r"u?int[0-9]*"), "sc:Integer"),
    (re.compile(r"float|double|halffloat|float[0-9]+"), "sc:Float"),
    (re.compile(r"bool"), "sc:Boolean"),
    (re.compile(r"str|(large_)?string(_view)?|dictionary<values=(large_)?string.*"), "sc:Text"),
    (re.compile(r"date[0-9]+.*"), "sc:Date"),
    (re.compile(r"timestamp.*"), "sc:DateTime"),
)


def record_sets(source: Source, file_id: Callable[[ListedFile], str]) -> list[dict[str, Any]]:
    """Return a record set for each file of a table that mlcroissant can read.

    It is `default` where there is one file, else it is called as its split, and where a split has
    several files, as the file.

    Args:
        source: the files of the data.
        file_id: returns what a file is called in the description.
    """
    columns = list(_columns(source))
    files = data_files(source)
    named = list(_named(files))
    if not columns or not _is_readable(source) or len(named) * len(columns) > MOST_FIELDS:
        return []
    return [_record_set(name, file_id(file), columns) for name, file in named]


def _named(files: dict[str, list[ListedFile]]) -> Iterator[tuple[str, ListedFile]]:
    everything = [file for members in files.values() for file in members]
    is_one_each = all(len(members) == 1 for members in files.values())
    if len(everything) == 1:
        yield DEFAULT_RECORDS, everything[0]
    elif is_one_each:
        yield from ((split, members[0]) for split, members in files.items())
    else:
        yield from ((file.name, file) for file in everything)


def _is_readable(source: Source) -> bool:
    layout = source.layout
    if source.file_type == "csv":
        is_utf_8 = str(layout.get("encoding", "utf-8")).lower() in _UTF_8
        is_named = layout.get("has_header", True) is True
        return is_utf_8 and is_named and delimiter_of(source) in TABLE_SUFFIXES
    return source.file_type in {"jsonl", "parquet"}


def delimiter_of(source: Source) -> str:
    """Return what is between the columns of a table: a comma where nothing else is said."""
    return str(source.layout.get("delimiter", ","))


def _columns(source: Source) -> Iterator[tuple[str, str]]:
    """Yield the name and the Croissant type of each column that holds plain values."""
    found = source.layout.get("columns")
    for column in found if isinstance(found, list | tuple) else ():
        name = column.get("name") if isinstance(column, dict) else None
        type_ = _data_type(column.get("type")) if name else None
        if isinstance(name, str) and type_:
            yield name, type_


def _data_type(name: object) -> str | None:
    return next((type_ for form, type_ in _TYPES if form.fullmatch(str(name))), None)


def _record_set(name: str, file: str, columns: list[tuple[str, str]]) -> dict[str, Any]:
    own_id = quote(name, safe="")
    return {
        "@type": "cr:RecordSet",
        "@id": own_id,
        "name": name,
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{own_id}/{quote(column, safe='')}",
                "name": column,
                "dataType": type_,
                "source": {"fileObject": {"@id": file}, "extract": {"column": column}},
            }
            for column, type_ in columns
        ],
    }
