from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.packing.splits import (
    ShareCutter,
    SplitShare,
    hash_order,
    parse_shares,
)

_shares = (
    st.lists(st.integers(1, 20), min_size=1, max_size=5)
    .map(lambda parts: [Fraction(part, sum(parts)) for part in parts])
    .map(lambda parts: [SplitShare(f"s{number}", part) for number, part in enumerate(parts)])
)
_strata = st.lists(st.integers(0, 30), min_size=1, max_size=12)
_weights = st.lists(st.integers(0, 1000), min_size=1, max_size=60)


@given(_shares, _strata)
def test_each_stratum_of_equal_units_is_within_one_unit_of_its_shares(
    shares: list[SplitShare], strata: list[int]
) -> None:
    cutter, totals = ShareCutter(shares), [0] * len(shares)
    for count in strata:
        ends = cutter.ends([1] * count)
        assert ends[-1] == count
        lengths = [after - before for before, after in pairwise([0, *ends])]
        for number, (length, one) in enumerate(zip(lengths, shares, strict=True)):
            assert abs(length - one.share * count) < 1
            totals[number] += length
    assert sum(totals) == sum(strata)


def test_many_small_strata_together_get_their_shares_too() -> None:
    shares, totals = parse_shares("train=0.8,test=0.2"), [0, 0]
    cutter = ShareCutter(shares)
    for _ in range(100):  # one of three would never be enough for a fifth
        first, second = cutter.ends([1] * 3)
        totals = [totals[0] + first, totals[1] + second - first]
    assert totals == [240, 60]


@given(_shares, _weights)
def test_units_of_different_sizes_are_within_the_largest_of_the_shares(
    shares: list[SplitShare], weights: list[int]
) -> None:
    ends = ShareCutter(shares).ends(weights)
    assert [*ends] == sorted(ends)
    assert ends[-1] == len(weights)
    for (before, after), one in zip(pairwise([0, *ends]), shares, strict=True):
        got = sum(weights[before:after])
        assert abs(got - one.share * sum(weights)) <= max(1, *weights, 0)


def test_a_unit_goes_to_the_split_in_whose_share_its_middle_is() -> None:
    halves = parse_shares("train=0.5,test=0.5")
    assert ShareCutter(halves).ends([1] * 10 + [10] * 9) == [14, 19]


def test_another_seed_makes_another_order() -> None:
    names = [b"%d" % number for number in range(50)]
    orders = {tuple(sorted(names, key=hash_order(seed))) for seed in range(5)}
    assert len(orders) == 5


def test_shares_are_read_as_numbers_fractions_or_percentages_in_the_usual_order() -> None:
    shares = parse_shares("extra=10%, test=1/10,train=0.8")
    assert [(one.name, one.share) for one in shares] == [
        ("train", Fraction(8, 10)),
        ("test", Fraction(1, 10)),
        ("extra", Fraction(1, 10)),
    ]
    assert sum(one.share for one in parse_shares("a=0.333,b=0.333,c=0.333")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "train",
        "train=",
        "train=x",
        "train=1/0",
        "a=0.5,a=0.5",
        "a=0.5",
        "../a=1",
        "a=-1",
        "a=0,b=1",
    ],
)
def test_shares_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_shares(text)


def test_shares_above_one_are_offered_as_percentages() -> None:
    with pytest.raises(ValueError, match="80%"):
        parse_shares("train=80,test=20")
