"""Facts as aligned lines; a line is never cut, so links and paths can be copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.cli.markup import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def heading(title: str, subtitle: str) -> str:
    """A title and what belongs to it, on one line."""
    return f"[bold]{escape(title)}[/bold] [dim]{escape(subtitle)}[/dim]"


def facts(pairs: Iterable[tuple[str, object]]) -> Iterator[str]:
    """Yield a line for each pair whose value is not None, the values aligned."""
    shown = [(label, str(value)) for label, value in pairs if value is not None]
    width = max((len(label) for label, _ in shown), default=0)
    for label, value in shown:
        if value:
            yield f"  [cyan]{escape(f'{label:<{width}}')}[/cyan]  {escape(value)}"
        else:  # what follows belongs to it
            yield f"  [cyan]{escape(label)}[/cyan]"
