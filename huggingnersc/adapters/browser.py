"""The user's browser."""

from __future__ import annotations


def open_page(address: str) -> bool:
    """Ask the user's browser to show an address; False when there is none."""
    import webbrowser

    return webbrowser.open(address)
