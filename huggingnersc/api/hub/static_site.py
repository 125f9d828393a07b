"""Copy the pages of a Hub into the folder of a static site."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from huggingnersc.assets import asset
from huggingnersc.domain.hub.static_page import links_of, rewritten
from huggingnersc.domain.hub.static_paths import (
    SEARCH_PAGE,
    place_of,
    relative_address,
    search_query,
)
from huggingnersc.domain.versions.version import digest_of
from huggingnersc.hub_server.web.page_script import SCRIPT_SOURCE

if TYPE_CHECKING:
    from huggingnersc.adapters.hub.page_reader import PageReader
    from huggingnersc.adapters.static_folder import StaticFolder
    from huggingnersc.domain.hub.static_paths import StaticPlace

MOST_PAGES = 500  # of a dataset
_SUFFIXES = {
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
}
_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; "
    f"script-src 'self' {SCRIPT_SOURCE}; connect-src 'self'; form-action 'self'; base-uri 'none'"
)
_CHARSET = '<meta charset="utf-8">'


@dataclass(frozen=True, slots=True)
class StaticSite:
    """What of a Hub becomes files.

    Attributes:
        organization: whose datasets it shows.
        hub_address: the address of the Hub for everyone; empty where only this machine reaches it.
    """

    organization: str
    hub_address: str


@dataclass(slots=True)
class _Copy:
    """What has been read and found so far.

    Attributes:
        files: the file of each address that is part of the site.
        pages: the pages, by the file of each: their address and text.
        counts: how many addresses of each dataset are part of it.
        lists: how many pages of the list there are.
    """

    files: dict[str, str] = field(default_factory=dict)
    pages: dict[str, tuple[str, str]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    lists: int = 0


def copy_pages(site: StaticSite, reader: PageReader, folder: StaticFolder) -> tuple[str, ...]:
    """Write every page that is reached from the front page, and what they show.

    Links lead to one another by relative addresses, so that the site works below any address;
    what is no part of it is linked on the Hub, where everyone reaches that.

    Returns:
        The files of the pages, sorted.

    Raises:
        HubUnreachableError: the Hub does not answer.
    """
    copy = _read_all(site, reader, folder)
    script = _add_script(folder)
    for file, (address, html) in copy.pages.items():
        page = _rewritten_page(html, address, file, copy, site)
        is_list = address == SEARCH_PAGE
        folder.add(file, (_with_script(page, script, file) if is_list else page).encode())
    return tuple(sorted(copy.pages))


def _read_all(site: StaticSite, reader: PageReader, folder: StaticFolder) -> _Copy:
    copy, waiting, seen = _Copy(), deque(["/"]), {"/"}
    while waiting:
        address = waiting.popleft()
        place = place_of(address, site.organization, lists=copy.lists)
        if place is None or copy.counts[place.repository] >= MOST_PAGES:
            continue
        html = _read(address, place, copy, reader, folder)
        for found in links_of(html) if html else ():
            link = _whole(found, address)
            if link not in seen:
                seen.add(link)
                waiting.append(link)
    return copy


def _read(
    address: str, place: StaticPlace, copy: _Copy, reader: PageReader, folder: StaticFolder
) -> str | None:
    """Read an address, and return its text where it is a page; another file is written."""
    found = reader.read(address)
    if found is None or (place.is_page and not found.is_html):
        return None
    if place.repository:
        copy.counts[place.repository] += 1
    suffix = _SUFFIXES.get(found.media_type, "") if place.is_picture else ""
    if place.is_picture and not suffix:
        return None
    file = f"{place.file}{suffix}"
    if not place.is_page:
        if folder.add(file, found.content):
            copy.files[address] = file
        return None
    html = found.content.decode()
    copy.lists += urlsplit(address).path == SEARCH_PAGE
    if file not in copy.pages:
        copy.pages[file] = address, html
        copy.files[address] = file
    return html


def _whole(link: str, address: str) -> str:
    """Return the address of a link on the page at `address`."""
    return f"{urlsplit(address).path}{link}" if link.startswith("?") else link


def _rewritten_page(html: str, address: str, file: str, copy: _Copy, site: StaticSite) -> str:
    def new(link: str) -> str | None:
        target, hash_, fragment = _whole(link, address).partition("#")
        tail = f"{hash_}{fragment}"
        if found := copy.files.get(target):
            return relative_address(found, file) + tail
        if (words := search_query(target)) and (found := copy.files.get(SEARCH_PAGE)):
            return f"{relative_address(found, file)}?{words}"
        return f"{site.hub_address}{target}{tail}" if site.hub_address else None

    policy = f'{_CHARSET}\n<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    return rewritten(html, new).replace(_CHARSET, policy, 1)


def _add_script(folder: StaticFolder) -> str:
    content = (asset("templates") / "hub" / "search.js").read_bytes()
    file = f"assets/search.{digest_of(content)[:20]}.js"
    folder.add(file, content)
    return file


def _with_script(html: str, script: str, file: str) -> str:
    source = relative_address(script, file)
    return html.replace("</body>", f'<script src="{source}" defer></script>\n</body>', 1)
