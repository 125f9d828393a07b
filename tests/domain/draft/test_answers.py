from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.domain.draft.answers import Answers, Question, answered, open_questions
from huggingnersc.domain.draft.metadata_document import make_document
from huggingnersc.domain.metadata.schema import MetadataSchema
from tests.conftest import ROOT

if TYPE_CHECKING:
    from huggingnersc.domain.draft.answers import Ask

SCHEMA = json.loads((ROOT / "metadata_schema.json").read_text(encoding="utf-8"))


def questions(answers: Answers | None = None, **changes: Any) -> tuple[Question, ...]:
    known: dict[str, Any] = {
        "official_name": "Iris",
        "nickname": "iris",
        "size_category": "n<1K",
        "lower_bound": "n<1K",
    }
    return open_questions(answers or Answers(), SCHEMA, **(known | changes))


def replies(**words: str | list[str]) -> tuple[Ask, list[str]]:
    """Answers by field, in turn where there are several, and what was complained of."""
    complaints = []
    left = {
        about: [word] if isinstance(word, str) else list(word) for about, word in words.items()
    }

    def ask(question: Question, complaint: str | None) -> str:
        if complaint:
            complaints.append(complaint)
        waiting = left.get(question.about, [""])
        return waiting.pop(0) if waiting else ""

    return ask, complaints


def test_what_was_said_and_what_was_counted_is_not_asked() -> None:
    said = Answers(official_name="Iris", license="mit", tasks=("tabular-regression",))
    assert [question.flag for question in questions(said)] == [
        "--nickname",
        "--language",
        "--tag",
        "--paper",
    ]


def test_without_anybody_to_ask_the_proposals_are_taken() -> None:
    answers, missing = answered(Answers(), questions(), None)
    assert (answers.official_name, answers.nickname, missing) == ("Iris", "iris", ())
    assert (answers.license, answers.tasks) == (None, ())


def test_everything_needed_and_unknown_is_missing_at_once() -> None:
    asked = questions(official_name=None, nickname=None, size_category=None, lower_bound="n<1K")
    _, missing = answered(Answers(), asked, None)
    assert [q.flag for q in missing] == ["--official-name", "--nickname", "--size-category"]


def test_lower_bound_of_the_size_is_proposed_to_people_only() -> None:
    ask, _ = replies()
    answers, missing = answered(
        Answers(), questions(size_category=None, lower_bound="1K<n<10K"), ask
    )
    assert (answers.size_category, missing) == ("1K<n<10K", ())


def test_answers_on_a_terminal_are_taken_and_several_are_cut_at_commas() -> None:
    ask, complaints = replies(
        official_name="Fisher's", license="cc", tags="biology, chemistry,,biology"
    )
    answers, _ = answered(Answers(), questions(), ask)
    assert answers.official_name == "Fisher's"
    assert (answers.license, answers.tags, complaints) == ("cc", ("biology", "chemistry"), [])


def test_wrong_answer_is_asked_again_with_the_nearest_value() -> None:
    ask, complaints = replies(license=["bsd3-clause", "bsd-3-clause"], nickname=["a b", "ab"])
    answers, _ = answered(Answers(), questions(), ask)
    assert (answers.license, answers.nickname) == ("bsd-3-clause", "ab")
    assert any('did you mean "bsd-3-clause"?' in complaint for complaint in complaints)
    assert any('"a b" may contain only ASCII' in complaint for complaint in complaints)


def test_paper_that_leads_nowhere_is_asked_again() -> None:
    ask, complaints = replies(papers=["arXiv:2101.00001, hello", "arXiv:2101.00001"])
    answers, _ = answered(Answers(), questions(), ask)
    assert answers.papers == ("arXiv:2101.00001",)
    assert complaints == ['"hello" is no arXiv link, DOI or web address.']


def test_needed_answer_is_asked_until_it_comes() -> None:
    ask, complaints = replies(official_name=["", " ", "Iris"])
    answers, _ = answered(Answers(), questions(official_name=None), ask)
    assert (answers.official_name, complaints) == ("Iris", ["An answer is needed."] * 2)


def test_schema_of_another_centre_decides_what_is_asked() -> None:
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


@pytest.mark.parametrize("kinds", [("csv",), ("hdf5", "netcdf"), ("unheard",)])
def test_document_of_complete_answers_is_valid(kinds: tuple[str, ...]) -> None:
    full = Answers(
        "Iris", "iris", "n<1K", "cc", ("tabular-classification",), ("en",), ("csv", "biology"),
        ("arXiv:2101.00001",),
    )  # fmt: skip
    document = make_document(full, kinds, SCHEMA)
    assert MetadataSchema(SCHEMA).problems(document, name="metadata.json") == ()
    assert "biology" in document["datacard_tags"]["tags"]
    assert "unheard" not in document["datacard_tags"]["tags"]


def test_document_leaves_out_what_is_not_known() -> None:
    document = make_document(Answers("Iris", "iris", "n<1K"), (), SCHEMA)
    assert document == {
        "datacard_tags": {"pretty_name": "Iris", "size_categories": "n<1K"},
        "other_info": {"nickname": "iris"},
    }
