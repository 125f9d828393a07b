"""Any name can be shown on one line and typed into bash."""

from __future__ import annotations

import os
import subprocess
from pathlib import PurePosixPath

from hypothesis import given, settings
from hypothesis import strategies as st

from huggingnersc.domain.text.shell import shell_word, shown


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=40).filter(lambda name: b"\0" not in name))
def test_bash_reads_back_the_very_bytes(name: bytes) -> None:
    word = shell_word(os.fsdecode(name))
    done = subprocess.run(
        ["bash", "-c", f"printf %s {word}"], capture_output=True, check=True, env={"LC_ALL": "C"}
    )
    assert done.stdout == name


@given(st.text(max_size=40), st.binary(max_size=20))
def test_what_is_shown_and_typed_stays_on_one_line_and_can_be_printed(
    text: str, odd: bytes
) -> None:
    path = text + os.fsdecode(odd)
    for printed in (shown(path), shell_word(path)):
        assert len(printed.splitlines()) <= 1
        assert "\x1b" not in printed
        printed.encode()


def test_plain_path_stays_readable() -> None:
    assert shell_word(PurePosixPath("/a/b c")) == "'/a/b c'"
    assert shell_word("/a/b") == "/a/b"
    assert shell_word("Fisher's Iris") == '"Fisher\'s Iris"'
    assert shell_word("it's $HOME") == "'it'\"'\"'s $HOME'"
