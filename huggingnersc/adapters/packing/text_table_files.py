"""CSV and JSON lines as tables: their blocks, the types of their columns, the rows of a block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.adapters.data_files.lines import read_table_layout
from huggingnersc.adapters.packing.arrow_types import arrow_schema, feature_of, features_of
from huggingnersc.adapters.packing.text_tables import (
    BlockStreams,
    csv_table,
    csv_types,
    json_table,
    promoted,
    text_blocks,
    text_stream,
)
from huggingnersc.domain.draft.layout import Column, FileLayout
from huggingnersc.domain.packing.features import value
from huggingnersc.domain.packing.scanned_block import ScannedBlock
from huggingnersc.domain.packing.table_columns import require_same_columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from huggingnersc.adapters.packing.source_files import SourceFiles
    from huggingnersc.domain.packing.features import Features
    from huggingnersc.domain.packing.sample import ListedPart
    from huggingnersc.domain.packing.table_blocks import TableBlock

_TEXT = value("string")


class CsvTables:
    """CSV files with the same columns.

    Args:
        source: where the files are.
        settings: how they are written, see `settings`; empty to see it in the first file.
    """

    def __init__(self, source: SourceFiles, settings: Mapping[str, Any]) -> None:
        self._source, self._types = source, dict[str, Any]()
        self._streams = BlockStreams(source)
        self._layout: FileLayout | None = None
        if settings:
            columns = tuple(Column(name, "str") for name in settings["names"])
            self._layout = FileLayout(
                encoding=settings["encoding"],
                delimiter=settings["delimiter"],
                has_header=settings["has_header"],
                columns=columns,
            )

    @property
    def settings(self) -> dict[str, Any]:
        """How the files are written: JSON values."""
        layout = self._layout or FileLayout()
        return {
            "encoding": layout.encoding,
            "delimiter": layout.delimiter,
            "has_header": layout.has_header,
            "names": [column.name for column in layout.columns],
        }

    def scan(self, file: ListedPart, block_size_bytes: int) -> Iterator[ScannedBlock]:
        """Yield the blocks of a file, and see the types of its columns.

        Raises:
            ValueError: it has other columns than the first file.
            DatasetError: it is UTF-16 text, or damaged.
        """
        own = read_table_layout(self._source.path_of(file))
        if not own.columns:
            return  # it is empty
        layout = self._layout = self._layout or own
        require_same_columns(
            [one.name for one in own.columns], [one.name for one in layout.columns]
        )
        arrow = data_library("pyarrow", "CSV")
        with text_stream(self._source, file) as stream:
            blocks = text_blocks(
                stream, block_size_bytes, has_header=layout.has_header, quoted=True
            )
            for start, data in blocks:
                types, rows = csv_types(data, layout)
                for name, kind in types.items():
                    self._types[name] = promoted(arrow, self._types.get(name, kind), kind)
                if rows:
                    yield ScannedBlock(start, start + len(data), rows, len(data))

    def features(self) -> Features:
        """Return the types of the columns of all files that were scanned.

        Raises:
            ValueError: `datasets` has no type for one.
        """
        return {name: _present(feature_of(kind)) for name, kind in self._types.items()}

    def read(self, block: TableBlock, features: Features, columns: Sequence[str] = ()) -> Any:
        """Return the rows of a block as an Arrow table.

        Raises:
            pyarrow.ArrowException, ValueError: they are not what was scanned.
            SourceChangedError: the file is not what was listed.
        """
        schema = arrow_schema(features)
        types = {field.name: field.type for field in schema}
        data = self._streams.block(block.file, block.start, block.end)
        return csv_table(data, self._layout or FileLayout(), types, columns)

    def close(self) -> None:
        """Close the file that was read last."""
        self._streams.close()


class JsonTables:
    """Files of JSON lines.

    Args:
        source: where the files are.
        settings: none.
    """

    def __init__(self, source: SourceFiles, settings: Mapping[str, Any]) -> None:
        self._source, self.settings = source, dict(settings)
        self._streams = BlockStreams(source)
        self._schema: Any = None

    def scan(self, file: ListedPart, block_size_bytes: int) -> Iterator[ScannedBlock]:
        """Yield the blocks of a file, and see the types of its columns.

        Raises:
            ValueError: its rows do not fit to those before.
        """
        with text_stream(self._source, file) as stream:
            blocks = text_blocks(stream, block_size_bytes, has_header=False, quoted=False)
            for start, data in blocks:
                if not data.strip():
                    continue
                table = json_table(data)
                self._schema = unified(self._schema, table.schema)
                yield ScannedBlock(start, start + len(data), table.num_rows, len(data))

    def features(self) -> Features:
        """Return the types of the columns of all files that were scanned.

        Raises:
            ValueError: `datasets` has no type for one.
        """
        return {name: _present(one) for name, one in features_of(self._schema or ()).items()}

    def read(self, block: TableBlock, features: Features, columns: Sequence[str] = ()) -> Any:
        """Return the rows of a block as an Arrow table.

        Raises:
            pyarrow.ArrowException, ValueError: they are not what was scanned.
            SourceChangedError: the file is not what was listed.
        """
        data = self._streams.block(block.file, block.start, block.end)
        return json_table(data, arrow_schema(features).remove_metadata(), columns)

    def close(self) -> None:
        """Close the file that was read last."""
        self._streams.close()


def _present(feature: Any) -> Any:
    """Return the type of a column; text for one in which all values are missing."""
    return _TEXT if feature == value("null") else feature


def unified(one: Any, other: Any) -> Any:
    """Return the schema that two tables fit into.

    Raises:
        ValueError: a column of both has types that no one type holds.
    """
    arrow = data_library("pyarrow", "Parquet")
    if one is None:
        return other
    fields = {field.name: field for field in one}
    for field in other:
        known = fields.get(field.name)
        fields[field.name] = field if known is None else _unified_field(arrow, known, field)
    return arrow.schema(list(fields.values()))


def _unified_field(arrow: Any, one: Any, other: Any) -> Any:
    try:
        both = [arrow.schema([field.with_nullable(True)]) for field in (one, other)]
        return arrow.unify_schemas(both, promote_options="permissive").field(0)
    except arrow.ArrowException as error:
        kinds = (one.type, other.type)
        types = arrow.types
        if all(types.is_string(kind) or types.is_temporal(kind) for kind in kinds):
            return arrow.field(one.name, arrow.string())
        raise ValueError(
            f"its column {one.name!r} is {other.type}, which was {one.type} before"
        ) from error
