"""How templates are filled; `adapters.templates.render` does it."""

from __future__ import annotations

from typing import Any, Protocol


class Render(Protocol):
    """Fills a template with values."""

    def __call__(self, template: str, **values: Any) -> str:
        """Return the filled template."""
