"""The link to a dataset's data: on the portal, or on the local site a `file://` address."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from huggingnersc.domain.site import is_unsafe_segment, link_of_path, path_of_link

if TYPE_CHECKING:
    from huggingnersc.domain.site import Site


def path_of_data_link(site: Site, link: str) -> PurePosixPath | None:
    """Return where the data of a link is stored; None where the site does not serve it."""
    if site.takes_file_links and is_file_link(link):
        return path_of_file_link(link)
    rule = site.profile.portal
    return path_of_link(rule, link) if rule else None


def data_link_of_path(site: Site, path: PurePosixPath) -> str | None:
    """Return the link to a path, percent-encoded; None where the site does not serve it."""
    rule = site.profile.portal
    served = link_of_path(rule, path) if rule else None
    if served is None and site.takes_file_links and path.is_absolute():
        link = path.as_uri()
        return link if path_of_file_link(link) == path else None
    return served


def is_file_link(link: str) -> bool:
    """Return whether a link is an address on one machine, of whatever form."""
    return link.lower().startswith("file:")


def path_of_file_link(link: str) -> PurePosixPath | None:
    """Return the path of an address such as `file:///data/my%20set`.

    A link with a host, a query, a fragment, `..`, an encoded slash or control character, or bytes
    that are not UTF-8 has no path.
    """
    try:
        parts = urlsplit(link)
    except ValueError:  # an unclosed IPv6 bracket
        return None
    is_plain = link.isprintable() and " " not in link and not {"?", "#"} & {*link}
    if parts.scheme != "file" or parts.netloc or not is_plain or not parts.path.startswith("/"):
        return None
    segments = [unquote(segment) for segment in parts.path.split("/") if segment]
    if any(is_unsafe_segment(segment) for segment in segments):
        return None
    return PurePosixPath("/", *segments)
