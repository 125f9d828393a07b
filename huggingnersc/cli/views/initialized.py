"""How the result of looking at data is shown."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape

from huggingnersc.cli.views.facts import facts, heading
from huggingnersc.domain.shell_words import shell_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.init_dataset import Initialized

_MOST_NAMED = 12


def initialized(result: Initialized) -> Iterator[str]:
    """Say what was found, what was written, and what to type next."""
    tags = result.metadata["datacard_tags"]
    names = [*(f"{name} ({type_})" for name, type_ in result.columns.items()), *result.arrays]
    more = len(names) - _MOST_NAMED
    shown = ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    yield heading(result.official_name, f"({result.nickname})")
    yield from facts(
        [
            ("Data", result.data_path),
            ("Files", f"{result.files} ({result.file_type})"),
            ("Examples", f"{result.count}; size category {tags['size_categories']}"),
            ("Columns" if result.columns else "Arrays", shown or None),
            ("Portal", result.portal_link),
        ]
    )
    yield "[bold]Written[/bold]"
    for name in result.written:
        yield f"  {escape(str(result.output / name))}"
    yield "[bold]Next[/bold]"
    for step in result.next_steps:
        yield f"  [dim]# {step.about}[/dim]"
        words = [*program(sys.argv[0]), *step.words]
        yield f"  {escape(' '.join(map(shell_word, words)))}"


def program(started_as: str) -> tuple[str, ...]:
    """Give the words that start the program the way it was started."""
    name = Path(started_as).name
    if name == "__main__.py":
        return ("python", "-m", "huggingnersc")
    return ("python", started_as) if name.endswith(".py") else ("huggingnersc",)
