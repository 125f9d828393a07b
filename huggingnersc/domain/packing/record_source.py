"""Samples that are records of files which hold many: what a reader of such files returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.packing.sample import UNKNOWN, Part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from huggingnersc.domain.packing.features import Features


@dataclass(frozen=True, slots=True)
class RecordFiles:
    """Files whose records with the same number are one sample.

    Attributes:
        paths: of the files, below the root of the source.
        mtimes_ns: when each file was last changed.
        record_bytes: the size of a record of each file.
        labels: what decides proportions, by record; None where nothing does.
        records: how many there are.
        split: the split that the source says; empty where it says none.
    """

    paths: Sequence[str]
    mtimes_ns: Sequence[int]
    record_bytes: Sequence[int]
    labels: Sequence[int] | bytes | None
    records: int
    split: str


@dataclass(frozen=True, slots=True)
class RecordSource:
    """A source whose samples are records.

    Attributes:
        kind: of the files: `idx` or `cifar`.
        features: the types of the columns.
        groups: of files.
    """

    kind: str
    features: Features
    groups: Sequence[RecordFiles]

    @property
    def paths(self) -> Iterator[str]:
        """The paths of all files that are read."""
        return (path for group in self.groups for path in group.paths)

    def parts(self) -> Iterator[Part]:
        """Yield the parts of all samples: a record of each file of a group."""
        for group in self.groups:
            split, first = group.split.encode(), group.paths[0].encode(errors="surrogateescape")
            files = [
                (path.encode(errors="surrogateescape"), size, mtime)
                for path, size, mtime in zip(
                    group.paths, group.record_bytes, group.mtimes_ns, strict=True
                )
            ]
            for number in range(group.records):
                key = b"%b#%07d" % (first, number)
                stratum = b"%d" % group.labels[number] if group.labels is not None else b""
                for order, (path, size, mtime) in enumerate(files):
                    yield Part(
                        key, b"%d" % order, path, size, mtime, UNKNOWN, number, split, stratum
                    )
