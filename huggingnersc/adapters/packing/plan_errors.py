"""Why a pack cannot be planned as asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.text.formatting import plural
from huggingnersc.domain.text.terminal import visible
from huggingnersc.errors import PackingError
from huggingnersc.fixes import Message, Option

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_NEW = "validation"  # the split that a source lacks most often


def own_splits(source: Path, names: Sequence[str]) -> PackingError:
    """Return the error that a source has splits, and the shares name none or several of them."""
    new = _NEW if _NEW not in names else "new"
    shares = Option("split", f"{names[0]}=0.9,{new}=0.1")
    divide = "; or divide one, and keep the others: "
    return PackingError(
        f"{visible(str(source))} has splits of its own: {', '.join(names)}.",
        hint=Message("Keep them: leave out ", Option("split"), divide, shares),
    )


def empty_split(name: str, samples: int) -> PackingError:
    """Return the error that there are too few samples for a split."""
    return PackingError(
        f"The split {name} would be empty: the source has {plural(samples, 'sample')}.",
        hint="Give it a larger share, or leave it out.",
    )
