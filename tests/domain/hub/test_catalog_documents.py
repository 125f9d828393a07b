from __future__ import annotations

import json
from xml.etree import ElementTree

from huggingnersc.domain.hub.catalog_documents import (
    SearchEntry,
    catalog_json_ld,
    robots,
    search_index,
    sitemap,
)
from huggingnersc.domain.loading.described_dataset import Creator, DescribedDataset

PAGE = "https://a.b/datasets/NERSC/iris/"
IRIS = DescribedDataset(
    name="Iris </script> é",
    description="Flowers",
    address="https://huggingface.co/datasets/NERSC/iris",
    portal_link="https://portal.nersc.gov/iris",
    publisher="NERSC",
    licenses=("https://spdx.org/licenses/MIT", "ours"),
    creators=(Creator("R. A. Fisher"),),
    same_as=("https://doi.org/10.1/x",),
    version="v1",
    published="2026-11-22",
)


def test_a_catalog_names_its_datasets_and_where_their_data_is() -> None:
    catalog = json.loads(catalog_json_ld("NERSC", "https://a.b", [(IRIS, PAGE)]))
    assert (catalog["@id"], catalog["@type"]) == ("https://a.b", "dcat:Catalog")
    (dataset,) = catalog["dcat:dataset"]
    assert dataset["dct:title"] == IRIS.name
    assert dataset["dct:identifier"] == "https://doi.org/10.1/x"
    assert dataset["dcat:landingPage"] == {"@id": PAGE}
    assert dataset["dct:issued"] == {"@value": "2026-11-22", "@type": "xsd:date"}
    assert dataset["dct:creator"][0]["foaf:name"] == "R. A. Fisher"
    assert dataset["dcat:distribution"] == {
        "@type": "dcat:Distribution",
        "dcat:accessURL": {"@id": IRIS.portal_link},
        "dct:license": [{"@id": "https://spdx.org/licenses/MIT"}, "ours"],
    }


def test_what_is_not_known_has_no_key() -> None:
    bare = DescribedDataset(
        name="a", description="b", address="c", portal_link="file:///data", publisher="d"
    )
    catalog = json.loads(catalog_json_ld("NERSC", "", [(bare, PAGE)]))
    assert "@id" not in catalog
    assert catalog["dcat:dataset"][0].keys() == {
        "@id", "@type", "dct:title", "dct:description", "dct:identifier", "dcat:landingPage",
        "dct:publisher",
    }  # fmt: skip


def test_a_sitemap_is_xml_whatever_an_address_holds() -> None:
    addresses = ["https://a.b/", "https://a.b/x?y=1&z=<2>"]
    root = ElementTree.fromstring(sitemap(addresses))  # noqa: S314 - our own
    assert [one.text for one in root.iter() if one.tag.endswith("loc")] == addresses


def test_robots_name_the_sitemap_where_there_is_one() -> None:
    assert robots("") == b"User-agent: *\nAllow: /\n"
    assert robots("https://a.b").endswith(b"Sitemap: https://a.b/sitemap.xml\n")


def test_the_index_has_what_the_script_reads() -> None:
    entry = SearchEntry("NERSC/iris/", "Iris", "NERSC/iris", "Flowers.", "iris flowers")
    (row,) = json.loads(search_index([entry]))
    assert set(row) == {"href", "title", "name", "summary", "words"}
