"""What `other_info` says, as a card shows it."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given

from huggingnersc.domain.catalog.details import read_details
from huggingnersc.domain.catalog.version_history import VersionHistory
from huggingnersc.domain.loading.loading import Loading
from tests.builders import make_entry, make_metadata, make_version
from tests.conftest import ROOT
from tests.odd_entries import READER, body_of, file_of, plan_of
from tests.odd_texts import ODD, some

if TYPE_CHECKING:
    from tests.conftest import Golden

FULL: dict[str, Any] = {
    "nickname": "iris",
    "related": ["10.24432/C56C76", "a book"],
    "citation": "@misc{iris,\n  title = {```}\n}\n",
    "funding": ["DOE", "NSF 12"],
    "contact": "data@example.org",
    "authors": [
        {"name": "Ann Smith", "orcid": "0000-0002-1825-0097", "affiliation": "LBNL"},
        {"name": "Bob"},
    ],
    "license_link": "https://example.org/license",
    "license_name": "my-license-1.0",
    "homepage": "https://example.org",
    "doi": "https://doi.org/10.5281/zenodo.1404444",
    "version": "1.2",
    "papers": ["arXiv:2101.00001"],
}


def card(info: dict[str, Any], **tags: Any) -> str:
    return file_of(
        plan_of(make_entry(metadata=make_metadata(**tags, other_info=info))), "README.md"
    )


def test_the_card_of_everything_in_the_reference_is_the_expected_one(golden: Golden) -> None:
    page = (ROOT / "docs/metadata.md").read_text(encoding="utf-8")
    document = json.loads(page.split("```json")[2].partition("```")[0])
    document["other_info"]["instrument"] = {"ruler": "0.1 mm", "calipers": ["A", "B"]}
    spec = make_entry(metadata=document, about="Lengths of petals and sepals.\n", schema="wide")
    golden("catalog/wide/README.md", file_of(plan_of(spec), "README.md"))


@pytest.mark.parametrize(
    ("info", "asked"),
    [
        ({"contact": "data@example.org"}, "Ask the contact on this card, or NERSC to see"),
        ({"contact": 3}, "Ask NERSC to see"),
        ({}, "Ask NERSC to see"),
    ],
)
def test_the_card_names_a_contact_only_where_it_has_one(info: dict[str, Any], asked: str) -> None:
    history = VersionHistory((make_version(),), "", Loading(no_sample="It is sensitive."))
    entry = make_entry(metadata=make_metadata(other_info=info), history=history)
    text = file_of(plan_of(entry), "README.md")
    assert f"It is sensitive. {asked} some of it." in text
    assert text.count("contact") == bool(info)


def test_everything_is_on_the_card_in_one_order() -> None:
    text = card(FULL, license="other")
    links = {
        "[10\\.5281/zenodo.1404444](https://doi.org/10.5281/zenodo.1404444)",
        "[my-license-1.0](https://example.org/license)",
        "[ORCID 0000-0002-1825-0097](https://orcid.org/0000-0002-1825-0097)",
        "[doi:10.24432/C56C76](https://doi.org/10.24432/C56C76)",
    }
    assert [link for link in links if link not in text] == []
    labels = ["Version", "DOI", "Homepage", "License", "Authors", "Contact", "Funding", "Related"]
    found = [text.index(f"- **{label}:**") for label in labels]
    headings = ["## Details", "## Papers", "## Citation"]
    assert found == sorted(found)
    assert [text.index(heading) for heading in headings] == sorted(map(text.index, headings))
    assert "````bibtex\n@misc{iris,\n  title = {```}\n}\n````" in text
    assert "## More" not in text


def test_the_order_of_the_keys_does_not_matter() -> None:
    turned = dict(reversed(FULL.items()))
    assert card(FULL, license="other") == card(turned, license="other")


def test_the_hub_gets_the_license_and_the_modalities_under_its_keys() -> None:
    text = card(FULL, license="other", tags=["csv"], modalities=["text", "time-series"])
    front = yaml.safe_load(text.partition("\n---\n")[0])
    assert front["license_name"] == "my-license-1.0"
    assert front["license_link"] == "https://example.org/license"
    assert front["tags"] == ["csv", "text", "timeseries"]
    assert "modalities" not in front
    keys = list(front)
    assert keys.index("license_name") == keys.index("license") + 1


def test_what_no_key_of_ours_names_is_below_more() -> None:
    text = card({"instrument": {"name": "STAR", "runs": [{"year": 2001}, {"year": 2002}]}})
    more = text.partition("## More\n\n")[2]
    assert more == (
        "- **instrument:**\n  - **name:** STAR\n  - **runs:**\n"
        "    - year: 2001\n    - year: 2002\n"
    )


@pytest.mark.parametrize(
    "info",
    [
        {"authors": "Ann"},
        {"authors": [{"name": "Ann", "role": "PI"}]},
        {"authors": [{"name": 3}]},
        {"doi": ["10.1000/x"]},
        {"version": 1.5},
        {"funding": {"agency": "DOE"}},
        {"related": [1]},
        {"citation": {"bibtex": "@x"}},
        {"license_link": None},
    ],
)
def test_a_value_of_another_form_is_shown_below_more(info: dict[str, Any]) -> None:
    (key,) = info
    assert read_details(make_metadata(other_info=info)).more[0].key == key
    assert "## More" in card(info)


def headings(text: str) -> list[str]:
    tokens = READER.parse(body_of(text))
    opened = (one for one in pairwise(tokens) if one[0].type == "heading_open")
    return [after.content for token, after in opened if token.tag == "h2"]


def html(text: str) -> list[str]:
    """Return the HTML and the images of a card, whose own markers are HTML comments."""
    tokens = READER.parse(body_of(text))
    parts = [*tokens, *(child for token in tokens for child in token.children or ())]
    return [one.content for one in parts if one.type in {"html_block", "html_inline", "image"}]


@pytest.mark.attack("terminal text")
@some
@given(text=ODD)
def test_no_text_leaves_its_place_on_the_card(text: str) -> None:
    values: dict[str, Any] = dict.fromkeys(FULL, text)
    values |= {"authors": [{"name": text, "affiliation": text, "orcid": text}]}
    values |= {key: [text] for key in ("funding", "related", "papers")}
    values |= {"odd": {text: text}, "deep": [{text: [text, {text: text}]}]}
    shown, plain = (card(info) for info in (values, FULL | {"odd": {"deep": [1]}}))
    assert set(headings(shown)) <= set(headings(plain))
    assert html(shown) == html(plain)
    assert not {token.type for token in READER.parse(body_of(shown))} & {"hr", "blockquote_open"}
