"""How much of a version's data is read to describe it, and how much memory that may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribingLimits:
    """What describing data may use; what is beyond it is sampled, and the statistics say so.

    Attributes:
        seconds: of wall time in all; what is not reached in it is reported.
        part_seconds: of wall time for one file or table.
        memory_bytes: of the process that reads the data.
        threads: that it uses.
        files: of one type that are opened; of more, these many, spread over all.
        table_bytes: a larger table is described by a sample.
        sample_bytes: how much of a larger table is read.
        text_bytes: of larger texts, so much is read.
        columns: of one table that are described.
        tables: that are described.
        folders: and extensions that are listed.
        problems: that are listed.
    """

    seconds: float = 900.0
    part_seconds: float = 300.0
    memory_bytes: int = 2 << 30
    threads: int = 2
    files: int = 10_000
    table_bytes: int = 4 << 30
    sample_bytes: int = 256 << 20
    text_bytes: int = 4 << 30
    columns: int = 500
    tables: int = 50
    folders: int = 100
    problems: int = 100
