"""Samples, as readers of a source list them and writers of shards get them.

A reader of a source yields a `SamplePart` for each file, or for each record of a file that holds
many. Parts with the same key are one sample. The plan sorts the parts, so their order is of no
matter.

The work list of a shard is a line for each sample, columns with tabs between them:

    key    [path size mtime digest record] for each part

in the order in which the shard holds them. Paths and keys are escaped as in a manifest; the digest
is `-` where it is not known, and the record is -1 where the part is a whole file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from huggingnersc.domain.text.escaped_names import escaped, unescaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

UNKNOWN = b"-"  # in place of a digest
WHOLE_FILE = -1  # in place of the number of a record
_COLUMNS = 5  # of a part


class SamplePart(NamedTuple):
    """A part of a sample; a tuple, as there may be millions.

    Attributes:
        key: of its sample; unique in the source, bytes as the file system has them, such as
            `cats/0001`, or `images.idx3#0000017` for a record.
        order: by which the parts of a sample are sorted.
        path: of the file, below the root of the source.
        size_bytes: of the file, also where the part is a record of it.
        mtime_ns: when the file was last changed.
        digest: hexadecimal SHA-256 of the file from the version, or `UNKNOWN`.
        record: the number of the record in the file, or `WHOLE_FILE`.
        split: the split that the source says it belongs to; empty where it does not.
        stratum: by which `--stratify-by` keeps proportions; empty where all is one.
        together: samples with the same are kept in one split; empty for a sample of its own.
        share_bytes: about how much of a shard a record takes; -1 for a whole file.
    """

    key: bytes
    order: bytes
    path: bytes
    size_bytes: int
    mtime_ns: int
    digest: bytes = UNKNOWN
    record: int = WHOLE_FILE
    split: bytes = b""
    stratum: bytes = b""
    together: bytes = b""
    share_bytes: int = -1


class ListedPart(NamedTuple):
    """A part in the work list of a shard; see `SamplePart`."""

    path: bytes
    size_bytes: int
    mtime_ns: int
    digest: bytes
    record: int


class Sample(NamedTuple):
    """A sample in the work list of a shard.

    Attributes:
        key: its name; bytes as the file system has them.
        parts: its files or records, in order.
    """

    key: bytes
    parts: tuple[ListedPart, ...]

    @property
    def size_bytes(self) -> int:
        """The size of its parts."""
        return sum(part.size_bytes for part in self.parts)


def sample_line(key: bytes, parts: Iterable[tuple[bytes, int, int, bytes, int]]) -> bytes:
    """Return the line of a sample in the work list.

    Args:
        key: of the sample.
        parts: of it in order: the columns of `ListedPart`.
    """
    columns = [escaped(key)]
    for path, size_bytes, mtime_ns, digest, record in parts:
        about = escaped(path), size_bytes, mtime_ns, digest, record
        columns.append(b"%b\t%d\t%d\t%b\t%d" % about)
    return b"\t".join(columns) + b"\n"


def samples_of(lines: Iterable[bytes]) -> Iterator[Sample]:
    """Yield the samples of lines of a work list.

    Raises:
        ValueError: a line is none.
    """
    for line in lines:
        key, *columns = line.split(b"\t")
        if len(columns) % _COLUMNS:
            raise ValueError("a line of the work list is cut")
        each = iter(columns)
        yield Sample(unescaped(key), tuple(map(_part, each, each, each, each, each)))


def _part(path: bytes, size: bytes, mtime: bytes, digest: bytes, record: bytes) -> ListedPart:
    return ListedPart(unescaped(path), int(size), int(mtime), digest, int(record))
