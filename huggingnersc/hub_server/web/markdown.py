"""A repository's Markdown -> safe HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markupsafe import Markup
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin

from huggingnersc.hub_server.web.addresses import is_outside, repository_path
from huggingnersc.hub_server.web.highlight import highlight_block, language_of_fence
from huggingnersc.hub_server.web.sanitize import ID_PREFIX, clean_html
from huggingnersc.hub_server.web.slugs import Slugs

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

AUTOLINK_LIMIT = 2_000_000
"""A text that takes more steps than this to be searched for bare addresses shows them as text.

The plugin reads all of a line before each colon, copies the paragraph after it, and counts the
brackets of an address again for each one at its end.
"""

LINKED_HEADINGS = 500
"""So many headings of a page have a visible link to themselves."""

_RAW_TAG = re.compile(r"<[a-zA-Z/]")
_PARAGRAPH_END = re.compile(r"\n[ \t>]*\n")
_RENDERED_SUFFIXES = (".md", ".markdown")
_LISTS = frozenset({"bullet_list_open", "ordered_list_open"})
_TEXTS = frozenset({"paragraph_open", "heading_open", "th_open", "td_open"})
"""What is written from right to left when its first letter is."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a text is stored, so that its relative links can be followed.

    Attributes:
        pages: the pages of the repository that holds it.
        revision: the branch, tag or commit it is shown at.
        folder: its folder, `""` for the root.
        id_prefix: what the ids of its headings begin with; different for texts on one page.
    """

    pages: RepoPages
    revision: str
    folder: str = ""
    id_prefix: str = ID_PREFIX

    def rewrite(self, attribute: str, url: str) -> str | None:
        """Turn an address in the text into one on this site; `None` when it is not allowed."""
        if attribute == "src":
            return self._picture(url)
        if url.startswith("#"):
            return f"#{self.id_prefix}{url[1:]}"
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
        prefix = ID_PREFIX if path.lower().endswith(_RENDERED_SUFFIXES) else ""
        fragment = f"#{prefix}{parts.fragment}" if parts.fragment else ""
        show = self.pages.tree if parts.path.endswith("/") else self.pages.blob
        return show(self.revision, path) + fragment


def render_markdown(
    text: str, origin: Origin, *, deepen: int = 1, slugs: Slugs | None = None
) -> Markup:
    """Return `text` (at most `MARKDOWN_LIMIT` characters are read) as safe HTML.

    Args:
        text: Markdown as on GitHub: tables, strike-through, task lists, alerts, bare addresses;
            HTML in it is sanitized.
        origin: where relative links and pictures are found.
        deepen: how many levels headings go down, so that the page keeps its own first heading.
        slugs: the headings of the texts before this one, where a page shows several as one.
    """
    text = text[:MARKDOWN_LIMIT].replace("\0", "\ufffd")
    parser = _parser(text)
    env: dict[str, object] = {}
    tokens = parser.parse(text, env)
    if sum(map(_expanded, tokens)) > EXPANDED_LIMIT:
        return Markup("<pre>{}</pre>").format(text)
    _prepare(tokens, deepen, slugs or Slugs())
    html: str = parser.renderer.render(tokens, parser.options, env)
    return clean_html(html, origin.rewrite, id_prefix=origin.id_prefix)


def _expanded(token: Token) -> int:
    own = sum(len(str(value)) for value in token.attrs.values())
    return own + sum(map(_expanded, token.children or ()))


def _parser(text: str) -> MarkdownIt:
    with_html = len(_RAW_TAG.findall(text)) <= RAW_TAG_LIMIT
    options = {"html": with_html, "maxNesting": 20, "tasklists": True, "alerts": True}
    parser = MarkdownIt("commonmark", options)
    parser.enable(["table", "strikethrough"])
    if _autolink_cost(text) <= AUTOLINK_LIMIT:
        parser.use(gfm_autolink_plugin)
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("code_block", _fence)
    parser.add_render_rule("image", _image)
    parser.add_render_rule("link_open", _link_open)
    parser.add_render_rule("heading_close", _heading_close)
    parser.add_render_rule("list_item_open", _list_item_open)
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    return parser


def _autolink_cost(text: str) -> int:
    """Return about how many steps the plugin takes before, after and in addresses."""
    read = sum(len(line) * line.count(":") for line in text.split("\n"))
    copied = sum(
        len(part) * (part.count(":") + part.count("@") + part.count("www."))
        for part in _PARAGRAPH_END.split(text)
    )
    longest = max(map(len, text.split()), default=0)
    return read + copied // 1_000 + longest**2 // 10


def _prepare(tokens: Sequence[Token], deepen: int, slugs: Slugs) -> None:
    """Set the level and name of headings, the class of table cells, the direction of texts."""
    name = ""
    for place, token in enumerate(tokens):
        if token.type in _LISTS or (token.type in _TEXTS and tokens[place + 1].content):
            token.attrSet("dir", "auto")
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1:]) + deepen)}"
        if token.type == "heading_open":
            name = slugs.add(_plain_words(tokens[place + 1]))
            token.attrSet("id", name)
        elif token.type == "heading_close" and slugs.count <= LINKED_HEADINGS:
            token.meta["name"] = name
        elif token.type in {"th_open", "td_open"}:
            _align_by_class(token)


def _plain_words(inline: Token) -> str:
    children = inline.children or ()
    return "".join(one.content for one in children if one.type in {"text", "code_inline"})


def _align_by_class(cell: Token) -> None:
    # The parser aligns with a style attribute, which our Content-Security-Policy refuses.
    place = str(cell.attrs.pop("style", "")).rpartition(":")[2]
    if place in {"right", "center"}:
        cell.attrSet("class", "to-right" if place == "right" else "to-middle")


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


def _link_open(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    if tokens[index].markup == "autolink":
        tokens[index].attrSet("class", "bare")  # on paper its words are its address already
    return renderer.renderToken(tokens, index, options, env)


def _heading_close(
    _: RendererHTML, tokens: Sequence[Token], index: int, __: OptionsDict, ___: EnvType
) -> str:
    token = tokens[index]
    if "name" not in token.meta:
        return f"</{token.tag}>\n"
    link = Markup(' <a class="anchor" href="#{}" aria-label="Link to this heading">#</a></{}>\n')
    return link.format(token.meta["name"], token.tag)


def _list_item_open(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    token = tokens[index]
    if "checked" not in token.meta:
        return renderer.renderToken(tokens, index, options, env)
    box = ("Done", "\u2611") if token.meta["checked"] else ("To do", "\u2610")
    return Markup('<li class="task"><span class="task-box" title="{}">{}</span> ').format(*box)


def _table_open(*_: object) -> str:
    return '<div class="table-frame"><table>\n'


def _table_close(*_: object) -> str:
    return "</table></div>\n"
