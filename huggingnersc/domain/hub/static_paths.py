"""Which pages of the Hub are files of a static site, and where each is."""

from __future__ import annotations

import hashlib
import posixpath
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

MAIN = "main"
SEARCH_PAGE = "/datasets"
INDEX = "index.html"
_LONGEST_NAME_BYTES = 255
_LIVE_VIEWS = frozenset({"commit", "commits", "discussions", "raw"})
_PICTURE_VIEWS = frozenset({"figure", "thumbnail"})
# Files that do nothing where a browser opens them, whoever wrote them.
_INERT_SUFFIXES = frozenset(
    {
        ".bib", ".cff", ".cfg", ".csv", ".gif", ".h5", ".ipynb", ".jl", ".jpeg", ".jpg", ".json",
        ".jsonl", ".md", ".nc", ".parquet", ".png", ".py", ".r", ".sh", ".slurm", ".toml", ".tsv",
        ".txt", ".webp", ".yaml", ".yml",
    }
)  # fmt: skip
# Files with a page of their own; lists of files are long, and others show nothing.
_SHOWN_SUFFIXES = _INERT_SUFFIXES - {".csv", ".h5", ".jsonl", ".nc", ".parquet", ".tsv"}
_PLAIN_NAME = re.compile(r"[A-Za-z0-9._-]{1,80}")


@dataclass(frozen=True, slots=True)
class StaticPlace:
    """A page or file of the static site.

    Attributes:
        file: where it is, below the folder of the site.
        repository: the dataset that it is of, such as `NERSC/iris`; empty for other pages.
        is_picture: whether it is a picture, whose suffix is missing.
    """

    file: str
    repository: str = ""
    is_picture: bool = False

    @property
    def is_page(self) -> bool:
        """Whether it is HTML."""
        return posixpath.basename(self.file) == INDEX


def place_of(address: str, organization: str, *, lists: int = 0) -> StaticPlace | None:
    """Return where a static site has what the Hub serves at an address; None where it has not.

    Args:
        address: a path from the root of the Hub, percent-encoded, with its query.
        organization: whose datasets the site shows.
        lists: how many pages of the list come before one that has a cursor.
    """
    parts = urlsplit(address)
    segments = [unquote(segment, errors="replace") for segment in parts.path.split("/") if segment]
    if not all(map(_is_name, segments)):
        return None
    match segments:
        case ["-", name]:
            return StaticPlace(f"assets/{name}")
        case [] | ["datasets"] | [_] if not parts.query:
            is_known = segments in ([], ["datasets"], [organization])
            return _page(segments) if is_known else None
        case ["datasets"]:
            return _list_page(parts.query, lists)
        case ["datasets", owner, name, *rest] if owner == organization:
            return _of_repository(f"{owner}/{name}", rest, parts.query)
        case _:
            return None


def search_query(address: str) -> str | None:
    """Return the query with which a static site looks for what a link to a list does.

    None where it is no such link.
    """
    parts = urlsplit(address)
    if parts.path != SEARCH_PAGE:
        return None
    pairs = parse_qsl(parts.query)
    words = [value.rpartition(":")[2] for key, value in pairs if key in {"search", "filter"}]
    return urlencode({"search": " ".join(words)}) if words else None


def relative_address(file: str, page: str) -> str:
    """Return the address of a file of the site as a page of the site links it.

    Args:
        file: the file, below the folder of the site.
        page: the file of the page.
    """
    is_page = posixpath.basename(file) == INDEX
    target = posixpath.dirname(file) if is_page else file
    found = posixpath.relpath(f"/{target}", f"/{posixpath.dirname(page)}")
    return quote(f"{found}/" if is_page else found)


def _of_repository(repository: str, rest: list[str], query: str) -> StaticPlace | None:
    segments = ["datasets", *repository.split("/"), *rest]
    if not rest:
        return _page(segments, repository) if not query else None
    view, revision, path = rest[0], *(rest[1:2] or [""]), rest[2:]
    if view in _LIVE_VIEWS:
        return None
    if view not in {"tree", "blob", "resolve", *_PICTURE_VIEWS}:  # a page that came later
        return _page([*segments, *_query_names(query)], repository)
    if revision != MAIN or (view != "tree" and not path):
        return None
    suffix = PurePosixPath(path[-1]).suffix.lower() if path else ""
    if view == "resolve":
        is_inert = suffix in _INERT_SUFFIXES and not query
        return StaticPlace("/".join(segments), repository) if is_inert else None
    if view in _PICTURE_VIEWS:
        file = "/".join([*segments, *_query_names(query)])
        return StaticPlace(file, repository, is_picture=True)
    is_shown = view == "tree" or (suffix in _SHOWN_SUFFIXES and path[0] != "version")
    if not is_shown or query not in {"", "plain=1"} or (view == "tree" and query):
        return None
    return _page([*segments, *_query_names(query)], repository)


def _list_page(query: str, lists: int) -> StaticPlace | None:
    keys = [key for key, _ in parse_qsl(query)]
    return _page(["datasets", f"page-{lists + 1}"]) if keys == ["cursor"] else None


def _page(segments: list[str], repository: str = "") -> StaticPlace:
    return StaticPlace("/".join([*segments, INDEX]), repository)


def _query_names(query: str) -> list[str]:
    """Return the folder that stands for a query; none without one."""
    if not query:
        return []
    name = query.replace("=", "-").replace("&", "_")
    is_plain = _PLAIN_NAME.fullmatch(name) and not name.startswith(".")
    return [name if is_plain else hashlib.sha256(query.encode()).hexdigest()[:16]]


def _is_name(segment: str) -> bool:
    is_short = len(segment.encode(errors="replace")) <= _LONGEST_NAME_BYTES
    return is_short and segment.isprintable() and segment not in {".", ".."} and "/" not in segment
