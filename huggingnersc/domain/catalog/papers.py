"""Papers as a steward writes them, made into links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from huggingnersc.domain.markdown import one_line
from huggingnersc.domain.site import is_web_address

_ARXIV_ID = r"(?P<id>\d{4}\.\d{4,5}(?:v\d+)?|[a-z-]+(?:\.[A-Z]{2})?/\d{7}(?:v\d+)?)"
_ARXIV_NAME = re.compile(rf"(?i:arxiv):\s*{_ARXIV_ID}", re.ASCII)
_ARXIV_LINK = re.compile(
    rf"(?i:https?://(?:www\.|export\.)?arxiv\.org)/(?:abs|pdf|html)/{_ARXIV_ID}(?:\.pdf)?/?(?:[?#].*)?",
    re.ASCII,
)
_ARXIV_DOI = re.compile(
    rf"(?i:doi:\s*|https?://(?:dx\.|www\.)?doi\.org/)?10\.48550/(?i:arxiv)\.{_ARXIV_ID}",
    re.ASCII,
)
_DOI = re.compile(r"(?i:doi:\s*|https?://(?:dx\.|www\.)?doi\.org/)?(?P<id>10\.[0-9]{4,9}/\S+)")


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

    The Hub derives its `arxiv:` tag from a link to an abstract page, so every arXiv form, its DOI
    too, becomes one. A text that is none of these keeps its words and gets no link.
    """
    words = one_line(text)
    forms = (_ARXIV_NAME, _ARXIV_LINK, _ARXIV_DOI)
    if found := next((found for form in forms if (found := form.fullmatch(words))), None):
        return Paper(f"arXiv:{found['id']}", f"https://arxiv.org/abs/{found['id']}")
    if found := _DOI.fullmatch(words):
        return Paper(
            f"doi:{found['id']}", f"https://doi.org/{quote(found['id'], safe='/:;.-_+%')}"
        )
    return Paper(words, words if is_web_address(words) and " " not in words else None)
