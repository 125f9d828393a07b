from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.domain.metadata.card_requirements import (
    document_problems,
    meets_card_requirements,
)
from huggingnersc.domain.metadata.schema import MetadataSchema
from tests.builders import make_metadata

if TYPE_CHECKING:
    from huggingnersc.problems import Problem
    from tests.conftest import Golden

ANYTHING = MetadataSchema({"type": "object"})
INCOMPLETE: list[tuple[dict[str, Any], list[str]]] = [
    ({"nickname": "x"}, ["$.datacard_tags", "$.other_info"]),
    ({"datacard_tags": ["a"], "other_info": {}}, ["$.datacard_tags"]),
    (
        make_metadata(pretty_name=7, size_categories=None),
        ["$.datacard_tags.pretty_name", "$.datacard_tags.size_categories"],
    ),
    (make_metadata(other_info={"papers": "one"}), ["$.other_info.papers"]),
    (make_metadata(other_info={"papers": ["one", {}]}), ["$.other_info.papers[1]"]),
]


def problems(document: dict[str, Any], schema: MetadataSchema = ANYTHING) -> tuple[Problem, ...]:
    return document_problems(document, schema, name="m.json")


def test_metadata_with_all_parts_meets_the_requirements() -> None:
    assert problems(make_metadata()) == ()
    assert problems(make_metadata(other_info={"papers": ["arXiv:2202.03772"], "mine": 1})) == ()
    assert meets_card_requirements(make_metadata())


@pytest.mark.parametrize(("document", "paths"), INCOMPLETE)
def test_what_a_card_needs_is_reported_with_its_path(
    document: dict[str, Any], paths: list[str]
) -> None:
    assert [problem.where for problem in problems(document)] == [f"m.json: {p}" for p in paths]
    assert not meets_card_requirements(document)


def test_what_the_schema_found_is_not_reported_twice() -> None:
    schema = MetadataSchema({"required": ["datacard_tags"]})
    by_schema, by_card = problems({}, schema)
    assert by_schema in schema.problems({}, name="m.json")
    assert by_card.where == "m.json: $.other_info"


def test_every_message_reads_like_this(golden: Golden) -> None:
    lines = [f"{problem}\n" for document, _ in INCOMPLETE for problem in problems(document)]
    golden("messages/card_requirements.txt", "".join(lines))
