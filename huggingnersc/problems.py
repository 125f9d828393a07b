"""One problem in what a user gave, worded so that it can be fixed."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from huggingnersc.fixes import Text


@dataclass(frozen=True, slots=True)
class Problem:
    """Where something is wrong, and what.

    Attributes:
        where: a `Field`, a file name, or a JSON path such as `$.datacard_tags.license`.
        message: what was found and what is allowed.
    """

    where: str
    message: Text

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


def nearest(word: str, known: Iterable[str], *, count: int = 1) -> tuple[str, ...]:
    """Return up to `count` of `known` that look most like `word`, best first; case is ignored."""
    by_folded = {candidate.casefold(): candidate for candidate in sorted(known)}
    found = difflib.get_close_matches(word.casefold(), by_folded, n=count, cutoff=0.5)
    return tuple(by_folded[folded] for folded in found)
