"""The description of a dataset for people and search engines, whatever form it is written in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA_ORG = "https://schema.org/"


@dataclass(frozen=True, slots=True)
class Creator:
    """A person who made a dataset.

    Attributes:
        name: of the person.
        address: of the person's ORCID record; empty where it is not known.
        affiliation: an organization; empty where it is not known.
    """

    name: str
    address: str = ""
    affiliation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedDataset:
    """A dataset as its catalog describes it; what is not known is empty.

    Attributes:
        name: the title people read.
        description: Markdown.
        address: of its page; empty where no other machine reaches that.
        portal_link: the address of its data.
        publisher: who catalogs it.
        licenses: addresses where they are known, else names.
        creators: in the order of a citation.
        citation: the text to cite.
        keywords: words to find it by.
        languages: of its texts.
        same_as: addresses that name it too, a DOI first.
        version: of the data, such as `v1.2.0`.
        published: the day of its first version, as `2026-11-22`.
        modified: the day of its latest version.
        manifest: the address of the list of its files, or its path in the repository.
    """

    name: str
    description: str
    address: str
    portal_link: str
    publisher: str
    licenses: tuple[str, ...] = ()
    creators: tuple[Creator, ...] = ()
    citation: str = ""
    keywords: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    same_as: tuple[str, ...] = ()
    version: str = ""
    published: str = ""
    modified: str = ""
    manifest: str = ""


def schema_org(dataset: DescribedDataset) -> dict[str, Any]:
    """Return the values of schema.org's `Dataset`, without its context and its files."""
    return {key: value for key, value in _values(dataset) if value}


def _values(dataset: DescribedDataset) -> Iterator[tuple[str, Any]]:
    yield "name", dataset.name
    yield "description", dataset.description
    yield "url", dataset.address or dataset.portal_link
    yield "license", _one_or_all(dataset.licenses)
    yield "creator", _one_or_all(tuple(map(_person, dataset.creators)))
    yield "publisher", {"@type": "sc:Organization", "name": dataset.publisher}
    yield "keywords", list(dataset.keywords)
    yield "inLanguage", _one_or_all(dataset.languages)
    yield "sameAs", _one_or_all(dataset.same_as)
    yield "version", dataset.version
    yield "datePublished", dataset.published
    yield "dateModified", dataset.modified


def _person(creator: Creator) -> dict[str, Any]:
    person: dict[str, Any] = {"@type": "sc:Person", "name": creator.name}
    if creator.address:
        person |= {"url": creator.address, "sameAs": creator.address}
    if creator.affiliation:
        person["affiliation"] = {"@type": "sc:Organization", "name": creator.affiliation}
    return person


def _one_or_all(values: tuple[Any, ...]) -> Any:
    return values[0] if len(values) == 1 else list(values)
