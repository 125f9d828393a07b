"""How the program was called, and how the command line names fields and writes commands."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.text.shell import shell_word
from huggingnersc.fixes import REMOVE, Fix, Message, Option, Verb

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from huggingnersc.fixes import Command, Text


@dataclass(frozen=True, slots=True)
class Invocation:
    """How the program was called.

    Attributes:
        program: the words that start it.
        command: the name of the command; empty before one is known.
        site: the site that the command line names, if any.
        endpoint: the Hub that the command line names, if any.
    """

    program: tuple[str, ...] = ("huggingnersc",)
    command: str = ""
    site: str | None = None
    endpoint: str | None = None


_invocation = ContextVar("invocation", default=Invocation())  # noqa: B039 - it is frozen

# A new dataset is described by position.
_NEW_DATASET = {
    Field.OFFICIAL_NAME: "OFFICIAL_NAME",
    Field.NICKNAME: "NICKNAME",
    Field.LOADER: "LOADER_SCRIPT",
    Field.PORTAL_LINK: "PORTAL_LINK",
    Field.METADATA: "METADATA_JSON",
    Field.BATCH_SCRIPT: "BATCH_SCRIPT",
    Field.DISTRIBUTED: "IS_DISTRIBUTED",
}
_POSITIONAL: dict[str, dict[Field, str]] = {
    "catalog-new-dataset": _NEW_DATASET,
    "preview-dataset": _NEW_DATASET,
    "init-dataset": {},
}
_REPEATED: dict[str, str] = {  # an option that is given once for each value
    Field.TASKS: "--task",
    Field.LANGUAGES: "--language",
    Field.TAGS: "--tag",
    Field.PAPERS: "--paper",
    Field.LABEL: "--tag",
}
_WITHOUT_UNIT: dict[str, str] = {Field.TIMEOUT_S: "--timeout", Field.MEMORY_GB: "--memory"}
_SWITCHED_ON: dict[str, str] = {Field.RETIRED: "--retire"}
_SWITCHED_OFF: dict[str, str] = {
    Field.PRIVATE: "--public",
    Field.DISTRIBUTED: "--not-distributed",
    Field.JOB_NOTEBOOK: "--no-job-notebook",
    Field.MANIFEST: "--no-manifest",
    Field.STATISTICS: "--no-statistics",
    Field.SAMPLE: "--no-sample",
    Field.RETIRED: "--unretire",
}

_WITHOUT_HUB = {
    Verb.CANCEL_RUN,
    Verb.PREVIEW_DATASET,
    Verb.STATUS_RUN,
    Verb.VALIDATE_METADATA,
}


@contextmanager
def invoked_as(program: str | None) -> Iterator[None]:
    """Within the block write commands for this program; None takes the name of the process."""
    words = (program,) if program else program_words(sys.argv[0])
    token = _invocation.set(Invocation(words))
    try:
        yield
    finally:
        _invocation.reset(token)


def set_command(command: str, *, site: str | None, endpoint: str | None = None) -> None:
    """Remember which command runs, and the site and the Hub that its line names."""
    _invocation.set(replace(_invocation.get(), command=command, site=site, endpoint=endpoint))


def program_words(started_as: str) -> tuple[str, ...]:
    """Return the words that start the program the way it was started."""
    name = Path(started_as).name
    if name == "__main__.py":
        return ("python", "-m", "huggingnersc")
    return ("python", started_as) if name.endswith(".py") else ("huggingnersc",)


def field_name(where: str) -> str:
    """Return what the command calls a field; any other place keeps its name."""
    if not isinstance(where, Field):
        return where
    positional = _POSITIONAL.get(_invocation.get().command, {Field.NICKNAME: "NICKNAME"})
    return positional.get(where) or option_name(where)


def option_name(name: str) -> str:
    """Return the option of the command line for a keyword of the Python API."""
    named = _REPEATED | _WITHOUT_UNIT | _SWITCHED_ON
    return named.get(name) or f"--{name.replace('_', '-')}"


def worded(text: Text | Command | Option) -> str:
    """Return a text with its fields named and its commands ready to be typed."""
    if isinstance(text, Field):
        return field_name(text)
    if isinstance(text, Message):
        return "".join(map(worded, text.parts))
    if isinstance(text, Option):
        return _typed(_option_words(text))
    if isinstance(text, Fix):
        return typed(command_words(text))
    return str(text)


def typed(command: Iterable[str]) -> str:
    """Return the words of a command, after those that start the program, ready to be typed."""
    return _typed([*_invocation.get().program, *command])


def command_words(fix: Fix) -> tuple[str, ...]:
    """Return the words of a command after those that start the program."""
    options = [word for option in fix.options for word in _option_words(option)]
    called = _invocation.get()
    if called.site is not None:
        options += ["--site", called.site]
    if called.endpoint is not None and fix.verb not in _WITHOUT_HUB:
        options += ["--endpoint", called.endpoint]
    has_dash = any(argument.startswith("-") for argument in fix.arguments)
    words = (*options, "--", *fix.arguments) if has_dash else (*fix.arguments, *options)
    return (fix.verb.replace("_", "-"), *words)


def _option_words(option: Option) -> Iterator[str]:
    if option.value is False:
        yield _SWITCHED_OFF[option.name]
        return
    yield option_name(option.name)
    if option.value is REMOVE:
        yield "None"
    elif option.value is not True:
        yield str(option.value)


def _typed(words: Iterable[str]) -> str:
    return " ".join(map(shell_word, words))
