from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from huggingnersc.cli.prompts import answer
from huggingnersc.domain.draft.answers import Answers, Question, open_questions, with_proposals
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from huggingnersc.cli.prompts import Ask

SCHEMA = json.loads((ROOT / "metadata_schema.json").read_text(encoding="utf-8"))


def questions(**changes: Any) -> tuple[Question, ...]:
    known: dict[str, Any] = {
        "official_name": "Iris",
        "nickname": "iris",
        "size_category": "n<1K",
        "lower_bound": "n<1K",
    }
    return open_questions(Answers(), SCHEMA, **(known | changes))


def answer_all(asked: Iterable[Question], ask: Ask) -> Answers:
    answers = Answers()
    for question in asked:
        answers = answer(answers, question, ask)
    return answers


def replies(**words: str | list[str]) -> tuple[Ask, list[str]]:
    """Return a prompt that answers by field, in turn, and the list of complaints it was shown."""
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


def test_lower_bound_of_the_size_is_proposed_to_people_only() -> None:
    ask, _ = replies()
    asked = questions(size_category=None, lower_bound="1K<n<10K")
    answers = answer_all(asked, ask)
    assert answers.size_category == "1K<n<10K"
    _, missing = with_proposals(Answers(), asked)
    assert [question.about for question in missing] == ["size_category"]


def test_typed_answers_are_taken_and_several_are_cut_at_commas() -> None:
    ask, complaints = replies(
        official_name="Fisher's", license="cc", tags="biology, chemistry,,biology"
    )
    answers = answer_all(questions(), ask)
    assert answers.official_name == "Fisher's"
    assert (answers.license, answers.tags, complaints) == ("cc", ("biology", "chemistry"), [])


def test_wrong_answer_is_asked_again_with_the_nearest_value() -> None:
    ask, complaints = replies(license=["bsd3-clause", "bsd-3-clause"], nickname=["a b", "ab"])
    answers = answer_all(questions(), ask)
    assert (answers.license, answers.nickname) == ("bsd-3-clause", "ab")
    assert any('"bsd-3-clause"' in complaint for complaint in complaints)
    assert any('"a b"' in complaint for complaint in complaints)
    assert len(complaints) == 2


def test_paper_that_is_not_a_link_is_asked_again() -> None:
    ask, complaints = replies(papers=["arXiv:2101.00001, hello", "arXiv:2101.00001"])
    answers = answer_all(questions(), ask)
    assert answers.papers == ("arXiv:2101.00001",)
    (complaint,) = complaints
    assert '"hello"' in complaint


def test_required_answer_is_asked_until_it_is_given() -> None:
    ask, complaints = replies(official_name=["", " ", "Iris"])
    answers = answer_all(questions(official_name=None), ask)
    assert (answers.official_name, len(complaints)) == ("Iris", 2)
