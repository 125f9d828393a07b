"""A page of the Hub rewritten for a site of files: its links, and what needs a server."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    # Returns what an address of the Hub becomes; None where there is nothing to link.
    Rewrite = Callable[[str], str | None]

LIVE = " data-live"
"""Marks what only a running Hub can show, such as counts of downloads; it is left out."""

_LINK = re.compile(r'\s(href|src|action)="([/?][^"]*)"')
_EMPTY_ELEMENTS = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "wbr"})
_DROPPED_WITHOUT_ADDRESS = frozenset({"form", "img"})
# Only the last two forms have names: the tag that closes an element, and the one that opens it.
_TAG = re.compile(
    r"<!--.*?-->|<script\b[^>]*>.*?</script>|</(?P<end>[a-zA-Z][^\s>/]*)[^>]*>"
    r'|<(?P<start>[a-zA-Z][^\s>/]*)(?P<attributes>(?:[^">]|"[^"]*")*+)>',
    re.DOTALL,
)


def links_of(html: str) -> list[str]:
    """Return the addresses on the Hub that a page links or shows, without what is left out."""
    found: dict[str, None] = {}

    def note(address: str) -> str:
        found[address.partition("#")[0]] = None
        return address

    rewritten(html, note)
    return [*found]


def rewritten(html: str, rewrite: Rewrite) -> str:
    """Return a page with every address on the Hub rewritten, and without what is marked as live.

    A link without a new address stays as text; a form or a picture without one is left out.

    Args:
        html: a page of the Hub: each attribute in double quotes, each element closed, each `<`
            of a text escaped.
        rewrite: what becomes of an address that begins with a slash, or is only a query.
    """
    return "".join(_pieces(html, rewrite))


def _pieces(html: str, rewrite: Rewrite) -> Iterator[str]:
    begin = depth = 0  # of what is kept next; of elements within one that is left out
    for tag in _TAG.finditer(html):
        if depth:
            depth += _opened(tag)
            begin = tag.end()
        elif tag["start"] and (new := _new_tag(tag, rewrite)) != tag[0]:
            yield html[begin : tag.start()]
            begin = tag.end()
            if new is None:
                depth = _opened(tag)
            else:
                yield new
    if not depth:
        yield html[begin:]


def _opened(tag: re.Match[str]) -> int:
    """Return by how many elements a tag leads deeper."""
    if tag["end"]:
        return -1
    is_whole = not tag["start"] or tag["start"] in _EMPTY_ELEMENTS or tag[0].endswith("/>")
    return 0 if is_whole else 1


def _new_tag(tag: re.Match[str], rewrite: Rewrite) -> str | None:
    """Return a tag with its new address; None where the element is left out."""
    attributes = tag["attributes"]
    if LIVE in attributes and LIVE in re.sub(r'"[^"]*"', "", attributes):
        return None
    is_lost = False

    def new(found: re.Match[str]) -> str:
        nonlocal is_lost
        address = rewrite(unescape(found[2]))
        is_lost = is_lost or address is None
        return "" if address is None else f' {found[1]}="{escape(address)}"'

    changed = _LINK.sub(new, attributes)
    if is_lost and tag["start"] in _DROPPED_WITHOUT_ADDRESS:
        return None
    return f"<{tag['start']}{changed}>"
