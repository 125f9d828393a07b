"""How a restoration is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.cli.views.facts import facts, heading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.restore_dataset import Restored

_SAID = {
    "restored": "is cataloged again",
    "unchanged": "is cataloged; nothing to restore",
}


def restored(result: Restored) -> Iterator[str]:
    """Say where the dataset is again."""
    again = ", published again" if result.published_again else ""
    yield heading(result.official_name, _SAID[result.outcome.value])
    yield from facts(
        [
            ("Hub", f"{result.hub_url} ({'private' if result.private else 'public'}{again})"),
            ("Commit", result.commit),
            ("Catalog folder", result.catalog_dir),
            ("Removed at", result.removed_at),
        ]
    )
