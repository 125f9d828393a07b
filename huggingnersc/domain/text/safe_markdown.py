"""Markdown that a person wrote, made fit to stand within a card (CommonMark, GitHub's tables)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from huggingnersc.domain.text.markdown import fence, unbroken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MAX_CHARS = 1 << 15
_MOST_READ = 2
_MOST_BRACKETS = 2_000  # which readers of Markdown look through for each of them
_SCHEMES = frozenset({"", "http", "https", "mailto"})
_BELOW = "\n\n<!-- below -->\n\n## below\n"  # what stands below the text must stay as it is
_READ_BELOW = [
    ("html_block", 0, "<!-- below -->\n"),
    ("heading_open", 0, ""),
    ("inline", 1, "below"),
    ("heading_close", 0, ""),
]
_MOST_HEADING_LEVELS = 6

_FRONT_MATTER = re.compile(r"---\n(?=[\w-]+:)(?:[^\n]*\n)*?(?:---|\.\.\.)(?:\n|\Z)")
_ONE_FENCE = re.compile(r"(?P<ticks>`{3,})\n(?P<code>.*\n)(?P=ticks)", re.DOTALL)
_CONTAINER = r"(?:[ \t>]|[-+*](?=[ \t])|[0-9]{1,9}[.)](?=[ \t]))*"
_HASHES = re.compile(rf"({_CONTAINER})#{{1,6}}(?=[ \t]|$)")
_MATH_FENCE = re.compile(r"[ \t]*\$\$(?!.*\$\$)")
_PARTS = re.compile(
    r"""
    (?P<kept> \\. | (?P<ticks>`+)(?!`)(?:.*?[^`])?(?P=ticks)(?!`) | `+
      | <(?:https?:/{2}|mailto:|[\w.+-]+@)[^\s<>]*> )
    | (?P<comment> <!--(?:(?!<!--|-->).)*--> )
    | (?P<tag> <(?=[A-Za-z/!?]) )
    | (?P<nameless> !\[\s*\](?=\() )
    | (?P<image> !\[(?=[^\]]*\][(\[]) )
    | (?P<link> \](?=[(\[:]) )
    """,
    re.VERBOSE | re.DOTALL,
)
_SCHEME_AHEAD = re.compile(r"\]\(\s*<?\s*(?!(?:https?|mailto):)[a-z][a-z0-9+.-]*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SafeMarkdown:
    """A text that can stand within a card.

    Attributes:
        text: ends without a line end; empty where nothing can be shown.
        notes: what was changed so that it can, as ends of a sentence about the text.
    """

    text: str
    notes: tuple[str, ...] = ()


def safe_markdown(text: str, *, title: str = "") -> SafeMarkdown:
    """Return `text` so that it shows words, and changes nothing of the card around it.

    There is no HTML and no image in it, no link but to the web and to mail, no heading of the
    first level, no front matter, and nothing that is not closed. A text that cannot be brought to
    that is shown as code. A safe text comes back as it is.

    Args:
        text: what a person wrote.
        title: the title of the card; a text that begins with it loses it.
    """
    if not text:  # most cards: the parser need not be loaded
        return SafeMarkdown("")
    text = text[: _MOST_READ * MAX_CHARS]  # a record's; a file of this size is refused
    if len(text) > MAX_CHARS or text.count("[") > _MOST_BRACKETS:
        return _as_code("\n".join(_simple_lines(text)).strip("\n"), "too large")
    plain = _without_title(_normalized(text), title)
    if _is_safe(plain):
        return SafeMarkdown(plain, _front_matter_note(text))
    changed = _normalized(_without_html(plain))
    changed = _normalized(_closed(_demoted(changed)))
    if not _is_safe(changed):
        return _as_code(plain, "not safe to show otherwise")
    return SafeMarkdown(changed, (*_front_matter_note(text), *_notes(plain)))


def _as_code(text: str, reason: str) -> SafeMarkdown:
    found = _ONE_FENCE.fullmatch(text)
    if found and found["ticks"] not in found["code"]:  # it was brought here before
        return SafeMarkdown(text)
    return SafeMarkdown(fence(text), (f"is shown as code, because it is {reason}",))


def _normalized(text: str) -> str:
    """Return `text` with simple lines: no controls, no spaces at the end, no front matter."""
    while _front_matter_note(text):
        text = _FRONT_MATTER.sub("", _with_line_ends(text), count=1)
    lines = _simple_lines(text)
    if any(line.endswith("  ") for line in lines):
        lines = _with_visible_breaks(lines)
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def _simple_lines(text: str) -> list[str]:
    lines = _with_line_ends(text).split("\n")
    return [unbroken(line.expandtabs(4)) for line in lines]


def _with_line_ends(text: str) -> str:
    return text.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n")


def _without_title(text: str, title: str) -> str:
    first, _, rest = text.partition("\n")
    words = first.removeprefix("# ").strip().rstrip("#").rstrip()
    is_title = first.startswith("# ") and words.casefold() == title.casefold()
    return rest.strip("\n") if is_title else text


def _front_matter_note(text: str) -> tuple[str, ...]:
    found = _FRONT_MATTER.match(_with_line_ends(text))
    return ("begins with front matter, which is left out",) if found else ()


def _with_visible_breaks(lines: list[str]) -> list[str]:
    """Return the lines with a backslash where two spaces end a line within a paragraph."""
    for token in _tokens("\n".join(lines)):
        if token.type == "inline" and token.map:
            for number in range(token.map[0], token.map[1] - 1):
                if lines[number].endswith("  "):
                    lines[number] = f"{lines[number].rstrip()}\\"
    return lines


def _is_safe(text: str) -> bool:
    tokens = _tokens(f"{text}{_BELOW}")
    above, below = tokens[:-4], tokens[-4:]
    parts = [part for token in above for part in (token, *_inner(token))]
    return (
        [(one.type, one.level, one.content) for one in below] == _READ_BELOW
        and not any(map(_is_unsafe, parts))
        and _without_html(text) == text
        and _open_math(text.split("\n"), above) is None
    )


def _inner(token: Token) -> Iterator[Token]:
    for child in token.children or ():
        yield child
        yield from _inner(child)


def _is_unsafe(token: Token) -> bool:
    if token.type == "link_open":
        return not _is_allowed(str(token.attrs.get("href", "")))
    return token.type in {"html_block", "html_inline", "image"} or token.tag == "h1"


def _is_allowed(address: str) -> bool:
    try:
        return urlsplit(address).scheme in _SCHEMES
    except ValueError:  # an unclosed IPv6 bracket
        return False


def _without_html(text: str) -> str:
    """Return `text` with tags as words, images as links, and no comments."""
    lines, done = text.split("\n"), 0
    pieces: list[str] = []
    for start, end in _texts(text):
        pieces += [*lines[done:start], _PARTS.sub(_as_words, "\n".join(lines[start:end]))]
        done = end
    return "\n".join([*pieces, *lines[done:]])


def _texts(text: str) -> Iterator[tuple[int, int]]:
    """Yield the ranges of lines that are no code: a paragraph or a heading is one range."""
    tokens, count = _tokens(text), text.count("\n") + 1
    code = _lines_of(tokens, {"fence", "code_block"})
    starts = {token.map[0] for token in tokens if token.type in _BLOCKS and token.map}
    starts |= {token.map[1] for token in tokens if token.type in _BLOCKS and token.map}
    start = 0
    for line in range(1, count + 1):
        if line == count or line in starts or line in code or start in code:
            if start not in code:
                yield start, line
            start = line


_BLOCKS = frozenset({"inline", "html_block", "fence", "code_block"})


def _lines_of(tokens: Iterable[Token], types: set[str]) -> set[int]:
    found = [token.map for token in tokens if token.type in types and token.map]
    return {line for start, end in found for line in range(start, end)}


def _as_words(part: re.Match[str]) -> str:
    if part["comment"]:
        return " "  # nothing: the words beside it could become one
    if part["tag"]:
        return r"\<"
    if part["nameless"]:
        return "[image]"
    if part["image"]:
        return "["
    if part["link"] and _SCHEME_AHEAD.match(part.string, part.start()):
        return r"\]"
    return part[0]


def _demoted(text: str) -> str:
    """Return `text` with its headings one level lower where one is of the first level."""
    tokens, lines = _tokens(text), text.split("\n")
    if not any(token.tag == "h1" for token in tokens):
        return text
    for token, words in reversed([*pairwise(tokens)]):
        if token.type == "heading_open" and token.map:
            level = min(int(token.tag[1:]) + 1, _MOST_HEADING_LEVELS)
            start, end = token.map
            lines[start:end] = [_heading(lines[start:end], level, words.content)]
    return "\n".join(lines)


def _heading(lines: list[str], level: int, words: str) -> str:
    """Return the line of a heading at a level; it is underlined where it has several lines."""
    hashes, first = "#" * level, lines[0]
    if len(lines) == 1:
        return _HASHES.sub(rf"\1{hashes}", first, count=1)
    opening = first[: max(first.find(words.split("\n")[0]), 0)]
    return f"{opening}{hashes} {' '.join(words.split())}"


def _closed(text: str) -> str:
    """Return `text` with what would reach below it closed: a fence of code, or of formulas."""
    tokens, lines = _tokens(text), text.split("\n")
    last = tokens[-1] if tokens else None
    if last and last.type == "fence" and last.map and last.map[1] == len(lines):
        closing = re.compile(rf" {{0,3}}{re.escape(last.markup)}{re.escape(last.markup[0])}*")
        if last.map[1] - last.map[0] == 1 or not closing.fullmatch(lines[-1]):
            return f"{text}\n{last.markup}"
    if (number := _open_math(lines, tokens)) is not None:
        lines[number] = lines[number].replace("$$", r"\$\$")
    return "\n".join(lines)


def _open_math(lines: list[str], tokens: Iterable[Token]) -> int | None:
    """Return the line whose `$$` is never closed; the Hub would read all below as a formula."""
    code = _lines_of(tokens, {"fence", "code_block"})
    marks = [n for n, line in enumerate(lines) if n not in code and _MATH_FENCE.match(line)]
    return marks[-1] if len(marks) % 2 else None


def _notes(text: str) -> Iterator[str]:
    tokens = _tokens(text)
    parts = [part for token in tokens for part in (token, *_inner(token))]
    html = [part for part in parts if part.type in {"html_block", "html_inline"}]
    if any(not part.content.lstrip().startswith("<!--") for part in html):
        yield "has HTML, which is shown as text"
    if any(part.content.lstrip().startswith("<!--") for part in html):
        yield "has comments, which are left out"
    if any(part.type == "image" for part in parts):
        yield "has images, which become links"
    if any(token.tag == "h1" for token in tokens):
        yield "has headings of the first level, which go down one level"


def _tokens(text: str) -> list[Token]:
    return _reader().parse(text)


@cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt

    class LinkReader(MarkdownIt):
        def validateLink(self, url: str) -> bool:  # noqa: N802, ARG002 - its name for it
            return True  # it would take a link for words that another reader makes a link

    return LinkReader("commonmark", {"maxNesting": 20}).enable(["table", "strikethrough"])
