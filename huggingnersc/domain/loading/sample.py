"""A sample of the data: a few examples of each split, as Parquet, and what is left out of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

COLUMNS_CONFIG = "sample_columns"  # what the columns of the sample are
DEFAULT_SPLIT = "train"
LARGEST_SAMPLE_BYTES = 5_000_000  # of the file of a split
MOST_ARRAY_VALUES = 1_024  # of an array in an example; a larger one is cut
MOST_CHARS = 10_000  # of a text; a longer one is cut
MOST_VALUE_BYTES = (
    1 << 16
)  # of a list or an object in a table; columns of larger ones are left out
LARGEST_SIDE = 256  # of an image, in pixels
MOST_OTHER_TABLES = 10  # tables of other structures that have samples of their own
_NOT_IN_A_FILE_NAME = re.compile(r"[^A-Za-z0-9_]+")


@dataclass(frozen=True, slots=True)
class SampledTable:
    """A file of a sample.

    Attributes:
        path: in the version.
        rows: how many examples it holds.
        columns: their names.
    """

    path: str
    rows: int
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeftOutColumn:
    """A column of the data that is not in the sample.

    Attributes:
        config: the configuration.
        column: its name, that of an array, or of what labels images.
        reason: what its values look like, or are.
    """

    config: str
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class SampleReport:
    """What a sample publishes, for whoever agrees to it."""

    tables: tuple[SampledTable, ...] = ()
    left_out: tuple[LeftOutColumn, ...] = ()


NO_SAMPLE = SampleReport()


def cut_shape(shape: Sequence[int]) -> tuple[int, ...]:
    """Return the shape of the part of an array that a sample has: the longest sides are cut.

    It holds at most `MOST_ARRAY_VALUES`, and at least one along each side that has any.
    """
    cut, values = [*shape], 1
    # From the shortest side: each may have an even share of what the shorter ones leave.
    order = sorted(range(len(cut)), key=lambda place: cut[place])
    for done, place in enumerate(order):
        share = int((MOST_ARRAY_VALUES / max(1, values)) ** (1 / (len(order) - done)) + 1e-9)
        cut[place] = min(cut[place], max(1, share))
        values *= cut[place]
    return tuple(cut)


def evenly(count: int, most: int) -> list[int]:
    """Return at most `most` numbers below `count`, evenly spread, the first of them 0."""
    chosen = min(count, most)
    return [place * count // chosen for place in range(chosen)]


def unique_names(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Return names for files and configurations: ASCII letters, digits and `_`, none twice."""
    found = dict.fromkeys(taken)
    before = len(found)
    for name in names:
        base = candidate = _NOT_IN_A_FILE_NAME.sub("_", name).strip("_") or "data"
        number = 2
        while candidate in found:
            candidate, number = f"{base}_{number}", number + 1
        found[candidate] = None
    return [*found][before:]
