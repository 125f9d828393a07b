"""The rules of the wide schema that JSON Schema cannot say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from huggingnersc.domain.metadata.identifiers import (
    citation_language,
    has_matching_braces,
    read_doi,
    read_orcid,
)
from huggingnersc.domain.metadata.strict_json import describe, quoted
from huggingnersc.domain.site import is_web_address
from huggingnersc.domain.text.markdown import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from huggingnersc.domain.metadata.schema import Steps

    _Found = tuple[Steps, str]

OTHER_LICENSE = "other"
_OWN_LICENSE = ("license_name", "license_link")


def broken_rules(document: Any) -> Iterator[tuple[Steps, str]]:
    """Yield the path of each broken rule and what is wrong; the document need not be valid."""
    info = _part(document, "other_info")
    yield from _license_rules(_part(document, "datacard_tags"), info)
    for key, allowed, is_right in _FORMS:
        yield from _checked(("other_info", key), info.get(key), allowed, is_right)
    if isinstance(authors := info.get("authors"), list):
        for index, author in enumerate(authors):
            steps = ("other_info", "authors", index)
            orcid = author.get("orcid") if isinstance(author, dict) else None
            yield from _checked((*steps, "orcid"), orcid, *_ORCID)
            yield from _blank_texts(steps, author)
    for key in ("version", "contact", "funding", "related", "license_name"):
        yield from _blank_texts(("other_info", key), info.get(key))
    yield from _citation_rules(info.get("citation"))


def _license_rules(tags: Mapping[str, Any], info: Mapping[str, Any]) -> Iterator[_Found]:
    license_ = tags.get("license")
    for key in _OWN_LICENSE:
        if license_ == OTHER_LICENSE and key not in info:
            yield ("other_info", key), f'missing; the license "{OTHER_LICENSE}" needs it'
    if "license_name" in info and license_ != OTHER_LICENSE:
        found = "none" if license_ is None else describe(license_)
        message = f'it goes with the license "{OTHER_LICENSE}"; found {found}'
        yield ("other_info", "license_name"), message


def _citation_rules(citation: Any) -> Iterator[_Found]:
    if not isinstance(citation, str) or not citation:
        return
    language = citation_language(citation)
    if language is None:
        message = "allowed: BibTeX, such as @misc{...}, or the text of a CITATION.cff"
        yield ("other_info", "citation"), f"found {quoted(citation)}; {message}"
    elif language == "bibtex" and not has_matching_braces(citation):
        yield ("other_info", "citation"), "its braces { } do not match"


def _is_link(text: str) -> bool:
    return " " not in text and is_web_address(text)


_ADDRESS = ("a web address, such as https://example.org/data", _is_link)
_ORCID = ("an ORCID iD with a valid check digit, such as 0000-0002-1825-0097", read_orcid)
_FORMS: tuple[tuple[str, str, Callable[[str], object]], ...] = (
    ("doi", "a DOI, such as 10.5281/zenodo.1234", read_doi),
    ("homepage", *_ADDRESS),
    ("license_link", *_ADDRESS),
)


def _checked(
    steps: Steps, value: Any, allowed: str, is_right: Callable[[str], object]
) -> Iterator[_Found]:
    if isinstance(value, str) and not is_right(value):
        yield steps, f"found {quoted(value)}; allowed: {allowed}"


def _blank_texts(steps: Steps, value: Any) -> Iterator[_Found]:
    """Yield each text of a value, or of the parts of a list or an object, that shows nothing."""
    parts = value.items() if isinstance(value, dict) else ()
    for inner, text in enumerate(value) if isinstance(value, list) else parts:
        if isinstance(text, str) and not one_line(text):
            yield (*steps, inner), "is empty"
    if isinstance(value, str) and not one_line(value):
        yield steps, "is empty"


def _part(document: Any, key: str) -> Mapping[str, Any]:
    part = document.get(key) if isinstance(document, dict) else None
    return part if isinstance(part, dict) else {}
