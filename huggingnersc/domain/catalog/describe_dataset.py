"""What a dataset to catalog is, described for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from huggingnersc.domain.catalog.details import read_details
from huggingnersc.domain.catalog.hub_tags import hub_tags
from huggingnersc.domain.catalog.remote import VERSION_FOLDER
from huggingnersc.domain.loading.described_dataset import Creator, DescribedDataset
from huggingnersc.domain.metadata.identifiers import doi_link, read_doi
from huggingnersc.domain.metadata.spdx import spdx_address
from huggingnersc.domain.site import is_web_address
from huggingnersc.domain.text.markdown import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from huggingnersc.domain.catalog.dataset_spec import DatasetSpec
    from huggingnersc.domain.site import Site

_KEYWORD_KEYS = ("tags", "task_categories")
_ISO_DAY_CHARS = 10


def described(spec: DatasetSpec, site: Site) -> DescribedDataset:
    """Return what is known of a dataset and its latest version, retired or not."""
    tags, info = hub_tags(spec.metadata), spec.metadata["other_info"]
    versions, address = spec.history.versions, site.public_url(spec.nickname)
    latest = spec.history.latest
    at_tag = f"{address}/resolve/{quote(latest.name)}/" if latest and address else ""
    return DescribedDataset(
        name=spec.official_name,
        description=spec.about.strip() or f"{spec.official_name}.",
        address=address,
        portal_link=spec.portal_link,
        publisher=site.profile.title,
        licenses=tuple(_licenses(tags, info)),
        creators=tuple(_creators(spec.metadata)),
        citation=read_details(spec.metadata).citation or "",
        keywords=tuple(dict.fromkeys(one for key in _KEYWORD_KEYS for one in _texts(tags, key))),
        languages=tuple(_texts(tags, "language")),
        same_as=tuple(_same_as(info)),
        version=latest.name if latest else "",
        published=versions[0].created_at[:_ISO_DAY_CHARS] if versions else "",
        modified=latest.created_at[:_ISO_DAY_CHARS] if latest else "",
        manifest=f"{at_tag}{VERSION_FOLDER}manifest.tsv" if latest else "",
    )


def _licenses(tags: Mapping[str, Any], info: Mapping[str, Any]) -> Iterator[str]:
    """Yield the address of each license, or its name where none is known."""
    link = info.get("license_link")
    for license_ in _texts(tags, "license"):
        if known := spdx_address(license_):
            yield known
        elif isinstance(link, str) and is_web_address(link):
            yield link
        elif license_ != "unknown":
            name = info.get("license_name")
            yield name if isinstance(name, str) and one_line(name) else license_


def _creators(metadata: Mapping[str, Any]) -> Iterator[Creator]:
    for author in read_details(metadata).authors:
        address = author.orcid_label.url if author.orcid_label else None
        yield Creator(author.name, address or "", author.affiliation or "")


def _same_as(info: Mapping[str, Any]) -> Iterator[str]:
    doi, homepage = info.get("doi"), info.get("homepage")
    if isinstance(doi, str) and (found := read_doi(one_line(doi))):
        yield doi_link(found)
    if isinstance(homepage, str) and is_web_address(homepage) and " " not in homepage:
        yield homepage


def _texts(values: Mapping[str, Any], key: str) -> list[str]:
    found = values.get(key)
    listed = found if isinstance(found, list) else [found]
    return [text for text in listed if isinstance(text, str) and one_line(text)]
