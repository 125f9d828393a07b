"""The lines of the manifest of a shard: what it holds, with tabs between the columns.

    name    SHA-256 or -    size    [more]

The fourth column is there for a member of a tar whose file has another path than its name: the
path; and for a table of which a shard has rows: how many. So a table may be in many manifests,
and anything else in one. Names and paths are escaped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from huggingnersc.domain.packing.pack import ShardForm
from huggingnersc.domain.text.escaped_names import escaped

if TYPE_CHECKING:
    from huggingnersc.domain.packing.sample import ListedPart

_COLUMNS = 4


class MemberLine(NamedTuple):
    """A line of a manifest; its columns as they are written."""

    name: bytes
    digest: bytes
    size_bytes: bytes
    more: bytes

    def rows(self, form: ShardForm) -> int | None:
        """Return how many rows of a table the shard has; None where it has a member whole."""
        is_table = form is ShardForm.PARQUET and self.more.isdigit()
        return int(self.more) if is_table else None


def member_line(name: bytes, part: ListedPart) -> bytes:
    """Return the line of a member of a tar."""
    about = escaped(name), part.digest, part.size_bytes
    if name == part.path:
        return b"%b\t%b\t%d\n" % about
    return b"%b\t%b\t%d\t%b\n" % (*about, escaped(part.path))


def table_line(table: ListedPart, rows: int) -> bytes:
    """Return the line of a table of which a shard has some rows."""
    return b"%b\t%b\t%d\t%d\n" % (escaped(table.path), table.digest, table.size_bytes, rows)


def parse_member_line(line: bytes) -> MemberLine:
    """Read a line without its end; columns that are missing are empty."""
    columns = line.split(b"\t")[:_COLUMNS]
    return MemberLine(*columns, *[b""] * (_COLUMNS - len(columns)))
