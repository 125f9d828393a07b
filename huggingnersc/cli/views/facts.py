"""Facts as aligned lines; a line is never cut, so links and paths can be copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def heading(title: str, subtitle: str) -> str:
    """A title and what belongs to it, on one line."""
    return f"[bold]{escape(title)}[/bold] [dim]{escape(subtitle)}[/dim]"


def facts(pairs: Iterable[tuple[str, object]]) -> Iterator[str]:
    """Give a line for each pair whose value is not None, the values aligned."""
    shown = [(label, str(value)) for label, value in pairs if value is not None]
    width = max((len(label) for label, _ in shown), default=0)
    for label, value in shown:
        yield f"  [cyan]{label:<{width}}[/cyan]  {escape(value)}"


def size(size_bytes: int) -> str:
    """A size for people: bytes below a KiB, then KiB and MiB with one decimal."""
    if size_bytes < 1024:
        return f"{size_bytes} bytes"
    return (
        f"{size_bytes / 1024:.1f} KiB"
        if size_bytes < 1 << 20
        else f"{size_bytes / (1 << 20):.1f} MiB"
    )
