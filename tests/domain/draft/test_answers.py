from __future__ import annotations

import json
from typing import Any

import pytest

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.draft.answers import (
    Answers,
    Question,
    complaint_about,
    open_questions,
    with_proposals,
)
from huggingnersc.domain.draft.metadata_document import make_document
from huggingnersc.domain.metadata.schema import MetadataSchema
from tests.conftest import ROOT, Golden

SCHEMA = json.loads((ROOT / "metadata_schema.json").read_text(encoding="utf-8"))


def questions(answers: Answers | None = None, **changes: Any) -> tuple[Question, ...]:
    known: dict[str, Any] = {
        "official_name": "Iris",
        "nickname": "iris",
        "size_category": "n<1K",
        "lower_bound": "n<1K",
    }
    return open_questions(answers or Answers(), SCHEMA, **(known | changes))


def test_what_was_answered_or_counted_is_not_asked() -> None:
    known = Answers(official_name="Iris", license="mit", tasks=("tabular-regression",))
    assert [question.about for question in questions(known)] == [
        Field.NICKNAME,
        Field.LANGUAGES,
        Field.TAGS,
        Field.PAPERS,
    ]


def test_proposals_stand_in_for_answers() -> None:
    answers, missing = with_proposals(Answers(), questions())
    assert (answers.official_name, answers.nickname, missing) == ("Iris", "iris", ())
    assert (answers.license, answers.tasks) == (None, ())


def test_everything_needed_and_unknown_is_missing_at_once() -> None:
    asked = questions(official_name=None, nickname=None, size_category=None, lower_bound="n<1K")
    _, missing = with_proposals(Answers(), asked)
    assert [q.about for q in missing] == [
        Field.OFFICIAL_NAME,
        Field.NICKNAME,
        Field.SIZE_CATEGORY,
    ]


def test_schema_of_another_site_decides_what_is_asked() -> None:
    tags = {"pretty_name": {"type": "string"}, "size_categories": {"enum": ["few", "many"]}}
    schema = {"properties": {"datacard_tags": {"properties": tags}}}
    asked = open_questions(
        Answers(), schema, official_name="x", nickname="x", size_category=None, lower_bound="few"
    )
    assert [question.about for question in asked] == [
        "official_name",
        "nickname",
        "size_category",
        "papers",
    ]
    assert asked[2].choices == ("few", "many")


@pytest.mark.parametrize("file_types", [("csv",), ("hdf5", "netcdf"), ("unheard",)])
def test_document_of_complete_answers_is_valid(file_types: tuple[str, ...]) -> None:
    full = Answers(
        "Iris", "iris", "n<1K", "cc", ("tabular-classification",), ("en",), ("csv", "biology"),
        ("arXiv:2101.00001",),
    )  # fmt: skip
    document = make_document(full, file_types, SCHEMA)
    assert MetadataSchema(SCHEMA).problems(document, name="metadata.json") == ()
    assert "biology" in document["datacard_tags"]["tags"]
    assert "unheard" not in document["datacard_tags"]["tags"]


def test_document_leaves_out_what_is_not_known() -> None:
    document = make_document(Answers("Iris", "iris", "n<1K"), (), SCHEMA)
    assert document == {
        "datacard_tags": {"pretty_name": "Iris", "size_categories": "n<1K"},
        "other_info": {"nickname": "iris"},
    }


def test_every_complaint_reads_like_this(golden: Golden) -> None:
    by_field = {question.about: question for question in questions()}
    wrong: list[tuple[Field, str | tuple[str, ...]]] = [
        (Field.OFFICIAL_NAME, ""),
        (Field.OFFICIAL_NAME, "two\nlines"),
        (Field.NICKNAME, "a b"),
        (Field.LICENSE, "bsd3"),
        (Field.LICENSE, "?"),
        (Field.TAGS, ("biology", "biologi")),
        (Field.PAPERS, ("hello",)),
    ]
    complaints = [complaint_about(by_field[about], value) for about, value in wrong]
    golden("messages/questions.txt", "".join(f"{complaint}\n" for complaint in complaints))
