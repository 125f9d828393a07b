"""What a card says of data that was uploaded: its columns and splits, without reading a shard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.loading.upload import DATA_CONFIG

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MOST_SHOWN = 200  # columns, and splits
_LONGEST = 200
_MOST_NUMBER = 1 << 63


@dataclass(frozen=True, slots=True)
class SplitOnCard:
    """A split of uploaded data: its name, and how many samples and bytes it has."""

    name: str
    samples: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class UploadOnCard:
    """What a card says of data that was uploaded.

    Attributes:
        splits: in the order of the card.
        columns: the name and the type of each, in words.
        columns_left_out: how many more there are.
    """

    splits: tuple[SplitOnCard, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    columns_left_out: int = 0


def upload_on_card(card: Mapping[str, object]) -> UploadOnCard:
    """Return what a card says of its data; empty where it says nothing that can be read."""
    info = card.get("dataset_info")
    if not isinstance(info, dict) or info.get("config_name") != DATA_CONFIG:
        return UploadOnCard()
    columns = [*_columns(info.get("features"))]
    return UploadOnCard(
        splits=tuple(_splits(info.get("splits"))),
        columns=tuple(columns[:_MOST_SHOWN]),
        columns_left_out=max(0, len(columns) - _MOST_SHOWN),
    )


def _splits(found: object) -> Iterator[SplitOnCard]:
    for one in found[:_MOST_SHOWN] if isinstance(found, list) else ():
        if isinstance(one, dict) and isinstance(name := one.get("name"), str):
            samples, size_bytes = _count(one.get("num_examples")), _count(one.get("num_bytes"))
            yield SplitOnCard(name[:_LONGEST], samples, size_bytes)


def _count(number: object) -> int:
    """Return a number as it is; 0 where it is none that a split can have."""
    if isinstance(number, bool) or not isinstance(number, int):
        return 0
    return number if 0 <= number < _MOST_NUMBER else 0


def _columns(found: object) -> Iterator[tuple[str, str]]:
    for one in found if isinstance(found, list) else ():
        if isinstance(one, dict) and isinstance(name := one.get("name"), str):
            yield name[:_LONGEST], _words(one)[:_LONGEST]


def _words(feature: Mapping[str, object]) -> str:
    """Return the type of a column, as `dataset_info` writes it, in words."""
    dtype = feature.get("dtype")
    if isinstance(dtype, str):
        return dtype
    if isinstance(dtype, dict) and isinstance(label := dtype.get("class_label"), dict):
        names = label.get("names")
        return f"one of {len(names):,} classes" if isinstance(names, dict | list) else "a class"
    if "list" in feature:
        inner = feature["list"]
        return f"list of {inner}" if isinstance(inner, str) else "list"
    return "fields" if "struct" in feature else ""
