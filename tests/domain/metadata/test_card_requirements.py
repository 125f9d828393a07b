from __future__ import annotations

from typing import Any

import pytest

from huggingnersc.domain.metadata.card_requirements import document_problems, makes_card
from huggingnersc.domain.metadata.schema import MetadataSchema
from tests.builders import make_metadata

ANYTHING = MetadataSchema({"type": "object"})


def told(document: dict[str, Any], schema: MetadataSchema = ANYTHING) -> list[tuple[str, str]]:
    found = document_problems(document, schema, name="m.json")
    return [(problem.where.removeprefix("m.json: "), problem.message) for problem in found]


def test_metadata_with_all_parts_makes_a_card() -> None:
    assert told(make_metadata()) == []
    assert told(make_metadata(other_info={"papers": ["arXiv:2202.03772"], "mine": 1})) == []
    assert makes_card(make_metadata())


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        (
            {"nickname": "x"},
            [
                ("$.datacard_tags", "missing; the card needs an object here"),
                ("$.other_info", "missing; the card needs an object here"),
            ],
        ),
        (
            {"datacard_tags": ["a"], "other_info": {}},
            [("$.datacard_tags", "found an array of 1; the card needs an object here")],
        ),
        (
            make_metadata(pretty_name=7, size_categories=None),
            [
                ("$.datacard_tags.pretty_name", "found the number 7; the card needs text here"),
                ("$.datacard_tags.size_categories", "missing; the card needs text here"),
            ],
        ),
        (
            make_metadata(other_info={"papers": "one"}),
            [("$.other_info.papers", 'found "one"; the card needs an array here')],
        ),
        (
            make_metadata(other_info={"papers": ["one", {}]}),
            [("$.other_info.papers[1]", "found an object; the card needs text here")],
        ),
    ],
)
def test_what_a_card_needs_is_told_with_its_path(
    document: dict[str, Any], problems: list[tuple[str, str]]
) -> None:
    assert told(document) == problems
    assert not makes_card(document)


def test_what_the_schema_found_is_not_told_twice() -> None:
    schema = MetadataSchema({"required": ["datacard_tags"]})
    assert told({}, schema) == [
        ("$.datacard_tags", "missing; this key is required"),
        ("$.other_info", "missing; the card needs an object here"),
    ]
