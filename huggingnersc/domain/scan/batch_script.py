"""Checks of a batch script: its first line, and the options that sbatch reads from it.

The rules are those of sbatch in Slurm 22.05, found by trying them.
An unknown option is only a warning, because plugins of a site may add it.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from huggingnersc.domain.scan.sbatch import (
    LONG_OPTIONS,
    SHORT_FLAGS,
    SHORT_WITH_VALUE,
    TakesValue,
    value_problem,
)
from huggingnersc.problems import Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator


_DIRECTIVE = "#SBATCH"
_MAX_SUGGESTIONS = 20  # per line; each compares the word with a hundred options
_ALMOST_DIRECTIVE = re.compile(r"[ \t]+#SBATCH\b|#[ \t]+SBATCH\b|#sbatch\b")


@dataclass(frozen=True, slots=True)
class BatchScriptReport:
    """The problems of a batch script, and warnings that do not stop cataloging."""

    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()


def check_batch_script(text: str, *, name: str) -> BatchScriptReport:
    """Check the first line and the `#SBATCH` lines of a batch script."""
    problems, warnings = list(_first_line_problems(text, name)), []
    after_command = False
    for number, line in enumerate(text.split("\n"), start=1):
        where = f"{name}:{number}"
        if line.startswith(_DIRECTIVE) and after_command:
            warnings.append(
                f"{where}: sbatch ignores this {_DIRECTIVE} line because a command precedes it."
            )
        elif line.startswith(_DIRECTIVE):
            parsed = _parse_options(line.removeprefix(_DIRECTIVE))
            problems.extend(Problem(where, message) for message in parsed.problems)
            warnings.extend(f"{where}: {message}" for message in parsed.warnings)
        elif _ALMOST_DIRECTIVE.match(line):
            warnings.append(f"{where}: sbatch ignores this line; it must begin with {_DIRECTIVE}.")
        after_command = after_command or not _is_blank_or_comment(line)
    return BatchScriptReport(tuple(problems), tuple(warnings))


def _is_blank_or_comment(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _first_line_problems(text: str, name: str) -> Iterator[Problem]:
    if not text.startswith("#!"):
        message = "sbatch rejects it: the first line must begin with #!, such as #!/bin/bash"
        yield Problem(f"{name}:1", message)
    if "\r\n" in text:
        line = text[: text.index("\r\n")].count("\n") + 1
        yield Problem(f"{name}:{line}", "sbatch rejects Windows line endings (CR LF)")


@dataclass(slots=True)
class _OptionsLine:
    """The words of one line that are not read yet, and what was found in those before."""

    words: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def next_word(self) -> str | None:
        return self.words.pop(0) if self.words else None

    def drop_value(self) -> None:
        """Skip what is probably the value of an unknown option."""
        if self.words and not self.words[0].startswith("-"):
            self.words.pop(0)

    def check_value(self, option: str, value: str | None, *, shown: str) -> None:
        problem = f"{shown} needs a value" if value is None else value_problem(option, value)
        if problem:
            self.problems.append(problem)


def _parse_options(options: str) -> _OptionsLine:
    try:
        line = _OptionsLine(shlex.split(options, comments=True))
    except ValueError:
        return _OptionsLine(problems=["has an unclosed quotation mark"])
    if line.words in (["hetjob"], ["packjob"]):
        return line
    while (word := line.next_word()) is not None:
        if word.startswith("--"):
            _parse_long(word, line)
        elif len(word) > 1 and word.startswith("-"):
            _parse_short(word, line)
        else:
            line.problems.append(f'"{word}" is not an option; options begin with - or --')
    return line


def _parse_long(word: str, line: _OptionsLine) -> None:
    name, equals, value = word[2:].partition("=")
    matches = [name] if name in LONG_OPTIONS else [o for o in LONG_OPTIONS if o.startswith(name)]
    if len(matches) > 1:
        line.problems.append(f"--{name} is ambiguous: --{', --'.join(sorted(matches))}")
    elif not matches:
        close = nearest(name, LONG_OPTIONS) if len(line.warnings) < _MAX_SUGGESTIONS else ()
        line.warnings.append(f"--{name} is not an option of Slurm{_suggestion(close)}.")
        if not equals:
            line.drop_value()
    elif LONG_OPTIONS[matches[0]] is TakesValue.NO and equals:
        line.problems.append(f"--{matches[0]} takes no value")
    elif LONG_OPTIONS[matches[0]] is TakesValue.YES:
        given = value if equals else line.next_word()
        line.check_value(matches[0], given, shown=f"--{matches[0]}")


def _suggestion(close: tuple[str, ...]) -> str:
    plugin = "unless a plugin of the site adds it"
    return f" (nearest: --{close[0]}), {plugin}" if close else f", {plugin}"


def _parse_short(word: str, line: _OptionsLine) -> None:
    for index, letter in enumerate(word[1:], start=1):
        if letter in SHORT_WITH_VALUE:
            value = word[index + 1 :] or line.next_word()
            line.check_value(letter, value, shown=f"-{letter}")
            return
        if letter not in SHORT_FLAGS:
            line.warnings.append(f"-{letter} is not an option of Slurm{_suggestion(())}.")
            line.drop_value()
            return
