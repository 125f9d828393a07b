"""What a steward answered about a dataset, and the open questions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.request_checks import (
    nickname_problems,
    paper_problems,
    title_problems,
)
from huggingnersc.domain.draft.allowed_values import allowed_values
from huggingnersc.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Answers:
    """What a steward answered about a dataset; None or empty where there is no answer."""

    official_name: str | None = None
    nickname: str | None = None
    size_category: str | None = None
    license: str | None = None
    tasks: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question that only a steward can answer.

    Attributes:
        about: the field of `Answers`.
        text: the question for people.
        proposal: what an empty answer means; None where there is nothing to propose.
        choices: the values allowed; empty where any text is.
        many: whether several may be given, separated by commas.
        required: whether there is no metadata without it.
    """

    about: Field
    text: str
    proposal: str | None = None
    choices: tuple[str, ...] = ()
    many: bool = False
    required: bool = False


def open_questions(
    answers: Answers,
    schema: Mapping[str, Any],
    *,
    official_name: str | None,
    nickname: str | None,
    size_category: str | None,
    lower_bound: str,
) -> tuple[Question, ...]:
    """Return the questions that are not answered yet, in the order to ask them.

    Args:
        answers: given so far.
        schema: the site's metadata schema, with the values allowed.
        official_name: the title proposed.
        nickname: the nickname proposed.
        size_category: by the count; None where the count is only a lower bound.
        lower_bound: the size category of that bound, proposed to people.
    """
    tags = allowed_values(schema)
    sizes = tags.get("size_categories", ())
    questions = (
        Question(Field.OFFICIAL_NAME, "Official name", official_name),
        Question(Field.NICKNAME, "Nickname, in paths and on the Hub", nickname),
        Question(Field.SIZE_CATEGORY, "Number of examples", lower_bound, sizes),
        Question(Field.LICENSE, "License", None, tags.get("license", ())),
        *(
            Question(about, text, None, tags[key], many=True)
            for about, text, key in (
                (Field.TASKS, "Tasks", "task_categories"),
                (Field.LANGUAGES, "Languages in the data", "language"),
                (Field.TAGS, "Domains and other tags", "tags"),
            )
            if key in tags
        ),
        Question(Field.PAPERS, "Papers (arXiv, DOI or web address)", many=True),
    )
    needed = {Field.OFFICIAL_NAME, Field.NICKNAME, Field.SIZE_CATEGORY}
    known = {Field.SIZE_CATEGORY} if size_category else set()
    if "license" not in tags:
        known.add(Field.LICENSE)
    return tuple(
        replace(question, required=question.about in needed)
        for question in questions
        if question.about not in known and getattr(answers, question.about) in (None, ())
    )


def with_answer(answers: Answers, question: Question, value: str | tuple[str, ...]) -> Answers:
    """Return the answers with that to one question; an empty value changes nothing."""
    change: dict[str, Any] = {question.about: value}
    return replace(answers, **change) if value else answers


def with_proposals(
    answers: Answers, questions: Sequence[Question]
) -> tuple[Answers, tuple[Question, ...]]:
    """Answer open questions with their proposals, except with a lower bound of the size.

    Returns:
        The answers, and the required questions that have none.
    """
    missing = []
    for question in questions:
        is_guess = question.about is Field.SIZE_CATEGORY
        value = "" if is_guess else read_value(question, question.proposal or "")
        if question.required and not value:
            missing.append(question)
        answers = with_answer(answers, question, value)
    return answers, tuple(missing)


def read_value(question: Question, text: str) -> str | tuple[str, ...]:
    """Read an answer as typed: one text, or several separated by commas."""
    if not question.many:
        return text
    parts = (part.strip() for part in text.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def complaint_about(question: Question, value: str | tuple[str, ...]) -> str | None:
    """Return why a value is not allowed as an answer; None where it is."""
    if not value:
        return "An answer is required." if question.required else None
    if isinstance(value, str) and question.about in {Field.OFFICIAL_NAME, Field.NICKNAME}:
        is_title = question.about is Field.OFFICIAL_NAME
        problems = title_problems(value) if is_title else nickname_problems(value, None)
        return next(
            (f"The {question.text.split(',')[0].lower()} {p.message}." for p in problems), None
        )
    for word in (value,) if isinstance(value, str) else value:
        if question.choices and word not in question.choices:
            close = nearest(word, question.choices)
            return f'"{word}" is not allowed' + (f'; did you mean "{close[0]}"?' if close else ".")
        if question.about is Field.PAPERS and (problems := paper_problems([word])):
            return f"{problems[0].message}."
    return None
