"""Why a pack cannot be planned as asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.text.terminal import visible
from huggingnersc.errors import PackingError
from huggingnersc.fixes import Message, Option

if TYPE_CHECKING:
    from pathlib import Path


def own_splits(source: Path) -> PackingError:
    """Return the error that a source has splits, and others are asked for."""
    return PackingError(
        f"{visible(str(source))} has splits of its own.",
        hint=Message(
            "Keep them: leave out ",
            Option("split"),
            "; or mix what one of them holds: pack its folder.",
        ),
    )


def empty_split(name: str, samples: int) -> PackingError:
    """Return the error that there are too few samples for a split."""
    return PackingError(
        f"The split {name} would be empty: there are {samples:,} samples.",
        hint="Give it a larger share, or leave it out.",
    )
