"""A block of rows of a table, as it is found in a file."""

from __future__ import annotations

from typing import NamedTuple


class ScannedBlock(NamedTuple):
    """Some rows of a file.

    Attributes:
        start: where they begin in the file, see `table_blocks`.
        end: where they end.
        rows: how many there are.
        size_bytes: about how large they are.
    """

    start: int
    end: int
    rows: int
    size_bytes: int
