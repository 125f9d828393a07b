"""The user's browser."""

from __future__ import annotations


def open_page(address: str) -> bool:
    """Open an address in the user's browser; return False when there is none."""
    import webbrowser

    return webbrowser.open(address)
