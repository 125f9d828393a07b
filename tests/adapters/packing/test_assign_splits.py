"""Which sample is in which split: by properties that hold for every source and seed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from huggingnersc.adapters.packing.assign_splits import (
    NOWHERE,
    divided_split,
    one_split,
    splits_by_share,
    splits_of_source,
    splits_within,
)
from huggingnersc.adapters.packing.sample_rows import SampleRows
from huggingnersc.domain.packing.options import PackOptions
from huggingnersc.domain.packing.sample import SamplePart
from huggingnersc.domain.packing.splits import hash_order

if TYPE_CHECKING:
    from collections.abc import Sequence

_SPLIT = "train=0.6,validation=0.3,test=0.1"
_parts = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 3), st.integers(0, 2), st.integers(0, 900)),
    min_size=1,
    max_size=80,
    unique_by=lambda one: one[:1],
).map(
    lambda rows: [
        SamplePart(
            b"%d" % key, b"", b"%d" % key, size, 0, stratum=b"%d" % stratum, together=b"%d" % unit
        )
        for key, unit, stratum, size in rows
    ]
)


def _rows(parts: Sequence[SamplePart], seed: int = 0) -> SampleRows:
    return SampleRows(parts, hash_order(seed), lambda part: part.size_bytes, lambda _rows: None)


def _assigned(parts: Sequence[SamplePart], **options: str | int) -> dict[SamplePart, str]:
    chosen = PackOptions(split=_SPLIT, **options)  # type: ignore[arg-type]
    samples = _rows(parts, chosen.seed)
    splits = splits_by_share(samples, chosen)
    by_key = {part.key: part for part in parts}
    return {
        by_key[rows[0].key]: splits.names[number]
        for rows, number in zip(samples, splits.of, strict=True)
    }


@settings(max_examples=40)
@given(_parts, st.permutations(range(80)), st.sampled_from(["count", "bytes"]))
def test_splits_depend_on_no_order_and_hold_every_sample_once(
    parts: list[SamplePart], order: list[int], by: str
) -> None:
    shuffled = [parts[place] for place in order if place < len(parts)]
    assigned = _assigned(parts, by=by)
    assert assigned == _assigned(shuffled, by=by)
    assert assigned.keys() == set(parts)


@settings(max_examples=40)
@given(_parts)
def test_every_split_is_within_one_sample_of_its_share_of_each_stratum(
    parts: list[SamplePart],
) -> None:
    assigned = _assigned(parts, stratify_by="x")
    for stratum in {part.stratum for part in parts}:
        counts = Counter(split for part, split in assigned.items() if part.stratum == stratum)
        for name, share in {"train": 0.6, "validation": 0.3, "test": 0.1}.items():
            assert abs(counts[name] - share * counts.total()) < 1 + 1e-9


@settings(max_examples=40)
@given(_parts, st.sampled_from(["", "x"]), st.sampled_from(["count", "bytes"]))
def test_what_is_kept_together_is_in_one_split(
    parts: list[SamplePart], stratify_by: str, by: str
) -> None:
    assigned = _assigned(parts, keep_together="x", stratify_by=stratify_by, by=by)
    assert assigned.keys() == set(parts)
    units = {(part.together, split) for part, split in assigned.items()}
    assert len(units) == len({part.together for part in parts})


@settings(max_examples=40)
@given(_parts, st.sampled_from(["", "x"]), st.sampled_from(["count", "bytes"]))
def test_one_split_of_a_source_is_divided_as_it_would_be_alone(
    parts: list[SamplePart], stratify_by: str, by: str
) -> None:
    owned = [part._replace(split=(b"test", b"dev_set")[int(part.key) % 2]) for part in parts]
    options = PackOptions(split="test=0.6,validation=0.4", stratify_by=stratify_by, by=by)
    samples = _rows(owned)
    own = splits_of_source(samples, None)
    if divided_split(own.names, options.shares) is None:  # there is none called test
        return
    splits = splits_within(samples, own, options)
    named = {
        rows[0].key: splits.names[number] for rows, number in zip(samples, splits.of, strict=True)
    }
    alone = _rows([part for part in owned if part.split == b"test"])
    expected = splits_by_share(alone, options)
    assert named == {
        **{part.key: "dev_set" for part in owned if part.split == b"dev_set"},
        **{
            rows[0].key: expected.names[number]
            for rows, number in zip(alone, expected.of, strict=True)
        },
    }
    assert splits.units == Counter(splits.of)


def test_the_split_by_bytes_is_near_the_shares_of_the_bytes() -> None:
    parts = [
        SamplePart(b"%d" % n, b"", b"%d" % n, 10_000 if n % 10 else 90_000, 0) for n in range(400)
    ]
    assigned = _assigned(parts, by="bytes", seed=7)
    sizes = Counter[str]()
    for part, split in assigned.items():
        sizes[split] += part.size_bytes
    assert abs(sizes["train"] - 0.6 * sizes.total()) <= 90_000


def _part(path: bytes) -> SamplePart:
    return SamplePart(path, b"", path, 1, 0)


def test_all_samples_are_in_one_split() -> None:
    splits = one_split(_rows([_part(b"%d" % number) for number in range(3)]))
    assert (splits.names, [*splits.of], splits.units) == (["train"], [0] * 3, {0: 3})


def test_a_file_with_the_name_of_a_split_is_in_none() -> None:
    samples = _rows([_part(path) for path in (b"test", b"test/a", b"train/b", b"c")])
    splits = splits_of_source(samples, 0)
    named = {
        rows[0].key: None if number == NOWHERE else splits.names[number]
        for rows, number in zip(samples, splits.of, strict=True)
    }
    assert named == {b"test": None, b"test/a": "test", b"train/b": "train", b"c": None}
