"""Whether files of tables have the same columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.text.formatting import first_names
from huggingnersc.domain.text.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_NAMED = 10


def require_same_columns(columns: Sequence[str], first: Sequence[str]) -> None:
    """Make sure that a file has the columns of the first one, in their order.

    Args:
        columns: their names in the file.
        first: those in the first file.

    Raises:
        ValueError: it has others; the sentence names them.
    """
    if [*columns] == [*first]:
        return
    missing = [name for name in first if name not in columns]
    extra = [name for name in columns if name not in first]
    differences = (("lacks", missing), ("has in addition", extra))
    said = [f"{verb} {named(names)}" for verb, names in differences if names]
    raise ValueError(
        f"unlike the first file it {' and '.join(said) or 'has its columns in another order'}"
    )


def named(names: Sequence[str]) -> str:
    """Return names in a sentence: the first few, and how many more there are."""
    return first_names([*map(visible, names)], _MOST_NAMED)
