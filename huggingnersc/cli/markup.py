"""Text in Rich's markup; Rich itself is imported when something is shown."""

from __future__ import annotations


def escape(text: str) -> str:
    """Return `text` so that Rich shows it as it is, brackets included."""
    from rich.markup import escape as escaped

    return escaped(text)
