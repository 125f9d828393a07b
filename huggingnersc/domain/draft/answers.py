"""What a steward says of a dataset, and what is asked where nothing was said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

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
    """What is known of a dataset beside what its files tell; None or empty: nothing was said."""

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
    """Something only a steward can answer.

    Attributes:
        about: the field of `Answers`.
        flag: the option that answers it.
        text: the question for people.
        proposal: what an empty answer means; None where there is nothing to propose.
        choices: the values allowed; empty where any text is.
        many: whether several may be given, separated by commas.
        required: whether there is no metadata without it.
    """

    about: str
    flag: str
    text: str
    proposal: str | None = None
    choices: tuple[str, ...] = ()
    many: bool = False
    required: bool = False


# Gets a question and what was wrong with the last answer; an empty answer takes the proposal.
Ask = Callable[[Question, str | None], str]


def open_questions(
    answers: Answers,
    schema: Mapping[str, Any],
    *,
    official_name: str | None,
    nickname: str | None,
    size_category: str | None,
    lower_bound: str,
) -> tuple[Question, ...]:
    """Return what was not said, in the order it is asked.

    Args:
        answers: what was said.
        schema: the site's metadata schema; it tells the values allowed.
        official_name: the title proposed.
        nickname: the nickname proposed.
        size_category: what the count says; None where the count is a lower bound only.
        lower_bound: the size category of that bound, proposed on a terminal.
    """
    tags = allowed_values(schema)
    sizes = tags.get("size_categories", ())
    questions = (
        Question("official_name", "--official-name", "Official name", official_name),
        Question("nickname", "--nickname", "Nickname, in paths and on the Hub", nickname),
        Question("size_category", "--size-category", "Number of examples", lower_bound, sizes),
        Question("license", "--license", "License", None, tags.get("license", ())),
        *(
            Question(about, flag, text, None, tags[key], many=True)
            for about, flag, text, key in (
                ("tasks", "--task", "Tasks", "task_categories"),
                ("languages", "--language", "Languages in the data", "language"),
                ("tags", "--tag", "Domains and other tags", "tags"),
            )
            if key in tags
        ),
        Question("papers", "--paper", "Papers (arXiv, DOI or web address)", many=True),
    )
    needed = {"official_name", "nickname", "size_category"}
    settled = {"size_category"} if size_category else set()
    if "license" not in tags:
        settled.add("license")
    return tuple(
        replace(question, required=question.about in needed)
        for question in questions
        if question.about not in settled and getattr(answers, question.about) in (None, ())
    )


def answered(
    answers: Answers, questions: Sequence[Question], ask: Ask | None
) -> tuple[Answers, tuple[Question, ...]]:
    """Ask the questions; without `ask` what is proposed is taken.

    A lower bound of the size is proposed to people only.

    Returns:
        The answers, and the required questions that have none.
    """
    missing = []
    for question in questions:
        value = _heard(question, ask) if ask else None
        if value is None and question.about != "size_category":
            value = _value(question, question.proposal or "")
        if value:
            said: dict[str, Any] = {question.about: value}
            answers = replace(answers, **said)
        elif question.required:
            missing.append(question)
    return answers, tuple(missing)


def _heard(question: Question, ask: Ask) -> str | tuple[str, ...]:
    complaint = None
    while True:
        value = _value(question, ask(question, complaint).strip() or question.proposal or "")
        complaint = _complaint(question, value)
        if complaint is None:
            return value


def _value(question: Question, word: str) -> str | tuple[str, ...]:
    if not question.many:
        return word
    parts = (part.strip() for part in word.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def _complaint(question: Question, value: str | tuple[str, ...]) -> str | None:
    if not value:
        return "An answer is needed." if question.required else None
    if isinstance(value, str) and question.about in {"official_name", "nickname"}:
        is_title = question.about == "official_name"
        problems = title_problems(value) if is_title else nickname_problems(value, None)
        return next(
            (f"The {question.text.split(',')[0].lower()} {p.message}." for p in problems), None
        )
    for word in (value,) if isinstance(value, str) else value:
        if question.choices and word not in question.choices:
            close = nearest(word, question.choices)
            return f'"{word}" is not allowed' + (f'; did you mean "{close[0]}"?' if close else ".")
        if question.about == "papers" and (problems := paper_problems([word])):
            return f"{problems[0].message}."
    return None
