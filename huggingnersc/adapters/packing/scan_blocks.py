"""Look at files of tables once, block after block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.adapters.packing.table_kinds import damaged_table
from huggingnersc.domain.packing.table_blocks import TableBlock
from huggingnersc.errors import DatasetError
from huggingnersc.fixes import Message, Option

if TYPE_CHECKING:
    from huggingnersc.adapters.packing.source_faults import SourceFaults
    from huggingnersc.adapters.packing.table_kinds import TableReader
    from huggingnersc.domain.packing.features import Features
    from huggingnersc.domain.packing.sample import ListedPart

_MOST_SAID = 300
_HINT = Message(
    "Fix or remove these files, pack tables with other columns from a folder of their own, or "
    "pack whole files: ",
    Option("group_by", "file"),
)


class TableScan:
    """The blocks of tables that were found so far, their rows numbered through all files.

    Args:
        reader: of files of one type.
        block_bytes: about how large blocks are.
        faults: collects files that cannot be read, or do not fit to those before.

    Attributes:
        blocks: in the order of the files.
        sizes: about how many bytes each is.
    """

    def __init__(self, reader: TableReader, block_bytes: int, faults: SourceFaults) -> None:
        self._reader, self._block_bytes, self._faults = reader, block_bytes, faults
        self.blocks: list[TableBlock] = []
        self.sizes: list[int] = []
        self._rows = 0

    def add(self, file: ListedPart) -> None:
        """Add the blocks of a file, or note why it has none."""
        errors: tuple[type[Exception], ...] = (DatasetError, *damaged_table())
        try:
            for start, end, rows, size_bytes in self._reader.scan(file, self._block_bytes):
                if rows:
                    self.blocks.append(TableBlock(file, start, end, self._rows, rows))
                    self.sizes.append(size_bytes)
                    self._rows += rows
        except errors as error:
            self._faults.add(file.path, _said(error), hint=_HINT)

    def features(self, first: ListedPart) -> Features:
        """Return the types of all columns."""
        try:
            return self._reader.features()
        except ValueError as error:
            self._faults.add(first.path, _said(error), hint=_HINT)
            return {}


def _said(error: Exception) -> str:
    said = " ".join(str(error).split())
    return said[:_MOST_SAID] or type(error).__name__
