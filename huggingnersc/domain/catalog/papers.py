"""Papers as a steward writes them, made into links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.metadata.identifiers import doi_link, read_doi
from huggingnersc.domain.metadata.strict_json import quoted
from huggingnersc.domain.site import is_web_address
from huggingnersc.domain.text.markdown import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
_ARXIV_FORMS = (_ARXIV_NAME, _ARXIV_LINK, _ARXIV_DOI)


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper to show.

    Attributes:
        label: what people read.
        url: an http(s) address, or None where the text names none.
    """

    label: str
    url: str | None


def paper_warnings(metadata: Mapping[str, Any]) -> Iterator[str]:
    """Yield a warning for each paper without a link; the metadata need not be valid."""
    info = metadata.get("other_info")
    papers = info.get("papers") if isinstance(info, dict) else None
    for text in papers if isinstance(papers, list) else ():
        if isinstance(text, str) and not has_link(text):
            yield f"The paper {quoted(text)} is not a link; it is shown as text."


def has_link(text: str) -> bool:
    """Return whether a paper is an arXiv link or name, a DOI or a web address.

    Whether it has a `url`.
    """
    words = one_line(text)
    is_known = any(form.fullmatch(words) for form in _ARXIV_FORMS)
    return is_known or read_doi(words) is not None or _is_address(words)


def read_paper(text: str) -> Paper:
    """Read one paper: an arXiv link or `arXiv:` name, a DOI, an http(s) address, or a citation.

    The Hub derives its `arxiv:` tag from a link to an abstract page, so every arXiv form, its DOI
    too, becomes one. A text that is none of these keeps its words and gets no link.
    """
    words = one_line(text)
    matches = (form.fullmatch(words) for form in _ARXIV_FORMS)
    if found := next(filter(None, matches), None):
        return Paper(f"arXiv:{found['id']}", f"https://arxiv.org/abs/{found['id']}")
    if doi := read_doi(words):
        return Paper(f"doi:{doi}", doi_link(doi))
    return Paper(words, words if _is_address(words) else None)


def _is_address(words: str) -> bool:
    return " " not in words and is_web_address(words)
