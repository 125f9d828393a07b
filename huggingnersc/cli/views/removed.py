"""How a removal is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.cli.views.facts import facts, heading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.remove_dataset import Removed

_SAID = {
    "planned": "would be removed; nothing was touched so far",
    "removed": "is removed",
    "unchanged": "was removed before; nothing to do",
}
_TO_DO = {
    "make private": "becomes private",
    "delete": "is deleted, with its history",
    "nothing": "nothing to do",
}
_DONE = {"make private": "private now", "delete": "deleted", "nothing": "nothing to do"}


def removed(result: Removed) -> Iterator[str]:
    """Say what happens to the repository, the folder and the data, and how to undo it."""
    said = _DONE if result.outcome.value == "removed" else _TO_DO
    yield heading(result.official_name, _SAID[result.outcome.value])
    yield from facts(
        [
            ("Hub", f"{result.hub_url}: {said[result.on_hub.value]}"),
            ("Catalog folder", result.catalog_dir),
            ("Kept in", result.tombstone),
            ("Data", f"{result.data_path} (not touched)" if result.data_path else None),
            ("Undo", f"restore-dataset {result.nickname}"),
        ]
    )
