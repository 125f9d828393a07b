"""The samples of a source in the order of the seed, on disk where there are many."""

from __future__ import annotations

from array import array
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple, cast

from huggingnersc.adapters.files.sorted_rows import SortedRows
from huggingnersc.domain.packing.sample import WHOLE_FILE, ListedPart, sample_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from huggingnersc.domain.packing.sample import SamplePart


class PartRow(NamedTuple):
    """A part in the order of the seed: the hash of its sample's key first, then the key.

    Attributes:
        order: the hash of the key.
        key: of the sample.
        place: by which the parts of the sample are sorted.
        cost_bytes: about how much of a shard it takes.

    The others are those of `SamplePart`.
    """

    order: bytes
    key: bytes
    place: bytes
    path: bytes
    record: int
    size_bytes: int
    mtime_ns: int
    digest: bytes
    cost_bytes: int
    split: bytes
    stratum: bytes
    together: bytes


class SampleRows:
    """The samples of a source, which may be read several times.

    Args:
        parts: of all samples, in any order.
        order_of: makes of the key of a sample what it is sorted by.
        cost_of: returns about how many bytes of a shard a part takes.

    Attributes:
        newest_ns: when a file was changed last.
        costs: about how many bytes of a shard each sample takes, in the order of the seed.
        sizes: of the files or records of each sample, in bytes.
        orders: the hashes of the keys of samples, as numbers.
        files: how many files there are.
        digest: the SHA-256 of what is packed, without the times of the files.
    """

    def __init__(
        self,
        parts: Iterable[SamplePart],
        order_of: Callable[[bytes], bytes],
        cost_of: Callable[[SamplePart], int],
    ) -> None:
        self.newest_ns = 0  # when a file was changed last
        # Plain tuples with the columns of `PartRow`: millions are only taken apart.
        rows = SortedRows(self._row(part, order_of, cost_of) for part in parts)
        self._rows = cast("Iterable[PartRow]", rows)
        self.costs, self.sizes, self.orders = array("q"), array("q"), array("Q")
        self.files = 0
        self.digest = self._measure()

    def _measure(self) -> str:
        computed = sha256()
        costs, sizes, orders, last = self.costs, self.sizes, self.orders, None
        files_of_records = set[bytes]()  # each of which holds many
        for row in self._rows:
            order, key, _, path, record, size, _, digest, cost, *_ = row
            share = size if record < 0 else cost
            if key == last:
                costs[-1] += cost
                sizes[-1] += share
            else:
                costs.append(cost)
                sizes.append(share)
                orders.append(int.from_bytes(order))
                last = key
            if record == WHOLE_FILE:
                self.files += 1
            else:
                files_of_records.add(path)
            computed.update(b"%b\0%b\0%d\0%d\0%b\n" % (key, path, record, size, digest))
        self.files += len(files_of_records)
        return computed.hexdigest()

    def _row(
        self,
        part: SamplePart,
        order_of: Callable[[bytes], bytes],
        cost_of: Callable[[SamplePart], int],
    ) -> tuple[bytes | int, ...]:
        if part.mtime_ns > self.newest_ns:
            self.newest_ns = part.mtime_ns
        key, place, path, size_bytes, mtime_ns, digest, record, split, stratum, together, _ = part
        return (
            *(order_of(key), key, place, path, record, size_bytes, mtime_ns, digest),
            *(cost_of(part), split, stratum, together),
        )

    def __iter__(self) -> Iterator[list[PartRow]]:
        """Yield the parts of sample after sample, in the order of the seed."""
        rows, last = list[PartRow](), None
        for row in self._rows:
            if rows and row[1] != last:
                yield rows
                rows = []
            last = row[1]
            rows.append(tuple.__new__(PartRow, row))
        if rows:
            yield rows


def line_of(rows: list[PartRow]) -> bytes:
    """Return the line of a sample in the work list of a shard."""
    return sample_line(rows[0].key, (_listed(row) for row in rows))


def _listed(row: PartRow) -> ListedPart:
    _, _, _, path, record, size_bytes, mtime_ns, digest, *_ = row
    return ListedPart(path, size_bytes, mtime_ns, digest, record)
