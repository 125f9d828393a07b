"""What goes where: how much each split gets, and the proof that none is lost or doubled."""

from __future__ import annotations

from dataclasses import dataclass

KEYS_MODULUS = 1 << 64  # of the sum of the hashes of keys


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSplit:
    """What a split gets.

    Attributes:
        name: of the split.
        samples: how many.
        size_bytes: of their files.
        shards: how many shards they fill.
        units: how many of what is kept together they are; the samples where nothing is.
        asked: the share of the whole that was asked for; None where the split is the source's.
        share: the share that it gets, of samples or of bytes as was asked for.
    """

    name: str
    samples: int
    size_bytes: int
    shards: int
    units: int
    asked: float | None
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitProof:
    """Why the splits are disjoint and complete.

    The samples of a source have different keys. Those of the plan, counted and with the hashes of
    their keys added up, are those that the shards hold, so none is lost and none is twice.

    Attributes:
        planned: how many samples there are in the source.
        planned_sum: the sum of the hashes of their keys, 16 hexadecimal digits.
        packed: how many the shards hold.
        packed_sum: the sum of the hashes of the keys that the shards hold.
    """

    planned: int
    planned_sum: str
    packed: int
    packed_sum: str

    @property
    def holds(self) -> bool:
        """Whether both are the same."""
        return (self.planned, self.planned_sum) == (self.packed, self.packed_sum)
