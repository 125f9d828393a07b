"""What machines read of a static site: a DCAT catalog, an index to search, a sitemap."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from huggingnersc.domain.site import is_web_address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from huggingnersc.domain.loading.described_dataset import DescribedDataset

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """A dataset in the index to search.

    Attributes:
        href: its page, from that of the list.
        title: what people read.
        name: `NERSC/iris`.
        summary: a sentence.
        words: what a search looks in, case folded.
    """

    href: str
    title: str
    name: str
    summary: str
    words: str


def search_index(entries: Iterable[SearchEntry]) -> bytes:
    """Write the index that the script of the list reads."""
    rows = [
        {
            "href": one.href,
            "title": one.title,
            "name": one.name,
            "summary": one.summary,
            "words": one.words,
        }
        for one in entries
    ]
    return _json(rows)


def catalog_json_ld(
    title: str, address: str, datasets: Iterable[tuple[DescribedDataset, str]]
) -> bytes:
    """Write a catalog as DCAT-AP has it.

    Args:
        title: of the site.
        address: of the static site; empty where it is not known.
        datasets: each with the address of its page.
    """
    publisher = {"@type": "foaf:Organization", "foaf:name": title}
    catalog: dict[str, Any] = {
        "@context": _CONTEXT,
        **({"@id": address} if address else {}),
        "@type": "dcat:Catalog",
        "dct:title": f"Datasets of {title}",
        "dct:description": f"The datasets that {title} has cataloged.",
        "dct:publisher": publisher,
        "dcat:dataset": [_dataset(one, page, publisher) for one, page in datasets],
    }
    return _json(catalog)


def _dataset(one: DescribedDataset, page: str, publisher: dict[str, str]) -> dict[str, Any]:
    licenses = [{"@id": text} if is_web_address(text) else text for text in one.licenses]
    values: dict[str, Any] = {
        "@id": page,
        "@type": "dcat:Dataset",
        "dct:title": one.name,
        "dct:description": one.description,
        "dct:identifier": one.same_as[0] if one.same_as else page,
        "dcat:landingPage": {"@id": page} if page else None,
        "dct:publisher": publisher,
        "dct:creator": [
            {"@type": "foaf:Person", "foaf:name": creator.name} for creator in one.creators
        ],
        "dcat:keyword": list(one.keywords),
        "dct:language": list(one.languages),
        "dcat:version": one.version,
        "dct:issued": _day(one.published),
        "dct:modified": _day(one.modified),
        "dcat:distribution": _distribution(one, licenses),
    }
    return {key: value for key, value in values.items() if value}


def _distribution(one: DescribedDataset, licenses: list[Any]) -> dict[str, Any] | None:
    if not is_web_address(one.portal_link):
        return None
    found: dict[str, Any] = {
        "@type": "dcat:Distribution",
        "dcat:accessURL": {"@id": one.portal_link},
    }
    return found | ({"dct:license": licenses} if licenses else {})


def _day(text: str) -> dict[str, str] | None:
    return {"@value": text, "@type": "xsd:date"} if text else None


def sitemap(addresses: Iterable[str]) -> bytes:
    """Write a `sitemap.xml` of absolute addresses."""
    lines = (f"<url><loc>{escape(address)}</loc></url>" for address in addresses)
    body = "\n".join(lines)
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{head}\n<urlset xmlns="{_SITEMAP}">\n{body}\n</urlset>\n'.encode()


def robots(base_url: str) -> bytes:
    """Write a `robots.txt`, which names the map where there is one."""
    named = f"Sitemap: {base_url}/sitemap.xml\n" if base_url else ""
    return f"User-agent: *\nAllow: /\n{named}".encode()


def _json(value: Any) -> bytes:
    text = json.dumps(value, indent=1, ensure_ascii=False) + "\n"
    return text.encode("utf-8", "backslashreplace")
