"""Why a pack cannot be planned as asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.text.terminal import visible
from huggingnersc.errors import PackingError
from huggingnersc.fixes import Message, Option

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_NEW = "validation"  # the split that a source lacks most often


def own_splits(source: Path, names: Sequence[str]) -> PackingError:
    """Return the error that a source has splits, and others are asked for.

    Args:
        source: where it is.
        names: of its splits.
    """
    return PackingError(
        f"{visible(str(source))} has splits of its own: {', '.join(names)}.",
        hint=Message(
            "Keep them: leave out ",
            Option("split"),
            "; or pack one of them by itself, or divide it and keep the others (but for tables): ",
            Option("split", f"{names[0]}=0.9,{_NEW if _NEW not in names else 'new'}=0.1"),
        ),
    )


def empty_split(name: str, samples: int) -> PackingError:
    """Return the error that there are too few samples for a split."""
    return PackingError(
        f"The split {name} would be empty: there are {samples:,} samples.",
        hint="Give it a larger share, or leave it out.",
    )
