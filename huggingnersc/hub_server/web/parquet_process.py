"""The process that opens a Parquet file, with limits of time and memory.

A file of 8 kB may unpack to gigabytes, and what it says of its size is no promise. The file is
stdin, the argument how many seconds of CPU it may take. A line of JSON goes to stdout, the head of
the table and what its pictures are, then the bytes of the pictures, which are not decoded here.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

from huggingnersc.domain.text.formatting import size_words
from huggingnersc.hub_server.web.tables import (
    CELL_LIMIT,
    COLUMN_LIMIT,
    ROW_LIMIT,
    CellPicture,
    TableColumn,
    TableHead,
    cell_text,
    short_number,
    table_head,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import IO

    import pyarrow.parquet

MEMORY_LIMIT_BYTES = 2 << 30
NOT_READABLE = 3
PICTURES_LIMIT_BYTES = 16 << 20
PICTURE_LIMIT_BYTES = 1 << 20
_IMAGE_KINDS = (
    "struct<bytes: binary, path: string>",
    "struct<bytes: large_binary, path: string>",
)
_DIGITS = {"halffloat": 4, "float": 7}
_MARKS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}

GROUP_LIMIT_BYTES = 256 * 1000 * 1000
"""Rows of a larger first row group (bytes before compression) are not read, only its columns."""


def main() -> int:
    """Read stdin and print its head; `NOT_READABLE` when it is no Parquet file."""
    for kind, limit in (
        (resource.RLIMIT_CPU, int(sys.argv[1])),
        (resource.RLIMIT_AS, MEMORY_LIMIT_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # a lower limit is set already
            resource.setrlimit(kind, (limit, limit))
    import pyarrow

    try:
        head, pictures = read_sample(sys.stdin.buffer)
    except (pyarrow.ArrowException, OSError, ValueError):
        return NOT_READABLE
    named = [(one.column, one.row, one.media_type, len(one.content)) for one in pictures]
    line = json.dumps({"head": asdict(head), "pictures": named})
    sys.stdout.buffer.write(line.encode() + b"\n")
    sys.stdout.buffer.writelines(one.content for one in pictures)
    return 0


def read_sample(stream: IO[bytes]) -> tuple[TableHead, tuple[CellPicture, ...]]:
    """Return the head of a Parquet file, and the pictures in it that a browser can show.

    Raises:
        pyarrow.ArrowException, OSError, ValueError: it is none.
    """
    import pyarrow.parquet

    with pyarrow.parquet.ParquetFile(stream) as file:
        return _sample(file)


def _sample(file: pyarrow.parquet.ParquetFile) -> tuple[TableHead, tuple[CellPicture, ...]]:
    fields = list(file.schema_arrow)
    names = [field.name for field in fields[:COLUMN_LIMIT]]
    columns = [TableColumn(cell_text(field.name), _kind(field)) for field in fields]
    batches = file.iter_batches(ROW_LIMIT, columns=names, use_threads=False)
    batch = next(batches, None) if _is_small(file) else None
    values = [[value.as_py() for value in column] for column in batch or ()]
    pictures = tuple(_pictures(values))
    classes = class_names((file.schema_arrow.metadata or {}).get(b"huggingface", b""))
    cells = [
        [_cell(_as_written(value, field), classes.get(field.name, ())) for value in column]
        for field, column in zip(fields, values, strict=False)
    ]
    rows = list(zip(*cells, strict=True)) if cells else []
    return table_head(columns, rows, rows_in_all=file.metadata.num_rows), pictures


def class_names(text: bytes) -> dict[str, tuple[str, ...]]:
    """Return the names of classes by column, as `datasets` writes them into a file."""
    try:
        features = json.loads(text)["info"]["features"]
        return {
            name: tuple(map(str, feature["names"]))
            for name, feature in features.items()
            if isinstance(feature, dict) and feature.get("_type") == "ClassLabel"
        }
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}


def _kind(field: pyarrow.Field) -> str:
    kind = str(field.type)
    return "image" if kind in _IMAGE_KINDS else cell_text(kind)


def _as_written(value: object, field: pyarrow.Field) -> object:
    """Return a number with the digits that its type holds; a float of Python shows more."""
    if isinstance(value, float) and (digits := _DIGITS.get(str(field.type))):
        return float(f"{value:.{digits}g}")
    return value


def _cell(value: object, names: Sequence[str]) -> str:
    if names and isinstance(value, int) and 0 <= value < len(names):
        return cell_text(names[value])
    content = _content(value)
    if content is None:
        return cell_text(_list_text(value) if isinstance(value, list) else value)
    media_type = picture_type(content)
    name = media_type.partition("/")[2].upper() if media_type else "binary"
    return f"{name}, {size_words(len(content))}"


def _list_text(value: list[object]) -> str:
    """Return what Python shows of a list, with short numbers; no more than a cell holds."""
    text = ""
    for part in _list_parts(value):
        text += part
        if len(text) > CELL_LIMIT:
            break
    return text


def _list_parts(value: object) -> Iterator[str]:
    if isinstance(value, list):
        yield "["
        for number, item in enumerate(value):
            yield ", " if number else ""
            yield from _list_parts(item)
        yield "]"
    else:
        yield short_number(repr(value)) if isinstance(value, float) else repr(value)


def _pictures(columns: Sequence[Sequence[object]]) -> Iterator[CellPicture]:
    """Yield pictures row by row, until they are too many for a page."""
    left = PICTURES_LIMIT_BYTES
    for row, values in enumerate(zip(*columns, strict=True)):
        for column, value in enumerate(values):
            content = _content(value)
            media_type = picture_type(content) if content else ""
            if content and media_type and len(content) <= min(left, PICTURE_LIMIT_BYTES):
                left -= len(content)
                yield CellPicture(column, row, media_type, content)


def _content(value: object) -> bytes | None:
    """Return the bytes in a cell: of binary ones, and of those that `datasets` writes."""
    if isinstance(value, dict) and value.keys() == {"bytes", "path"}:
        value = value["bytes"]
    return value if isinstance(value, bytes) else None


def picture_type(content: bytes) -> str:
    """Return the type of a picture by its first bytes; empty for what browsers do not show."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for mark, kind in _MARKS.items() if content.startswith(mark)), "")


def _is_small(file: pyarrow.parquet.ParquetFile) -> bool:
    if file.metadata.num_row_groups == 0:
        return False
    return bool(file.metadata.row_group(0).total_byte_size <= GROUP_LIMIT_BYTES)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # The threads of pyarrow end the process by SIGABRT, rarely, where it waits for them to end.
    os._exit(code)
