"""A shell script is cut into commands and words as the shell cuts it."""

from __future__ import annotations

import shlex
import subprocess

from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.scan.shell_commands import shell_commands
from tests.odd_texts import few, many

WORDS = st.text("abc '\"\\$(#\n;|&<>`é", min_size=1, max_size=8)


def commands(text: str) -> list[list[str]]:
    return [[word.text for word in command] for command in shell_commands(text)]


@many
@given(st.lists(WORDS, min_size=1, max_size=4))
def test_quoted_words_are_read_back(words: list[str]) -> None:
    text = f"run {shlex.join(words)} # it's\nnext"
    assert commands(text) == [["run", *words], ["next"]]


@few
@given(st.lists(st.text("ab '\"\\#", max_size=6), min_size=1, max_size=3))
def test_words_are_those_of_bash(words: list[str]) -> None:
    line = " ".join(words)
    done = subprocess.run(
        ["bash", "--norc", "-c", f"printf '%s\\n' x {line}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if done.returncode == 0 and not line.endswith("\\"):
        assert commands(f"x {line}")[0] == done.stdout.splitlines()


def test_lines_are_counted_over_continued_lines_quotes_and_texts() -> None:
    text = "a \\\n b\nc 'x\ny'\ncat <<E\n'\nE\nd"
    found = [(command[0].line, command[-1].text) for command in shell_commands(text)]
    assert found == [(1, "b"), (3, "x\ny"), (5, "cat"), (8, "d")]
