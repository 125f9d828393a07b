"""What a page takes from a card's text: its title, and the places of data that it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import dropwhile
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt

from huggingnersc.domain.catalog.description import BEGIN, END
from huggingnersc.domain.text.terminal import visible
from huggingnersc.hub_server.web.addresses import is_outside
from huggingnersc.hub_server.web.markdown import MARKDOWN_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from markdown_it.token import Token

TITLE_LIMIT = 300
_PLACE_LIMIT = 400
_LABEL_LIMIT = 40
_SHELLS = frozenset({"bash", "sh", "shell", "console"})
_MOST_COMMANDS = 12
_WARNING = "[!WARNING]"
_CITATIONS = frozenset({"citation", "cite", "how to cite"})
_CITATION_LIMIT = 4000
_LINE_END = re.compile(r"\r\n?")
_PATH = re.compile(r"/[^\s/]+(/[^\s/]+)+/?")
_BARE_ADDRESS = re.compile(r"https?://[^\s<>\"'()\[\]{}|\\]+(?<![.,;:!?*_])")
_PAPERS = re.compile(r"(?i:(^|\.)(doi\.org|arxiv\.org|huggingface\.co|hf\.co|orcid\.org))$")


@dataclass(frozen=True, slots=True)
class Place:
    """Where data is: a path, or a link with its address, under the card's own words for it."""

    label: str
    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class CardOutline:
    """What a page takes from a card.

    Attributes:
        title: the heading that the card begins with, `""` when it begins otherwise.
        text: the card without that heading.
        deepen: how many levels its other headings go down, so that the highest is the second.
        path: the first absolute path that the card names beside its description, in a list or a
            table if there is one.
        portal: the first link to elsewhere in a list or table that is no paper.
        notebook: the first link to a notebook elsewhere.
        files: what the card links in its own repository, in its order.
        commands: what its first shell code runs after `hf download` and `cd`.
        warning: its first alert that is a warning, such as that the data is purged.
        citation: the first code below a heading `Citation`.
    """

    title: str = ""
    text: str = ""
    deepen: int = 1
    path: Place | None = None
    portal: Place | None = None
    notebook: Place | None = None
    files: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    warning: str = ""
    citation: str = ""


def outline_of(body: str) -> CardOutline:
    """Read the body of a card; at most `MARKDOWN_LIMIT` characters of it."""
    parser = MarkdownIt("commonmark", {"maxNesting": 20}).enable("table")
    body = _LINE_END.sub("\n", body)
    tokens = parser.parse(body[:MARKDOWN_LIMIT].replace("\0", "\ufffd"))
    title = _title(tokens)
    text = _without(body, tokens[0]) if title else body
    own = list(_not_described(tokens))
    places = list(_places(own))
    return CardOutline(
        title=title,
        text=text,
        deepen=_deepen(tokens[3:] if title else tokens),
        path=_first_path(places),
        portal=_first(one for one in places if one.label and _is_portal(one.href)),
        notebook=_first(one for one in places if _path_of(one.href).endswith(".ipynb")),
        files=tuple(_linked_files(own)),
        commands=_commands(own),
        warning=_warning(own),
        citation=_citation(own),
    )


def _not_described(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens outside of the description, in which anyone may name anything."""
    is_described = False
    for token in tokens:
        if token.type == "html_block" and token.content.strip() in {BEGIN, END}:
            is_described = token.content.strip() == BEGIN
        elif not is_described:
            yield token


def _title(tokens: Sequence[Token]) -> str:
    if not tokens or tokens[0].type != "heading_open" or tokens[0].tag != "h1":
        return ""
    words = " ".join(_words(tokens[1].children or ()).split())
    return words if len(words) <= TITLE_LIMIT else ""


def _without(body: str, heading: Token) -> str:
    first, last = heading.map or [0, 0]
    lines = body.split("\n")
    return "\n".join([*lines[:first], *lines[last:]])


def _deepen(tokens: Sequence[Token]) -> int:
    levels = [int(token.tag[1:]) for token in tokens if token.type == "heading_open"]
    return 2 - min(levels, default=2)


def _words(tokens: Iterable[Token]) -> str:
    kinds = ("text", "code_inline", "text_special")
    return "".join(
        token.content if token.type in kinds else " " if "break" in token.type else ""
        for token in tokens
    )


def _places(tokens: Sequence[Token]) -> Iterator[Place]:
    """Yield paths and outside links in order; the label is what precedes them in their line."""
    row = ""
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type in {"tr_open", "list_item_open", "heading_open"}:
            row = ""
        if token.type != "inline":
            continue
        cell = before is not None and before.type in {"td_open", "th_open"}
        yield from _places_in(token.children or [], row if cell else "")
        row = row or _label(f"{_words(token.children or ())}:") if cell else ""


def _places_in(children: Sequence[Token], label: str) -> Iterator[Place]:
    said, in_link = "", False
    for place, token in enumerate(children):
        in_link = token.type == "link_open" or (in_link and token.type != "link_close")
        if token.type == "code_inline" and _PATH.fullmatch(token.content):
            yield Place(label or _label(said), token.content)
        elif token.type == "link_open" and is_outside(href := str(token.attrGet("href") or "")):
            text = _words(children[place + 1 : _link_end(children, place)])
            yield Place(label or _label(said), text, href)
        elif len(said) < 2 * _LABEL_LIMIT:
            words = _words([token])
            bare = _BARE_ADDRESS.search(words)
            said += words[: bare.start()] if bare else words
            if bare and not in_link:
                yield Place(label or _label(said), bare[0], bare[0])


def _link_end(children: Sequence[Token], start: int) -> int:
    ends = (n for n in range(start, len(children)) if children[n].type == "link_close")
    return next(ends, len(children))


def _label(said: str) -> str:
    """Return a few words before a colon as a label; other words are none."""
    words = " ".join(said.split())
    return words[:-1].rstrip() if words.endswith(":") and len(words) <= _LABEL_LIMIT else ""


def _first_path(places: Sequence[Place]) -> Place | None:
    paths = [one for one in places if not one.href and _is_shown_as_it_is(one.text)]
    return _first(one for one in paths if one.label) or _first(paths)


def _first(places: Iterable[Place]) -> Place | None:
    return next(iter(places), None)


def _is_shown_as_it_is(text: str) -> bool:
    return len(text) <= _PLACE_LIMIT and visible(text) == text


def _commands(tokens: Sequence[Token]) -> tuple[str, ...]:
    """Return the commands after the first `cd` of the first code that downloads from a Hub."""
    for token in tokens:
        if (
            token.type == "fence"
            and token.info.strip() in _SHELLS
            and "hf download" in token.content
        ):
            lines = token.content.strip().split("\n")[:_MOST_COMMANDS]
            after = list(dropwhile(lambda line: not line.startswith("cd "), lines))[1:]
            return tuple(after) if all(map(_is_shown_as_it_is, after)) else ()
    return ()


def _warning(tokens: Sequence[Token]) -> str:
    """Return the text of the first alert that is a warning."""
    for before, token in zip(tokens, tokens[2:], strict=False):
        if before.type == "blockquote_open" and token.content.startswith(_WARNING):
            words = " ".join(_words(token.children or ()).split()).removeprefix(_WARNING).strip()
            return words if _is_shown_as_it_is(words) else ""
    return ""


def _citation(tokens: Sequence[Token]) -> str:
    """Return the first code below a heading that says it is the citation."""
    is_below = False
    for before, token in zip([None, *tokens], tokens, strict=False):
        if before is not None and before.type == "heading_open":
            is_below = _words(token.children or ()).strip().lower() in _CITATIONS
        elif is_below and token.type == "fence":
            text = token.content.expandtabs(2).rstrip("\n")
            is_plain = all(visible(line) == line for line in text.split("\n"))
            return text if is_plain and len(text) <= _CITATION_LIMIT else ""
    return ""


def _is_portal(href: str) -> bool:
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    is_web = parts.scheme in {"http", "https"} and _is_shown_as_it_is(href)
    return is_web and not _PAPERS.search(parts.hostname or "") and ".ipynb" not in parts.path


def _path_of(href: str) -> str:
    try:
        parts = urlsplit(href)
    except ValueError:
        return ""
    return parts.path if parts.scheme in {"http", "https"} else ""


def _linked_files(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        for child in token.children or ():
            href = str(child.attrGet("href") or "") if child.type == "link_open" else ""
            if href and not is_outside(href) and not href.startswith(("/", "#")):
                yield unquote(href.partition("#")[0])
