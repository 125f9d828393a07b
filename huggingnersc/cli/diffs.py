"""Changes of files as coloured diffs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.changes import Location
from huggingnersc.cli.markup import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from huggingnersc.changes import FileChange

MAX_SHOWN_CHARS = 400
_STYLES = {"+": "green", "-": "red", "@": "cyan"}
_WHERE = {Location.HUB: "On the Hub", Location.CATALOG: "In the catalog folder"}


def diffs(changes: Iterable[FileChange]) -> Iterator[str]:
    """Show every change: where, which file, the diff; one that was shown already only by name.

    A line of more than 400 characters is cut: a record holds whole scripts on one line.
    """
    shown: set[str] = set()
    for change in changes:
        what = f"{_WHERE[change.location]}: {escape(change.path)} ({change.kind.value})"
        if change.diff in shown:
            yield f"[bold]{what}, the same change[/bold]"
            continue
        shown.add(change.diff)
        yield f"[bold]{what}[/bold]"
        yield from (_line(line) for line in change.diff.split("\n"))


def _line(line: str) -> str:
    rest = len(line) - MAX_SHOWN_CHARS
    cut = f"{line[:MAX_SHOWN_CHARS]} ... ({rest:,} more characters)" if rest > 0 else line
    style = "bold" if line.startswith(("--- ", "+++ ")) else _STYLES.get(line[:1])
    return f"[{style}]{escape(cut)}[/{style}]" if style else escape(cut)
