"""Sort more rows than memory should hold."""

from __future__ import annotations

import marshal
from heapq import merge
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Row: TypeAlias = tuple[bytes | int, ...]

_MAX_ROWS = 50_000
_BATCH_ROWS = 500
_LENGTH_BYTES = 8


class SortedRows:
    """Rows in order, which may be read several times, but not twice at once.

    Above 50,000 rows they are kept in temporary files without a name, which end with the process.

    Args:
        rows: tuples of bytes and integers.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        self._files: list[IO[bytes]] = []
        self._kept: list[Row] = []
        for row in rows:
            self._kept.append(row)
            if len(self._kept) >= _MAX_ROWS:
                self._spill()
        self._kept.sort()

    def __iter__(self) -> Iterator[Row]:
        if not self._files:
            return iter(self._kept)
        return merge(self._kept, *map(_read, self._files))

    def _spill(self) -> None:
        file = TemporaryFile()  # noqa: SIM115 - kept open, it has no name
        self._kept.sort()
        for begin in range(0, len(self._kept), _BATCH_ROWS):
            batch = marshal.dumps(self._kept[begin : begin + _BATCH_ROWS])
            file.write(len(batch).to_bytes(_LENGTH_BYTES) + batch)
        self._files.append(file)
        self._kept.clear()


def _read(file: IO[bytes]) -> Iterator[Row]:
    file.seek(0)
    while length := file.read(_LENGTH_BYTES):
        batch: list[Row] = marshal.loads(file.read(int.from_bytes(length)))  # noqa: S302 - ours
        yield from batch
