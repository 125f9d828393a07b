"""How an update is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.cli.views.diffs import diffs
from huggingnersc.cli.views.facts import facts, heading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.update_dataset import Updated

_SAID = {
    "planned": "would change; nothing was touched so far",
    "updated": "is updated",
    "unchanged": "is as recorded and as given; nothing to do",
}


def updated(result: Updated) -> Iterator[str]:
    """Say what happened, and show every file that changes."""
    yield heading(result.official_name, _SAID[result.outcome.value])
    yield from _facts(result)
    if result.edits:
        yield "[bold]Somebody changed this on the Hub, and it is replaced[/bold]"
        yield from diffs(result.edits)
    yield from diffs(result.changes)


def updated_briefly(result: Updated) -> Iterator[str]:
    """Say what happened; the files were shown before."""
    yield heading(result.official_name, _SAID[result.outcome.value])
    yield from _facts(result)


def _facts(result: Updated) -> Iterator[str]:
    new = " (new)" if result.creates_repository else ""
    yield from facts(
        [
            ("Hub", f"{result.hub_url}{new}"),
            ("Commit", result.commit),
            ("Catalog folder", result.catalog_dir),
            ("Becomes", result.visibility),
            ("Missing", "; ".join(result.missing) or None),
        ]
    )
