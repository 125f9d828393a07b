"""Tables that describe files beside them, a row each: `metadata.csv`, as ImageFolder has it.

The column `file_name` has the path of a file, seen from the folder of the table; the others become
columns of its sample. Source: `datasets` 5.2, packaged_modules/folder_based_builder.
"""

from __future__ import annotations

import os
import posixpath
from bisect import bisect_right
from contextlib import closing
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.packing.scan_blocks import TableScan
from huggingnersc.adapters.packing.source_files import source_files
from huggingnersc.adapters.packing.table_kinds import table_reader, table_type
from huggingnersc.adapters.packing.version_files import note_others
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.domain.packing.features import features_text, parse_features, value
from huggingnersc.domain.packing.table_blocks import block_line, parse_block

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from huggingnersc.adapters.packing.source_faults import SourceFaults
    from huggingnersc.adapters.packing.source_files import SourceFiles
    from huggingnersc.adapters.packing.table_kinds import TableReader
    from huggingnersc.domain.packing.sample import ListedPart
    from huggingnersc.domain.packing.table_blocks import TableBlock

FILE_NAME = "file_name"
_BLOCK_BYTES = 16 << 20
_MIXED = "another form than the first metadata file; one form is read"
_OUTSIDE = "no file below the folder of the table is named"


class DescribedFiles:
    """What tables of a source say of its files.

    Args:
        root: of the source.
        tables: files that may describe others.
        faults: collects what is wrong with them.

    Attributes:
        settings: for `DescribedRows`, as JSON values; empty where the tables have no column of the
            names of files, and so describe none.
    """

    def __init__(self, root: Path, tables: Sequence[ListedPart], faults: SourceFaults) -> None:
        self._root, self._tables, self._faults = root, tables, faults
        self.settings: dict[str, Any] = {}

    def rows(self) -> Iterator[tuple[bytes, ListedPart, int]]:
        """Yield for each row the path of the file that it describes, its table, and its number.

        Raises:
            InstallationError: a library that is needed is not installed.
        """
        first = self._tables[0]
        kind = table_type(os.fsdecode(first.path))
        assert kind is not None  # noqa: S101 - by its name
        with source_files(self._root) as opened, closing(table_reader(kind, opened, {})) as reader:
            note_others(opened, self._tables, self._faults)
            scan = self._scanned(kind, reader)
            features = scan.features(first)
            if features.get(FILE_NAME) != value("string"):
                return
            self.settings = {
                "type": kind.value,
                "settings": reader.settings,
                "features": features_text(features),
                "blocks": [block_line(block).decode() for block in scan.blocks],
            }
            for block in scan.blocks:
                names = reader.read(block, features, [FILE_NAME]).column(FILE_NAME)
                yield from self._described(block, names.to_pylist())

    def _scanned(self, kind: FileType, reader: TableReader) -> TableScan:
        """Return the blocks of the tables of one form; others are noted."""
        scan = TableScan(reader, _BLOCK_BYTES, self._faults)
        for table in self._tables:
            if table_type(os.fsdecode(table.path)) is kind:
                scan.add(table)
            else:
                self._faults.add(table.path, _MIXED)
        return scan

    def _described(
        self, block: TableBlock, names: Sequence[str | None]
    ) -> Iterator[tuple[bytes, ListedPart, int]]:
        folder = os.path.dirname(block.file.path)  # noqa: PTH120 - bytes
        below = folder + b"/" if folder else b""
        for number, name in enumerate(names, block.first_row):
            path = posixpath.normpath(posixpath.join(folder, os.fsencode(name or "")))
            if not name or not path.startswith(below) or path.startswith((b"/", b"../")):
                named = os.fsencode(name or "nothing")
                self._faults.add(b"%b in %b" % (named, block.file.path), _OUTSIDE, noun="row")
            else:
                yield path, block.file, number


class DescribedRows:
    """Reads the rows that describe the files of samples.

    Args:
        source: where the tables are.
        settings: those of `DescribedFiles`.
    """

    def __init__(self, source: SourceFiles, settings: Mapping[str, Any]) -> None:
        self._features = parse_features(settings["features"])
        self._blocks = [parse_block(line.encode()) for line in settings["blocks"]]
        kind = FileType(settings["type"])
        self._reader = table_reader(kind, source, settings["settings"])
        self._tables: dict[int, Any] = {}

    def values(self, number: int) -> dict[str, Any]:
        """Return the values of a row by column, without the name of the file.

        Raises:
            SourceChangedError: the table is not what was listed.
            ValueError, pyarrow.ArrowException, OSError: it cannot be read.
        """
        place = bisect_right(self._blocks, number, key=lambda block: block.first_row) - 1
        block = self._blocks[place]
        if place not in self._tables:
            self._tables[place] = self._reader.read(block, self._features)
        row = self._tables[place].slice(number - block.first_row, 1).to_pylist()[0]
        return {name: one for name, one in row.items() if name != FILE_NAME}

    def close(self) -> None:
        """Close the file that was read last."""
        self._reader.close()


def described_features(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the types of the columns that tables add to samples."""
    features = parse_features(settings["features"])
    return {name: one for name, one in features.items() if name != FILE_NAME}
