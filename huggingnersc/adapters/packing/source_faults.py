"""What keeps a source from being packed: every reason, with its count and the first paths."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from huggingnersc.adapters.inventory.shard_result import NamedPaths
from huggingnersc.domain.text.formatting import first_names, plural
from huggingnersc.domain.text.terminal import visible
from huggingnersc.errors import SourceUnsuitableError
from huggingnersc.fixes import Fix, Message, Verb
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from huggingnersc.fixes import Text

NEW_VERSION = Message("Take a new version, then pack that: ", Fix(Verb.SNAPSHOT_DATASET))
_MOST_SHOWN = 5


class SourceFaults:
    """Files, folders, samples and rows that cannot be packed, by reason."""

    def __init__(self) -> None:
        self._paths: dict[tuple[str, str], NamedPaths] = {}
        self._hints: list[Text] = []

    def add(self, path: bytes, reason: str, *, noun: str = "file", hint: Text = "") -> None:
        """Note what cannot be packed.

        Args:
            path: of a file, or what else names it, such as the key of a sample.
            reason: why.
            noun: what is counted.
            hint: what helps, where that is not in the reason.
        """
        if hint and hint not in self._hints:
            self._hints.append(hint)
        self._paths.setdefault((noun, reason), NamedPaths()).add(visible(os.fsdecode(path)))

    def require_none(self, root: Path) -> None:
        """Make sure that nothing was noted.

        Raises:
            SourceUnsuitableError: something was; its problems name all reasons.
        """
        if self._paths:
            raise SourceUnsuitableError(
                f"{visible(str(root))} cannot be packed as it is.",
                problems=[
                    Problem(plural(named.count, noun), f"{reason}: {shown_paths(named)}")
                    for (noun, reason), named in self._paths.items()
                ],
                hint=Message(*_spaced(self._hints)) if self._hints else None,
            )


def _spaced(hints: list[Text]) -> Iterator[str | Message]:
    for number, hint in enumerate(hints):
        yield from (" ", hint) if number else (hint,)


def shown_paths(named: NamedPaths) -> str:
    """Return the first of some paths, and how many more there are."""
    return first_names(named.first, _MOST_SHOWN, count=named.count)
