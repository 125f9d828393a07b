"""What a pack will be, as the run keeps it until all shards are written."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.packing.pack import Compress, Pack, PackSource, ShardForm
from huggingnersc.domain.packing.split_report import KEYS_MODULUS, PlannedSplit, SplitProof
from huggingnersc.type_adapter import type_adapter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from huggingnersc.domain.packing.pack import PackedShard


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPack:
    """What is known of a pack before its shards are written.

    Attributes:
        source: what is packed.
        options: how, as JSON values.
        plan_sha256: the digest of what is packed.
        splits: what each gets.
        samples: how many there are.
        files: how many files these are, or are records of.
        size_bytes: about how large the shards will be.
        keys_sum: the sum of the hashes of the keys of the samples, see `SplitProof`.
        features: the columns, as `dataset_info` in a card writes them.
        left_out: how many files are no part of a sample, by reason.
        warnings: what a user should know, a sentence each.
    """

    source: PackSource
    options: dict[str, Any]
    plan_sha256: str
    splits: tuple[PlannedSplit, ...]
    samples: int
    files: int
    size_bytes: int
    keys_sum: str
    features: list[dict[str, Any]] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def shards(self) -> int:
        """How many shards there are."""
        return sum(split.shards for split in self.splits)

    def pack_of(self, shards: Sequence[PackedShard]) -> Pack:
        """Return the pack, once its shards are written."""
        return Pack(
            form=ShardForm(self.options["form"]),
            compress=Compress(self.options["compress"]),
            source=self.source,
            options=self.options,
            shards=tuple(shards),
            plan_sha256=self.plan_sha256,
            features=self.features,
            left_out=self.left_out,
        )

    def proof_of(self, sums: Sequence[int], shards: Sequence[PackedShard]) -> SplitProof:
        """Return whether the shards hold the samples of the plan.

        Args:
            sums: of the hashes of the keys that each shard holds.
            shards: what they are.
        """
        return SplitProof(
            planned=self.samples,
            planned_sum=self.keys_sum,
            packed=sum(shard.samples for shard in shards),
            packed_sum=f"{sum(sums) % KEYS_MODULUS:016x}",
        )

    def is_of(self, pack: Pack) -> bool:
        """Return whether a finished pack is what this one will be."""
        planned = (self.source, self.options, self.plan_sha256)
        return planned == (pack.source, pack.options, pack.plan_sha256)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


def planned_pack_of(values: Mapping[str, Any]) -> PlannedPack:
    """Return what `as_json` wrote.

    Raises:
        ValueError: it is something else.
    """
    plan: PlannedPack = _type().validate_python(values)
    return plan


@cache
def _type() -> Any:
    return type_adapter(PlannedPack)
