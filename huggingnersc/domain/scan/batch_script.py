"""The form of a batch script: its first line, and the options sbatch reads from it.

The rules are those of the sbatch of Slurm 22.05, tried on it.
An unknown option is a warning only: plugins add some, such as `--image` of NERSC's Shifter.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.scan.sbatch_options import (
    LONG_OPTIONS,
    SHORT_FLAGS,
    SHORT_WITH_VALUE,
    Value,
)
from huggingnersc.domain.scan.sbatch_values import value_problem
from huggingnersc.problems import Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator


_MARK = "#SBATCH"
_MOST_SUGGESTIONS = 20  # on one line; each is looked for among a hundred options
_ALMOST = re.compile(r"[ \t]+#SBATCH\b|#[ \t]+SBATCH\b|#sbatch\b")


@dataclass(frozen=True, slots=True)
class BatchScriptReport:
    """What is wrong with a script, and what should be said although it stops nothing."""

    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()


def check_batch_script(text: str, *, name: str) -> BatchScriptReport:
    """Check the first line and the `#SBATCH` lines; only those before the first command count."""
    problems, warnings = list(_opening_problems(text, name)), []
    after_command = False
    for number, line in enumerate(text.split("\n"), start=1):
        where = f"{name}:{number}"
        if line.startswith(_MARK) and after_command:
            warnings.append(f"{where}: sbatch ignores this {_MARK} line: a command stands before.")
        elif line.startswith(_MARK):
            wrong, unknown = _line_remarks(line.removeprefix(_MARK))
            problems.extend(Problem(where, message) for message in wrong)
            warnings.extend(f"{where}: {message}" for message in unknown)
        elif _ALMOST.match(line):
            warnings.append(f"{where}: sbatch ignores this line; it must begin with {_MARK}.")
        after_command = after_command or not _is_blank_or_comment(line)
    return BatchScriptReport(tuple(problems), tuple(warnings))


def _is_blank_or_comment(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _opening_problems(text: str, name: str) -> Iterator[Problem]:
    if not text.startswith("#!"):
        message = "sbatch refuses it: its first line must begin with #!, such as #!/bin/bash"
        yield Problem(f"{name}:1", message)
    if "\r\n" in text:
        line = text[: text.index("\r\n")].count("\n") + 1
        yield Problem(f"{name}:{line}", "sbatch refuses line ends of Windows (CR LF)")


def _line_remarks(options: str) -> tuple[list[str], list[str]]:
    try:
        words = shlex.split(options, comments=True)
    except ValueError:
        return ["has a quotation mark that is never closed"], []
    problems: list[str] = []
    warnings: list[str] = []
    if words in (["hetjob"], ["packjob"]):
        return problems, warnings
    while words:
        word = words.pop(0)
        if word.startswith("--"):
            _long(word, words, problems, warnings)
        elif len(word) > 1 and word.startswith("-"):
            _short(word, words, problems, warnings)
        else:
            problems.append(f'"{word}" is no option; options begin with - or --')
    return problems, warnings


def _long(word: str, words: list[str], problems: list[str], warnings: list[str]) -> None:
    name, equals, value = word[2:].partition("=")
    meant = [name] if name in LONG_OPTIONS else [o for o in LONG_OPTIONS if o.startswith(name)]
    if len(meant) > 1:
        problems.append(f"--{name} is ambiguous: --{', --'.join(sorted(meant))}")
    elif not meant:
        close = nearest(name, LONG_OPTIONS) if len(warnings) < _MOST_SUGGESTIONS else ()
        warnings.append(f"--{name} is no option of Slurm{_or_what(close)}.")
        if not equals:
            _drop_value(words)
    elif LONG_OPTIONS[meant[0]] is Value.NONE and equals:
        problems.append(f"--{meant[0]} takes no value")
    elif LONG_OPTIONS[meant[0]] is Value.NEEDED:
        _judge(meant[0], value if equals else _next(words), problems, shown=f"--{meant[0]}")


def _next(words: list[str]) -> str | None:
    return words.pop(0) if words else None


def _judge(option: str, value: str | None, problems: list[str], *, shown: str) -> None:
    problem = f"{shown} needs a value" if value is None else value_problem(option, value)
    if problem:
        problems.append(problem)


def _or_what(close: tuple[str, ...]) -> str:
    own = "unless a plugin of the centre brings it"
    return f" (nearest: --{close[0]}), {own}" if close else f", {own}"


def _drop_value(words: list[str]) -> None:
    """Take away what is likely the value of an option that is not known."""
    if words and not words[0].startswith("-"):
        words.pop(0)


def _short(word: str, words: list[str], problems: list[str], warnings: list[str]) -> None:
    for index, letter in enumerate(word[1:], start=1):
        if letter in SHORT_WITH_VALUE:
            value = word[index + 1 :] or _next(words)
            _judge(letter, value, problems, shown=f"-{letter}")
            return
        if letter not in SHORT_FLAGS:
            warnings.append(f"-{letter} is no option of Slurm{_or_what(())}.")
            _drop_value(words)
            return
