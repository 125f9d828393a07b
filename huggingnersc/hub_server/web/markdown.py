"""A repository's Markdown -> safe HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from huggingnersc.hub_server.web.addresses import is_outside, repository_path
from huggingnersc.hub_server.web.highlight import highlight_block, language_of_fence
from huggingnersc.hub_server.web.sanitize import ID_PREFIX, clean_html

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token
    from markdown_it.utils import EnvType, OptionsDict

    from huggingnersc.hub_server.web.addresses import RepoPages

MARKDOWN_LIMIT = 128 * 1024
"""Longer texts (characters) are not rendered: the caller shows them as plain text."""

EXPANDED_LIMIT = 1024 * 1024
"""A text whose addresses and titles come to more characters is shown as its source.

A reference defined once may be used 60,000 times: 256 kB of text made a page of 1.2 GB.
"""

RAW_TAG_LIMIT = 2_000
"""A text with more HTML tags of its own keeps them as visible text."""

_SPACES = re.compile(r"\s+")
_NOT_IN_SLUGS = re.compile(r"[^\w\- ]")
_RAW_TAG = re.compile(r"<[a-zA-Z/]")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a text is stored, so that its relative links can be followed.

    Attributes:
        pages: the pages of the repository that holds it.
        revision: the branch, tag or commit it is shown at.
        folder: its folder, `""` for the root.
    """

    pages: RepoPages
    revision: str
    folder: str = ""

    def rewrite(self, attribute: str, url: str) -> str | None:
        """Turn an address in the text into one on this site; `None` when it is not allowed."""
        if attribute == "src":
            return self._picture(url)
        if url.startswith("#"):
            return f"#{ID_PREFIX}{url[1:]}"
        if is_outside(url) or url.startswith("/"):
            return url
        return self._file(url, "blob")

    def _picture(self, url: str) -> str | None:
        if is_outside(url):
            return None
        if url.startswith(("/", "\\")):
            return url if "/resolve/" in url and "\\" not in url else None
        return self._file(url, "resolve")

    def _file(self, url: str, view: str) -> str | None:
        parts = urlsplit(url)
        path = repository_path(self.folder, unquote(parts.path))
        if path is None:
            return self.pages.tree(self.revision) if view == "blob" else None
        if view == "resolve":
            return self.pages.resolve(self.revision, path)
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        show = self.pages.tree if parts.path.endswith("/") else self.pages.blob
        return show(self.revision, path) + fragment


def render_markdown(text: str, origin: Origin, *, deepen: int = 1) -> Markup:
    """Return `text` (at most `MARKDOWN_LIMIT` characters are read) as safe HTML.

    Args:
        text: Markdown with GitHub's tables and strike-through; HTML in it is sanitized.
        origin: where relative links and pictures are found.
        deepen: how many levels headings go down, so that the page keeps its own first heading.
    """
    text = text[:MARKDOWN_LIMIT].replace("\0", "\ufffd")
    with_html = len(_RAW_TAG.findall(text)) <= RAW_TAG_LIMIT
    parser, env = _parser(with_html=with_html), {"deepen": deepen, "slugs": {}}
    tokens = parser.parse(text, env)
    if sum(map(_expanded, tokens)) > EXPANDED_LIMIT:
        return Markup("<pre>{}</pre>").format(text)
    html: str = parser.renderer.render(tokens, parser.options, env)
    return clean_html(html, origin.rewrite)


def _expanded(token: Token) -> int:
    own = sum(len(str(value)) for value in token.attrs.values())
    return own + sum(map(_expanded, token.children or ()))


def _parser(*, with_html: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": with_html, "maxNesting": 20})
    parser.enable(["table", "strikethrough"])
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("code_block", _fence)
    parser.add_render_rule("image", _image)
    parser.add_render_rule("heading_open", _heading_open)
    parser.add_render_rule("heading_close", _heading_close)
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    parser.add_render_rule("th_open", _cell_open)
    parser.add_render_rule("td_open", _cell_open)
    return parser


def _fence(
    _: RendererHTML, tokens: Sequence[Token], index: int, __: OptionsDict, ___: EnvType
) -> str:
    token = tokens[index]
    code = highlight_block(token.content, language_of_fence(token.info))
    return Markup('<pre class="code"><code>{}</code></pre>\n').format(code)


def _image(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    token = tokens[index]
    alt = renderer.renderInlineAsText(token.children, options, env) if token.children else ""
    source = str(token.attrGet("src") or "")
    if is_outside(source):
        return Markup('<span class="outside-picture" title="{}">{}</span>').format(
            "A picture from elsewhere: this site loads nothing from outside", alt or "picture"
        )
    title = Markup(' title="{}"').format(token.attrGet("title")) if token.attrGet("title") else ""
    return Markup('<img src="{}" alt="{}"{}>').format(source, alt, title)


def _heading_open(
    _: RendererHTML, tokens: Sequence[Token], index: int, __: OptionsDict, env: EnvType
) -> str:
    words = tokens[index + 1].content
    return f'<h{_level(tokens[index], env)} id="{escape(_slug(words, env["slugs"]))}">'


def _heading_close(
    _: RendererHTML, tokens: Sequence[Token], index: int, __: OptionsDict, env: EnvType
) -> str:
    return f"</h{_level(tokens[index], env)}>\n"


def _level(token: Token, env: EnvType) -> int:
    return min(6, int(token.tag[1:]) + int(env["deepen"]))


def _slug(words: str, seen: dict[str, int]) -> str:
    slug = _SPACES.sub("-", _NOT_IN_SLUGS.sub("", words.lower()).strip())[:80] or "section"
    seen[slug] = seen.get(slug, -1) + 1
    return f"{slug}-{seen[slug]}" if seen[slug] else slug


def _table_open(*_: object) -> str:
    return '<div class="table-frame"><table>\n'


def _table_close(*_: object) -> str:
    return "</table></div>\n"


def _cell_open(
    _: RendererHTML, tokens: Sequence[Token], index: int, __: OptionsDict, ___: EnvType
) -> str:
    # The parser aligns with a style attribute, which our Content-Security-Policy refuses.
    place = str(tokens[index].attrGet("style") or "").rpartition(":")[2]
    css_class = {"right": ' class="to-right"', "center": ' class="to-middle"'}.get(place, "")
    return f"<{tokens[index].tag}{css_class}>"
