"""CSV and JSON lines, read block by block: each is cut at the end of a row."""

from __future__ import annotations

import gzip
import os
from contextlib import ExitStack, contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.domain.draft.table import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from io import BufferedIOBase

    from huggingnersc.adapters.packing.source_files import SourceFiles
    from huggingnersc.domain.draft.layout import FileLayout
    from huggingnersc.domain.packing.sample import ListedPart

_LONGEST_ROW_BYTES = 256 << 20
_GZIPPED = b".gz"
_BOM = b"\xef\xbb\xbf"
_CODE = r"^\s*[+-]?0[0-9]"  # 007 is a name, not a number


@contextmanager
def text_stream(source: SourceFiles, file: ListedPart) -> Iterator[BufferedIOBase]:
    """Open a text file, which may be gzipped.

    Raises:
        SourceChangedError: it is not what was listed.
        OSError: it cannot be read.
    """
    with os.fdopen(source.open(file), "rb") as opened:
        source.require(file, opened.fileno(), file.size_bytes)
        os.set_blocking(opened.fileno(), True)
        if file.path.lower().endswith(_GZIPPED):
            with gzip.open(opened, "rb") as stream:
                yield stream
        else:
            yield opened


def text_blocks(
    stream: BufferedIOBase, block_bytes: int, *, has_header: bool, quoted: bool
) -> Iterator[tuple[int, bytes]]:
    """Yield where each block begins and its bytes: whole rows without the header.

    Args:
        stream: of the file.
        block_bytes: about how large blocks are.
        has_header: whether the first row is a header.
        quoted: whether a line end within quotation marks is none.

    Raises:
        ValueError: a row has more than 256 MiB.
    """
    at, rest, header = 0, b"", has_header
    while True:
        piece = stream.read(block_bytes)
        data = rest + piece
        if not at and data.startswith(_BOM):
            at, data = len(_BOM), data[len(_BOM) :]
        if header:
            end = _first_end(data, quoted=quoted)
            if not end and piece:
                rest = _bounded(data)
                continue
            at, data, header = at + end, data[end:] if end else b"", False
        end = _last_end(data, quoted=quoted) if piece else len(data)
        if end:
            yield at, data[:end]
        elif not piece:
            return
        at, rest = at + end, _bounded(data[end:])


class BlockStreams:
    """Reads blocks of text files; a file stays open until one of another is read.

    Of a gzipped file the blocks should be read in their order: one before the last one makes it
    be unpacked from its beginning again.

    Args:
        source: where the files are.
    """

    def __init__(self, source: SourceFiles) -> None:
        self._source = source
        self._stack = ExitStack()
        self._file: ListedPart | None = None
        self._stream: BufferedIOBase | None = None

    def block(self, file: ListedPart, start: int, end: int) -> bytes:
        """Return a part of a file.

        Raises:
            SourceChangedError: it is not what was listed.
            ValueError: it ends before.
            OSError: it cannot be read.
        """
        if self._stream is None or self._file != file:
            self.close()
            self._stream = self._stack.enter_context(text_stream(self._source, file))
            self._file = file
        self._source.require(file, self._stream.fileno(), file.size_bytes)
        self._stream.seek(start)
        data = self._stream.read(end - start)
        if len(data) != end - start:
            raise ValueError("it was cut while it was read")
        return data

    def close(self) -> None:
        """Close the file that is open."""
        self._stack.close()
        self._file = self._stream = None


def _bounded(data: bytes) -> bytes:
    if len(data) > _LONGEST_ROW_BYTES:
        raise ValueError("a row has more than 256 MiB")
    return data


def _last_end(data: bytes, *, quoted: bool) -> int:
    """Return behind which line end the last whole row ends; 0 where there is none.

    Of quotation marks, those before the end of a row are an even number.
    """
    at, marks = len(data), data.count(b'"') if quoted else 0
    while (found := data.rfind(b"\n", 0, at)) >= 0:
        marks -= data.count(b'"', found, at) if quoted else 0
        if not marks % 2:
            return found + 1
        at = found
    return 0


def _first_end(data: bytes, *, quoted: bool) -> int:
    found = data.find(b"\n")
    while found >= 0 and quoted and data.count(b'"', 0, found) % 2:
        found = data.find(b"\n", found + 1)
    return found + 1


def csv_table(
    data: bytes, layout: FileLayout, types: dict[str, Any] | None, columns: Sequence[str] = ()
) -> Any:
    """Return the rows of a block of CSV as an Arrow table.

    Args:
        data: of the block.
        layout: of the file.
        types: Arrow types by column; None to see the types of this block.
        columns: those that are needed; empty for all.

    Raises:
        pyarrow.ArrowException: the rows are no CSV, or not of the types.
    """
    arrow_csv = data_library("pyarrow.csv", "CSV")
    names = [column.name for column in layout.columns]
    return arrow_csv.read_csv(
        BytesIO(data),
        read_options=arrow_csv.ReadOptions(
            column_names=names,
            encoding="utf8" if layout.encoding == "utf-8-sig" else layout.encoding,
            block_size=len(data) + 1,
            use_threads=False,
        ),
        parse_options=arrow_csv.ParseOptions(delimiter=layout.delimiter, newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            column_types=types or {}, null_values=[*MISSING], include_columns=[*columns]
        ),
    )


def csv_types(data: bytes, layout: FileLayout) -> tuple[dict[str, Any], int]:
    """Return the Arrow types of the columns of a block, and how many rows it has.

    Raises:
        pyarrow.ArrowException: the rows are no CSV.
    """
    arrow = data_library("pyarrow", "CSV")
    compute = data_library("pyarrow.compute", "CSV")
    table = csv_table(data, layout, None)
    types = {field.name: field.type for field in table.schema}
    if whole := [name for name, kind in types.items() if arrow.types.is_integer(kind)]:
        texts = csv_table(data, layout, dict.fromkeys(whole, arrow.string()), whole)
        for name in whole:
            if compute.any(compute.match_substring_regex(texts[name], _CODE)).as_py():
                types[name] = arrow.string()
    return types, table.num_rows


def promoted(arrow: Any, one: Any, other: Any) -> Any:
    """Return the type that holds the values of two columns of CSV; text where only that does."""
    if one == other or arrow.types.is_null(other):
        return one
    if arrow.types.is_null(one):
        return other
    pair = {str(one), str(other)}
    if pair == {"int64", "double"}:
        return arrow.float64()
    if pair <= {"date32[day]", "timestamp[s]", "timestamp[ns]"}:
        return arrow.timestamp("ns" if "timestamp[ns]" in pair else "s")
    return arrow.string()


def json_table(data: bytes, schema: Any = None, columns: Sequence[str] = ()) -> Any:
    """Return the rows of a block of JSON lines as an Arrow table.

    Args:
        data: of the block.
        schema: of the rows; None to see that of this block.
        columns: those that are needed; empty for all.

    Raises:
        pyarrow.ArrowException: the rows are no JSON, or not of the schema.
    """
    arrow_json = data_library("pyarrow.json", "JSON")
    known = {} if schema is None else {"explicit_schema": schema}
    behavior = "infer" if schema is None else "error"
    table = arrow_json.read_json(
        BytesIO(data),
        read_options=arrow_json.ReadOptions(block_size=len(data) + 1, use_threads=False),
        parse_options=arrow_json.ParseOptions(unexpected_field_behavior=behavior, **known),
    )
    return table.select([*columns]) if columns else table
