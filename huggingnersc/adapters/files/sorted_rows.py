"""Sort more rows than memory should hold."""

from __future__ import annotations

import marshal
import os
import weakref
from bisect import bisect_right
from operator import itemgetter
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Row: TypeAlias = tuple[bytes | int, ...]

_MAX_ROWS = 50_000
_BATCH_ROWS = 500
_LENGTH_BYTES = 8


class SortedRows:
    """Rows in order, which may be read several times.

    Above 50,000 rows they are kept in a temporary file without a name, which ends with this value.

    Args:
        rows: tuples of bytes and integers.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        self._file: IO[bytes] | None = None
        self._runs: list[int] = []  # where each ends in the file
        self._kept: list[Row] = []
        for row in rows:
            if len(self._kept) >= _MAX_ROWS:
                self._spill()
            self._kept.append(row)
        _sort(self._kept)

    def __iter__(self) -> Iterator[Row]:
        # A generator, as it keeps this value and so the file while only the rows are held.
        if self._file is None:
            yield from self._kept
            return
        begins = (0, *self._runs)
        runs = [
            _read(self._file, begin, end) for begin, end in zip(begins, self._runs, strict=False)
        ]
        for batch in _merged([_batches(self._kept), *runs]):
            yield from batch

    def _spill(self) -> None:
        if self._file is None:
            self._file = TemporaryFile()  # noqa: SIM115 - closed with this value
            weakref.finalize(self, self._file.close)
        _sort(self._kept)
        for batch in map(marshal.dumps, _batches(self._kept)):
            self._file.write(len(batch).to_bytes(_LENGTH_BYTES) + batch)
        self._file.flush()
        self._runs.append(self._file.tell())
        self._kept.clear()


def _read(file: IO[bytes], at: int, end: int) -> Iterator[list[Row]]:
    while at < end:
        length = int.from_bytes(os.pread(file.fileno(), _LENGTH_BYTES, at))
        batch: list[Row] = marshal.loads(os.pread(file.fileno(), length, at + _LENGTH_BYTES))  # noqa: S302 - ours
        at += _LENGTH_BYTES + length
        yield batch


def _sort(rows: list[Row]) -> None:
    """Sort rows; by their first column at first, as whole rows take thrice as long to compare."""
    rows.sort(key=itemgetter(0))
    rows.sort()


def _batches(rows: list[Row]) -> Iterator[list[Row]]:
    return (rows[begin : begin + _BATCH_ROWS] for begin in range(0, len(rows), _BATCH_ROWS))


def _merged(runs: Iterable[Iterator[list[Row]]]) -> Iterator[list[Row]]:
    """Yield the rows of sorted runs in order, in batches.

    All rows up to the least end of a batch are there; to sort them takes less than a heap.
    """
    heads = [(batch, run) for run in runs if (batch := next(run, []))]
    while heads:
        end = min(batch[-1] for batch, _ in heads)
        merged: list[Row] = []
        left = []
        for batch, run in heads:
            count = bisect_right(batch, end)
            merged += batch[:count]
            if rest := batch[count:] or next(run, []):
                left.append((rest, run))
        merged.sort()
        yield merged
        heads = left
