"""Foreign HTML -> HTML that is safe in the Hub's pages.

Everything that came from a repository passes through `clean_html`: cards, notebook texts and
notebook outputs. What is left can carry no script, no style, no form, no frame, and loads nothing
by itself that the caller's `rewrite` did not allow.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import nh3
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Callable

    UrlRewrite = Callable[[str, str], str | None]

ID_PREFIX = "in-card-"

# Elements an HTML parser opens again in every later block when they were left open: 10,000 open
# <b> before 10,000 paragraphs make 100 million elements. While cleaning they carry other names.
_FORMATTING = "b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u"
_FORMATTING_TAG = re.compile(rf"<(/?)({_FORMATTING})(?=[\s/>])", re.IGNORECASE)
_STANDING_TAG = re.compile(r"<(/?)standing-([a-z]+)(?=[\s>])")

_ORDINARY = (
    "a abbr blockquote br caption cite col colgroup dd del details div dl dt figcaption figure"
    " h1 h2 h3 h4 h5 h6 hr img ins kbd li mark ol p pre q samp span sub summary sup table tbody td"
    " tfoot th thead tr ul var wbr"
)
_TAGS = {*_ORDINARY.split(), *(f"standing-{name}" for name in _FORMATTING.split("|"))}

_NEVER = (
    "script style iframe object embed applet svg math template noscript noembed noframes textarea"
    " select title xmp plaintext audio video canvas"
)

_ATTRIBUTES = {
    "*": {"title", "lang", "dir", "id"},
    "a": {"href", "aria-label"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "reversed"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align", "scope"},
    "p": {"align"},
    "div": {"align"},
    "details": {"open"},
    **{f"h{level}": {"align"} for level in range(1, 7)},
}

_NUMBERS = {"width", "height", "colspan", "rowspan", "start"}
_SMALL_NUMBER = re.compile(r"[0-9]{1,4}%?\Z")

# What scrolls must be reached by the keyboard.
_FRAME = '<div class="table-frame">'

_ALERTS = ("note", "tip", "important", "warning", "caution")
OUR_CLASSES: dict[str, set[str]] = {
    "span": {"outside-picture", "task-box", *(f"hl-{letter}" for letter in "cksmfbotadihv")},
    "a": {"anchor", "bare"},
    "div": {"table-frame", "markdown-alert", *(f"markdown-alert-{kind}" for kind in _ALERTS)},
    "li": {"task"},
    "p": {"markdown-alert-title"},
    "td": {"to-right", "to-middle"},
    "th": {"to-right", "to-middle"},
    "pre": {"code"},
}


def clean_html(html: str, rewrite: UrlRewrite, *, id_prefix: str = ID_PREFIX) -> Markup:
    """Return `html` without anything that runs, styles, frames, submits or loads from elsewhere.

    Args:
        html: any text.
        rewrite: called with the attribute (`href` or `src`) and its URL, which has a web or mail
            scheme or none; returns the URL to write, or `None` to leave the attribute out.
        id_prefix: put before every id, so that none is one of the page's own.
    """
    renamed = _FORMATTING_TAG.sub(lambda tag: f"<{tag[1]}standing-{tag[2].lower()}", html)
    cleaned = nh3.clean(
        renamed,
        tags=_TAGS,
        clean_content_tags=set(_NEVER.split()),
        attributes=_ATTRIBUTES,
        attribute_filter=lambda _, name, value: _attribute(name, value, rewrite),
        url_schemes={"http", "https", "mailto"},
        allowed_classes=OUR_CLASSES,
        set_tag_attribute_values={"pre": {"tabindex": "0"}},
        id_prefix=id_prefix,
        link_rel="nofollow noopener noreferrer",
    )
    reachable = cleaned.replace(_FRAME, f'{_FRAME[:-1]} tabindex="0">')
    return Markup(_STANDING_TAG.sub(r"<\1\2", reachable))  # noqa: S704 - cleaned two lines above


def _attribute(name: str, value: str, rewrite: UrlRewrite) -> str | None:
    if name in {"href", "src"}:
        return rewrite(name, value.strip())
    if name in _NUMBERS:
        return value if _SMALL_NUMBER.match(value) else None
    return value
