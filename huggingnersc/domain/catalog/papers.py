"""Papers as a steward writes them, made into links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

_ARXIV_ID = r"(?P<id>\d{4}\.\d{4,5}(?:v\d+)?|[a-z-]+(?:\.[A-Z]{2})?/\d{7}(?:v\d+)?)"
_ARXIV_NAME = re.compile(rf"(?i:arxiv):\s*{_ARXIV_ID}")
_ARXIV_LINK = re.compile(
    rf"(?i:https?://(?:www\.|export\.)?arxiv\.org)/(?:abs|pdf|html)/{_ARXIV_ID}(?:\.pdf)?/?(?:[?#].*)?"
)
_DOI = re.compile(r"(?i:doi:\s*|https?://(?:dx\.)?doi\.org/)?(?P<id>10\.\d{4,9}/\S+)")


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper to show.

    Attributes:
        label: what people read.
        url: an http(s) address, or None where the text names none.
    """

    label: str
    url: str | None


def read_paper(text: str) -> Paper:
    """Read one paper: an arXiv link or `arXiv:` name, a DOI, an http(s) address, or a citation.

    The Hub derives its `arxiv:` tag from a link to an abstract page, so every arXiv form becomes
    one. A text that is none of these keeps its words and gets no link.
    """
    words = text.strip()
    if found := _ARXIV_NAME.fullmatch(words) or _ARXIV_LINK.fullmatch(words):
        return Paper(f"arXiv:{found['id']}", f"https://arxiv.org/abs/{found['id']}")
    if found := _DOI.fullmatch(words):
        return Paper(
            f"doi:{found['id']}", f"https://doi.org/{quote(found['id'], safe='/:;.-_+%')}"
        )
    return Paper(words, words if _is_web_address(words) else None)


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:  # an unclosed IPv6 bracket
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and " " not in text
