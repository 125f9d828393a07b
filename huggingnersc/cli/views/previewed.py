"""How a preview is announced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.cli.views.facts import facts, heading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.preview_dataset import Preview


def previewed(result: Preview) -> Iterator[str]:
    """Say where the page and the files are."""
    yield heading(result.official_name, "as the Hub will show it; nothing is kept")
    yield from facts([("Page", result.address), ("Card", result.card)])
