"""What the plan of a pack says, whether its samples are files, records or rows of tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from huggingnersc.domain.packing.layout import PackLayout
    from huggingnersc.domain.packing.options import PackOptions
    from huggingnersc.domain.packing.split_report import PlannedSplit


@dataclass(frozen=True, slots=True)
class PlannedShard:
    """A shard in the plan.

    Attributes:
        samples: how many it holds.
        size_bytes: about how large it will be.
        job: its work list.
    """

    samples: int
    size_bytes: int
    job: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PackPlan:
    """Which samples are in which shard.

    Attributes:
        options: as given, with the form that was chosen.
        layout: of the shards.
        splits: what each gets: train, validation, test, others.
        left_out: how many files hold no sample, by reason.
        size_bytes: about how large all shards will be.
        digest: the SHA-256 of what is packed.
        files: how many files the samples are, or are records or rows of.
        newest_ns: when a file was changed last.
        keys_sum: the sum of the hashes of the keys that are in a split.
        shards: yields the shards with their work lists, in the order of the pack.
    """

    options: PackOptions
    layout: PackLayout
    splits: tuple[PlannedSplit, ...]
    left_out: Mapping[str, int]
    size_bytes: int
    digest: str
    files: int
    newest_ns: int
    keys_sum: int
    shards: Callable[[], Iterator[PlannedShard]]
