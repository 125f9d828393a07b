"""What `other_info` says of a dataset beside its papers, as a card shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.catalog.papers import Paper, read_paper
from huggingnersc.domain.metadata.identifiers import (
    citation_language,
    doi_link,
    orcid_link,
    read_doi,
    read_orcid,
)
from huggingnersc.domain.site import is_web_address
from huggingnersc.domain.text.markdown import one_line
from huggingnersc.domain.text.outline import outline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from huggingnersc.domain.text.outline import OutlineLine

_SHOWN_ELSEWHERE = ("nickname", "papers")
_CONTACT = "Contact"
_AUTHOR_KEYS = {"name", "orcid", "affiliation"}


@dataclass(frozen=True, slots=True)
class Author:
    """A person of a dataset; the ORCID iD and the affiliation are None where not stated."""

    name: str
    orcid_label: Paper | None
    affiliation: str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the card: its label and its values, each a text with or without an address."""

    label: str
    values: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class Details:
    """What a card shows of `other_info`, in its order.

    Attributes:
        facts: version, DOI, homepage, license.
        authors: in the order of a citation.
        credits: contact, funding, related.
        citation: the text to cite; None where there is none.
        citation_language: of that text, `bibtex` or `yaml`; empty where it is neither.
        more: every other key, and those whose values have another form.
    """

    facts: tuple[Fact, ...] = ()
    authors: tuple[Author, ...] = ()
    credits: tuple[Fact, ...] = ()
    citation: str | None = None
    citation_language: str = ""
    more: tuple[OutlineLine, ...] = ()

    @property
    def has_contact(self) -> bool:
        """Whether the card names someone to ask."""
        return any(one.label == _CONTACT for one in self.credits)


def read_details(metadata: Mapping[str, Any]) -> Details:
    """Read `other_info` by the keys of the wide schema, whatever schema a site has."""
    info = dict(metadata["other_info"])
    for key in _SHOWN_ELSEWHERE:
        info.pop(key, None)
    facts = tuple(_facts(info, metadata["datacard_tags"].get("license")))
    authors, more_authors = _authors(info.pop("authors", None))
    credits_ = tuple(_credits(info))
    citation = _text(info, "citation", keep_lines=True)
    more = {**more_authors, **info}
    return Details(
        facts=facts,
        authors=authors,
        credits=credits_,
        citation=citation,
        citation_language=citation_language(citation or "") or "",
        more=tuple(outline(more)),
    )


def _facts(info: dict[str, Any], license_: Any) -> Iterator[Fact]:
    if version := _text(info, "version"):
        yield Fact("Version", (Paper(version, None),))
    if doi := _text(info, "doi"):
        found = read_doi(doi)
        yield Fact("DOI", (Paper(found or doi, doi_link(found) if found else None),))
    if homepage := _text(info, "homepage"):
        yield Fact("Homepage", (_linked(homepage, homepage),))
    name, link = _text(info, "license_name"), _text(info, "license_link")
    if name or link:
        label = name or (license_ if isinstance(license_, str) else link) or ""
        yield Fact("License", (_linked(label, link or ""),))


def _credits(info: dict[str, Any]) -> Iterator[Fact]:
    if contact := _text(info, "contact"):
        yield Fact(_CONTACT, (_linked(contact, contact),))
    if funding := _texts(info, "funding"):
        yield Fact("Funding", tuple(Paper(one_line(text), None) for text in funding))
    if related := _texts(info, "related"):
        yield Fact("Related", tuple(read_paper(text) for text in related))


def _linked(label: str, address: str) -> Paper:
    is_link = " " not in address and is_web_address(address)
    return Paper(label, address if is_link else None)


def _authors(value: Any) -> tuple[tuple[Author, ...], dict[str, Any]]:
    """Return the authors, and the value under its key where it has another form."""
    if value is None:
        return (), {}
    if isinstance(value, list) and value and all(map(_is_author, value)):
        return tuple(map(_author, value)), {}
    return (), {"authors": value}


def _is_author(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and "name" in value
        and value.keys() <= _AUTHOR_KEYS
        and all(isinstance(text, str) for text in value.values())
        and bool(one_line(value["name"]))
    )


def _author(value: Mapping[str, str]) -> Author:
    stated = one_line(value.get("orcid", ""))
    orcid = read_orcid(stated)
    label = Paper(f"ORCID {orcid or stated}", orcid_link(orcid) if orcid else None)
    affiliation = one_line(value.get("affiliation", ""))
    return Author(
        name=one_line(value["name"]),
        orcid_label=label if stated else None,
        affiliation=affiliation or None,
    )


def _text(info: dict[str, Any], key: str, *, keep_lines: bool = False) -> str | None:
    """Take a text out of `info`; None where it is none, which stays there."""
    if not isinstance(info.get(key), str) or not one_line(info[key]):
        return None
    text: str = info.pop(key)
    return text if keep_lines else one_line(text)


def _texts(info: dict[str, Any], key: str) -> list[str]:
    """Take a list of texts out of `info`; nothing where it is none, which stays there."""
    value = info.get(key)
    are_texts = isinstance(value, list) and all(
        isinstance(text, str) and one_line(text) for text in value
    )
    return info.pop(key) if value and are_texts else []
