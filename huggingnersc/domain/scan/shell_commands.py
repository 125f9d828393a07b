"""The commands of a shell script, word by word; nothing is expanded and nothing is run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Every part ends where another begins, so a text of any form is read in linear time.
_TOKEN = re.compile(
    r"""
      (?P<skip> [ \t\r]++ | \\\r?\n )
    | (?P<comment> \#[^\n]*+ )
    | (?P<end> \n | ;;? | && | \|\|? | [&()`] )
    | (?P<here> [0-9]*+ <<-? (?!<) )
    | (?P<redirect> [0-9]*+ (?: <<< | >> | <> | >\| | [<>]&? ) )
    | (?P<word> (?: \\. | "(?:\\.|[^"\\])*+" | '[^']*+' | [^\s;&|()<>`"'\\] )++ )
    | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_QUOTED = re.compile(
    r"""'(?P<single>[^']*+)'|"(?P<double>(?:\\.|[^"\\])*+)"|\\(?P<char>.)""", re.DOTALL
)
_ESCAPED = re.compile(r"\\([\"\\$`\n])")  # within double quotes
_VARIABLE = re.compile(r"[$*?{\[~]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a command.

    Attributes:
        line: where it begins, from 1.
        text: without its quotes.
        is_fixed: whether it has no variable and no pattern.
    """

    line: int
    text: str
    is_fixed: bool


def shell_commands(text: str) -> Iterator[tuple[Word, ...]]:
    """Yield the words of each command, in order; comments and texts behind `<<` are left out.

    Assignments, words such as `if` and the target of a `>` are words too. What stands in `$(...)`
    is a command of its own.
    """
    words: list[Word] = []
    marks: list[str] = []  # of the texts that begin at the next line
    position, line, before = 0, 1, None
    while found := _TOKEN.match(text, position):
        kind, position = found.lastgroup, found.end()
        if kind == "word" and before == "here":
            marks.append(_unquoted(found[0]))
        elif kind == "word":
            words.append(Word(line, _unquoted(found[0]), not _VARIABLE.search(found[0])))
        elif kind == "end" and words:
            yield tuple(words)
            words = []
        if found[0] == "\n" and marks:
            position, marks = _behind_texts(text, position, marks), []
        line += text.count("\n", found.start(), position)
        before = before if kind == "skip" else kind
    if words:
        yield tuple(words)


def _unquoted(token: str) -> str:
    return _QUOTED.sub(_content, token)


def _content(quoted: re.Match[str]) -> str:
    if quoted["single"] is not None:
        return quoted["single"]
    if quoted["double"] is not None:
        return _ESCAPED.sub(lambda found: found[1].strip("\n"), quoted["double"])
    return quoted["char"].strip("\n")


def _behind_texts(text: str, position: int, marks: list[str]) -> int:
    """Return where the line behind the last of the texts begins."""
    for mark in marks:
        line = ""
        while position < len(text) and line.strip("\t\r\n") != mark:
            end = text.find("\n", position) + 1 or len(text)
            line, position = text[position:end], end
    return position
