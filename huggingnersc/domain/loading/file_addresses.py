"""The addresses of single files: on the portal, below the link of their dataset."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from huggingnersc.domain.text.markdown import encoded_url

_TO_QUOTE = re.compile(r"[^A-Za-z0-9_.~/-]+")


def portal_base(portal_link: str) -> str:
    """Return what the addresses of the files begin with; empty where there is no portal.

    A link on one machine leads to no portal, and below one with a query there are no files.
    """
    if not portal_link.lower().startswith(("https://", "http://")):
        return ""
    parts = urlsplit(portal_link)
    if parts.query or parts.fragment:
        return ""
    return encoded_url(portal_link).rstrip("/") + "/"


def file_url(base: str, path: str) -> str:
    """Return the address of a file, percent-encoded.

    Args:
        base: what `portal_base` returned.
        path: below the root of the data.
    """
    return base + _TO_QUOTE.sub(lambda found: quote(found[0], safe=""), path)
