"""Blocks of rows, of which tables consist, and how rows are given to splits.

The work list of a shard of rows has a line for each block, columns with tabs between them:

    path  size  mtime  digest  start  end  first row  rows

`start` and `end` are places in the file: bytes of text (in a gzipped file of what it holds), rows
of HDF5, row groups of Parquet. Rows are numbered through all files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.packing.sample import WHOLE_FILE, ListedPart
from huggingnersc.domain.text.escaped_names import escaped, unescaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WHOLE_TABLE = ""  # the stratum of all rows where nothing is stratified


@dataclass(frozen=True, slots=True)
class TableBlock:
    """Some rows of a file, one after the other.

    Attributes:
        file: as it was listed.
        start: where they begin in the file.
        end: where they end.
        first_row: the number of the first one.
        rows: how many there are.
    """

    file: ListedPart
    start: int
    end: int
    first_row: int
    rows: int


@dataclass(frozen=True, slots=True)
class RowRule:
    """Says which split a row belongs to, so that whoever reads it knows.

    Attributes:
        seed: of the hashes of rows.
        stratify_by: the column whose values are strata; empty where there is none.
        keep_together: the column whose values are units; empty where each row is one.
        cuts: for each stratum the least hash that is beyond each split but the last.
    """

    seed: int
    stratify_by: str
    keep_together: str
    cuts: Mapping[str, list[int]]

    @property
    def columns(self) -> list[str]:
        """The columns that are needed."""
        return [name for name in (self.stratify_by, self.keep_together) if name]


def row_ranges(blocks: Iterable[TableBlock]) -> list[range]:
    """Return the numbers of the rows of blocks; blocks that follow one another are one range."""
    found: list[range] = []
    for block in blocks:
        begin, end = block.first_row, block.first_row + block.rows
        if found and found[-1].stop == begin:
            begin = found.pop().start
        found.append(range(begin, end))
    return found


def block_line(block: TableBlock) -> bytes:
    """Return the line of a block in the work list."""
    path, size_bytes, mtime_ns, digest, _ = block.file
    about = b"%d\t%d\t%b" % (size_bytes, mtime_ns, digest)
    rows = b"%d\t%d\t%d\t%d" % (block.start, block.end, block.first_row, block.rows)
    return b"%b\t%b\t%b\n" % (escaped(path), about, rows)


def parse_block(line: bytes) -> TableBlock:
    """Read the line of a block.

    Raises:
        ValueError: it is none.
    """
    path, size_bytes, mtime_ns, digest, *rows = line.rstrip(b"\n").split(b"\t")
    file = ListedPart(unescaped(path), int(size_bytes), int(mtime_ns), digest, WHOLE_FILE)
    start, end, first_row, count = map(int, rows)
    return TableBlock(file, start, end, first_row, count)
