"""The rules of the wide schema that JSON Schema cannot say."""

from __future__ import annotations

from typing import Any

import pytest

from huggingnersc.api.schema import read_named_schema
from huggingnersc.domain.metadata.identifiers import citation_language, read_doi, read_orcid
from huggingnersc.domain.metadata.wide_rules import broken_rules
from huggingnersc.domain.site import SchemaName
from tests.builders import make_metadata

WIDE = read_named_schema(SchemaName.WIDE)
WRONG_ORCID = "0000-0002-1825-0098"
GOOD = {
    "authors": [{"name": "Ann Smith", "orcid": "https://orcid.org/0000-0002-1825-0097"}],
    "doi": "doi:10.5281/zenodo.1234",
    "citation": "% how to cite\n@misc{iris, title = {Iris \\{1936\\}}}",
    "version": "1.2",
    "funding": ["DOE"],
    "homepage": "https://example.org/iris",
    "license_link": "https://example.org/license",
    "contact": "ann@example.org",
    "related": ["https://huggingface.co/datasets/x/y"],
}


def paths(tags: dict[str, Any], info: dict[str, Any]) -> list[str]:
    document = make_metadata(**tags, other_info=info)
    found = WIDE.problems(document, name="m.json")
    return [problem.where.removeprefix("m.json: $.") for problem in found]


def test_everything_right_has_no_problem() -> None:
    assert paths({}, GOOD) == []


@pytest.mark.parametrize(
    ("info", "path"),
    [
        ({"doi": "zenodo 1234"}, "other_info.doi"),
        ({"homepage": "example.org"}, "other_info.homepage"),
        ({"homepage": "javascript:alert(1)"}, "other_info.homepage"),
        ({"license_link": "LICENSE"}, "other_info.license_link"),
        (
            {"authors": [{"name": "A", "orcid": "0000-0002-1825-0098"}]},
            "other_info.authors[0].orcid",
        ),
        ({"authors": [{"name": " "}]}, "other_info.authors[0].name"),
        (
            {"authors": [{"name": "A"}, {"affiliation": "X"}]},
            "other_info.authors[1].name",
        ),
        ({"authors": ["Ann"]}, "other_info.authors[0]"),
        ({"citation": "Smith et al."}, "other_info.citation"),
        ({"citation": "@misc{iris, title = {Iris}"}, "other_info.citation"),
        ({"citation": "@misc{a}} {"}, "other_info.citation"),
        ({"contact": "\u2028"}, "other_info.contact"),
        ({"funding": ["DOE", "\t"]}, "other_info.funding[1]"),
        ({"funding": "DOE"}, "other_info.funding"),
        ({"license_name": "mine"}, "other_info.license_name"),
    ],
)
def test_a_broken_rule_is_one_problem_at_its_place(info: dict[str, Any], path: str) -> None:
    assert paths({}, info) == [path]


def test_another_license_needs_its_name_and_its_text() -> None:
    needed = ["other_info.license_link", "other_info.license_name"]
    assert paths({"license": "other"}, {}) == needed
    both = {"license_name": "my-license-1.0", "license_link": "https://example.org/l"}
    assert paths({"license": "other"}, both) == []


@pytest.mark.parametrize("document", [None, 1, [], {}, {"other_info": 3, "datacard_tags": "x"}])
def test_what_is_no_metadata_breaks_no_rule(document: Any) -> None:
    assert list(broken_rules(document)) == []


@pytest.mark.parametrize(
    "odd", [None, 3, {}, [], [[]], [None], "x", {"name": {}}, [{"orcid": 3, "name": []}]]
)
def test_any_value_at_any_key_is_a_problem_or_none(odd: Any) -> None:
    for key in (*GOOD, "license_name", "papers"):
        WIDE.problems(make_metadata(license=odd, other_info={key: odd}), name="m.json")


@pytest.mark.parametrize(
    ("text", "orcid"),
    [
        ("0000-0002-1825-0097", "0000-0002-1825-0097"),
        ("0000-0001-5109-3700", "0000-0001-5109-3700"),
        ("0000-0002-1694-233X", "0000-0002-1694-233X"),  # the check digit 10
        ("https://orcid.org/0000-0002-1694-233X/", "0000-0002-1694-233X"),
        ("0000-0002-1694-2330", None),
        ("0000000218250097", None),
        ("0000-0002-1825-009x", None),
        ("\u0660000-0002-1825-0097", None),  # a digit of another script
    ],
)
def test_an_orcid_is_read_by_its_form_and_its_check_digit(text: str, orcid: str | None) -> None:
    assert read_orcid(text) == orcid


def test_a_doi_is_read_in_every_form() -> None:
    for form in ("10.1/x", "doi: 10.1000/x", "https://doi.org/10.1000/x", "10.1000/x", "x"):
        assert read_doi(form) == ("10.1000/x" if "10.1000" in form else None)


def test_a_citation_is_bibtex_or_a_citation_file() -> None:
    assert citation_language("@article{x, y = {z}}") == "bibtex"
    assert citation_language("cff-version: 1.2.0\nmessage: cite\n") == "yaml"
    assert citation_language("message: x\ncff-version: 1.2.0\n") == "yaml"
    assert citation_language("see cff-version: 1.2.0") is None


@pytest.mark.parametrize(
    ("word", "code"), [("English", "en"), ("EN", "en"), ("en-US", "en"), ("deutsch", None)]
)
def test_a_wrong_language_names_its_code(word: str, code: str | None) -> None:
    (problem,) = WIDE.problems(make_metadata(language=[word]), name="m.json")
    assert (f'nearest: "{code}"' in str(problem.message)) == (code is not None)


@pytest.mark.attack("site and schema files")
def test_very_many_wrong_languages_end_soon() -> None:
    document = make_metadata(language=[f"q{number}" for number in range(1_200)])
    assert len(WIDE.problems(document, name="m.json")) == 1_001
    assert len(WIDE.problems(make_metadata(language=list(range(1_200))), name="m")) == 1_001
