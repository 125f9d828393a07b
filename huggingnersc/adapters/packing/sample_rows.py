"""The samples of a source in the order of the seed, on disk where there are many."""

from __future__ import annotations

import weakref
from array import array
from functools import partial
from hashlib import sha256
from itertools import compress, groupby
from operator import itemgetter
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, NamedTuple

from huggingnersc.adapters.files.sorted_rows import SortedRows
from huggingnersc.domain.packing.sample import WHOLE_FILE, sample_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from huggingnersc.domain.packing.sample import SamplePart


class PartRow(NamedTuple):
    """A part in the order of the seed: the hash of its sample's key, then a `SamplePart`."""

    order: bytes
    key: bytes
    place: bytes
    path: bytes
    size_bytes: int
    mtime_ns: int
    digest: bytes
    record: int
    split: bytes
    stratum: bytes
    together: bytes
    share_bytes: int


class SampleRows:
    """The samples of a source, which may be read several times.

    Args:
        parts: of all samples, in any order.
        order_of: makes of the key of a sample what it is sorted by.
        cost_of: returns about how many bytes of a shard a part takes.
        look: called with the parts of each sample, in the order of the seed.

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
        cost_of: Callable[[PartRow], int],
        look: Callable[[list[PartRow]], None],
    ) -> None:
        # Plain tuples, which are kept on disk as they are.
        self._rows = SortedRows((order_of(part[0]), *part) for part in parts)
        self._lines = TemporaryFile()  # noqa: SIM115 - closed with this value
        weakref.finalize(self, self._lines.close)
        self.costs, self.sizes, self.orders = array("q"), array("q"), array("Q")
        self.newest_ns = self.files = 0
        self.digest = self._measure(cost_of, look)

    def _measure(
        self, cost_of: Callable[[PartRow], int], look: Callable[[list[PartRow]], None]
    ) -> str:
        """Look at every sample once: measure it, and write its line of the work list."""
        computed, files, newest_ns = sha256(), 0, 0
        files_of_records = set[bytes]()  # each of which holds many
        for rows in self:
            look(rows)
            cost = size = 0
            for row in rows:
                _, key, _, path, size_bytes, mtime_ns, digest, record, _, _, _, _ = row
                about = key, path, record, size_bytes, digest
                computed.update(b"%b\0%b\0%d\0%d\0%b\n" % about)
                part_cost = cost_of(row)
                cost += part_cost
                if record == WHOLE_FILE:
                    size += size_bytes
                    files += 1
                else:
                    size += part_cost
                    files_of_records.add(path)
                if mtime_ns > newest_ns:
                    newest_ns = mtime_ns
            self.costs.append(cost)
            self.sizes.append(size)
            self.orders.append(int.from_bytes(row[0]))
            self._lines.write(sample_line(key, [row[3:8] for row in rows]))
        self.files, self.newest_ns = files + len(files_of_records), newest_ns
        return computed.hexdigest()

    def __iter__(self) -> Iterator[list[PartRow]]:
        """Yield the parts of sample after sample, in the order of the seed."""
        rows = map(partial(tuple.__new__, PartRow), self._rows)
        for _, found in groupby(rows, itemgetter(1)):
            yield [*found]

    def lines(self, chosen: Iterable[bool]) -> Iterator[bytes]:
        """Return the lines of samples in the work list, in the order of the seed.

        They are read as they are taken, so those of other samples may be asked for only then.

        Args:
            chosen: for each sample, whether its line is among them.
        """
        self._lines.seek(0)
        return compress(self._lines, chosen)
