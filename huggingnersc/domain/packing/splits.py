"""Which samples belong to which split.

Samples are put in the order of a hash of the seed and their names, which depends neither on the
order in which they are found nor on how many processes work. Each split takes the next ones.
What must stay together is a unit; units are never cut. Strata keep the shares of splits alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from itertools import accumulate
from typing import TYPE_CHECKING

from huggingnersc.domain.packing.pack import SPLIT_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ONE_SPLIT = "train"  # of everything, where nothing else is asked for
# As `datasets` names them, source: datasets/data_files.py.
_WORDS = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "val", "dev"),
    "test": ("test", "testing", "eval", "evaluation"),
}
SPLIT_OF_FOLDER = {word.encode(): name for name, words in _WORDS.items() for word in words}
_ORDER_BYTES = 8
_TOLERANCE = Fraction(1, 1000)  # of shares such as 0.333 three times


@dataclass(frozen=True, slots=True)
class SplitShare:
    """A split and its share of the samples."""

    name: str
    share: Fraction


def parse_shares(text: str) -> tuple[SplitShare, ...]:
    """Read `train=0.75,validation=0.15,test=0.10`.

    They come in the order of train, validation, test, others. Shares are decimal numbers,
    fractions such as 1/3, or percentages; their sum is 1.

    Raises:
        ValueError: it is written otherwise; the sentence says what is wrong.
    """
    shares = [_parsed(part) for part in text.split(",")]
    names = [one.name for one in shares]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"{min(twice)} is there twice")
    total = sum((one.share for one in shares), start=Fraction(0))
    if abs(total - 1) > _TOLERANCE:
        raise ValueError(f"the shares add up to {float(total):g}, not to 1")
    ordered = sorted(shares, key=lambda one: split_order(one.name))
    return tuple(SplitShare(one.name, one.share / total) for one in ordered)


def _parsed(part: str) -> SplitShare:
    name, equals, number = (word.strip() for word in part.partition("="))
    if not equals or not SPLIT_NAME.fullmatch(name):
        raise ValueError(f"{part!r} is not NAME=SHARE, such as train=0.75")
    is_percent = number.endswith("%")
    try:
        share = Fraction(number.removesuffix("%")) / (100 if is_percent else 1)
    except (ValueError, ZeroDivisionError) as error:
        raise ValueError(f"{number!r} is no share, such as 0.75") from error
    if 1 < share <= 100 and not is_percent:
        raise ValueError(f"the share of {name} is above 1; for a percentage write {number}%")
    if not 0 < share <= 1:
        raise ValueError(f"the share of {name} is not above 0 and at most 1")
    return SplitShare(name, share)


def split_order(name: str) -> tuple[int, str]:
    """Return by what splits are sorted: train, validation, test, others by name."""
    known = [*_WORDS]
    return (known.index(name) if name in known else len(known), name)


def hash_order(seed: int) -> Callable[[bytes], bytes]:
    """Return the function that makes of a name what it is sorted by.

    Args:
        seed: another one makes another order.
    """
    prefix = b"%d\0" % seed

    def order(name: bytes) -> bytes:
        return sha256(prefix + name).digest()[:_ORDER_BYTES]

    return order


class ShareCutter:
    """Cuts strata, one after the other, so that each split gets its share of each.

    In a stratum of equal units a split gets its share rounded down or up. Who is rounded up is
    chosen so that the shares of all strata so far are as near as they can be. Where units differ
    in size, each goes to the split in whose share its middle is; a split is then off by at most
    the largest unit.

    Args:
        shares: of the splits; they add up to 1.
    """

    def __init__(self, shares: Sequence[SplitShare]) -> None:
        self._shares = [one.share for one in shares]
        self._owed = [Fraction(0)] * len(shares)

    def ends(self, weights: Sequence[int]) -> list[int]:
        """Return for each split behind which unit of a stratum it ends.

        Args:
            weights: of the units in their order: how many samples or bytes each is.
        """
        if not weights or min(weights) == max(weights):
            return self.equal_ends(len(weights))
        return self._ends_by_weight(weights)

    def equal_ends(self, count: int) -> list[int]:
        """Return for each split behind which unit of a stratum of equal units it ends."""
        return [*accumulate(self._counts(count))]

    def _counts(self, count: int) -> list[int]:
        exact = [share * count for share in self._shares]
        counts = [int(number) for number in exact]
        wanted = [
            (whole < number, number - whole + owed, -place)
            for place, (number, whole, owed) in enumerate(
                zip(exact, counts, self._owed, strict=True)
            )
        ]
        for *_, place in sorted(wanted, reverse=True)[: count - sum(counts)]:
            counts[-place] += 1
        self._owed = [
            owed + number - whole
            for owed, number, whole in zip(self._owed, exact, counts, strict=True)
        ]
        return counts

    def _ends_by_weight(self, weights: Sequence[int]) -> list[int]:
        total = sum(weights)
        limits = [2 * total * share for share in accumulate(self._shares)]
        ends, split, before = [len(weights)] * len(limits), 0, 0
        for place, weight in enumerate(weights):
            while split < len(limits) - 1 and 2 * before + weight >= limits[split]:
                ends[split] = place
                split += 1
            before += weight
        return ends
