"""The addresses of single files: below the link of their dataset."""

from __future__ import annotations

from urllib.parse import quote

from huggingnersc.domain.text.markdown import encoded_url


def portal_base(portal_link: str) -> str:
    """Return what the addresses of the files begin with; empty where there is no portal.

    A link on one machine leads to no portal.
    """
    is_web = portal_link.lower().startswith(("https://", "http://"))
    return file_base(portal_link) if is_web else ""


def file_base(link: str) -> str:
    """Return what the addresses of the files below a link begin with; none are below a query."""
    place = link.rstrip("?#")
    return "" if {"?", "#"} & {*place} else f"{encoded_url(place).rstrip('/')}/"


def file_url(base: str, path: str | bytes) -> str:
    """Return the address of a file, percent-encoded.

    Args:
        base: what `portal_base` or `file_base` returned.
        path: below the root of the data; bytes where it may be no UTF-8.
    """
    return base + quote(path)
