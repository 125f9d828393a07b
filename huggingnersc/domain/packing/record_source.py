"""Samples that are records of files which hold many: what a reader of such files returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.packing.sample import SamplePart

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from huggingnersc.domain.packing.features import Features
    from huggingnersc.domain.packing.sample import ListedPart


@dataclass(frozen=True, slots=True)
class RecordFiles:
    """Files whose records with the same number are one sample.

    Attributes:
        files: as they were listed.
        record_bytes: the size of a record of each file.
        labels: the class of each record; None where they have none.
        records: how many there are.
        split: the split that the source says; empty where it says none.
    """

    files: Sequence[ListedPart]
    record_bytes: Sequence[int]
    labels: Sequence[int] | None
    records: int
    split: str


@dataclass(frozen=True, slots=True)
class RecordSource:
    """A source whose samples are records.

    Attributes:
        features: the types of the columns.
        groups: of files.
    """

    features: Features
    groups: Sequence[RecordFiles]

    def parts(self, *, stratified: bool, divided: bool = False) -> Iterator[SamplePart]:
        """Yield the parts of all samples: a record of each file of a group.

        Args:
            stratified: whether the splits keep the proportions of the labels.
            divided: whether the samples are given to other splits, if all are in one.
        """
        is_one = divided and len({group.split for group in self.groups}) == 1
        for group in self.groups:
            split = b"" if is_one else group.split.encode()
            labels = group.labels if stratified else None
            files = [*enumerate(zip(group.files, group.record_bytes, strict=True))]
            for number in range(group.records):
                key = b"%b#%07d" % (group.files[0].path, number)
                stratum = b"%d" % labels[number] if labels is not None else b""
                for place, ((path, size_bytes, mtime_ns, digest, _), share_bytes) in files:
                    yield SamplePart(
                        *(key, b"%d" % place, path, size_bytes, mtime_ns, digest, number),
                        split=split,
                        stratum=stratum,
                        share_bytes=share_bytes,
                    )
