from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.hub_server.web import sorted_lines
from huggingnersc.hub_server.web.sorted_lines import LONGEST_LINE, SortedLines, opened_lines

if TYPE_CHECKING:
    from pathlib import Path

LINES = st.lists(st.text("ab/-", min_size=1, max_size=6).map(str.encode), unique=True).map(sorted)


@given(lines=LINES, key=st.text("ab/-", max_size=6).map(str.encode), ends=st.booleans())
def test_a_line_is_found_wherever_it_is(lines: list[bytes], key: bytes, ends: bool) -> None:
    block, sorted_lines.BLOCK_BYTES = sorted_lines.BLOCK_BYTES, 4
    try:
        text = b"\n".join(lines) + (b"\n" if lines and ends else b"")
        found = SortedLines(text)
        after = lines[bisect_left(lines, key) :]
        assert [line for _, line in found.lines(found.start_of(key))] == after
    finally:
        sorted_lines.BLOCK_BYTES = block


def test_a_large_file_is_read_in_a_few_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "lines"
    file.write_bytes(b"".join(b"%07d\t%b\n" % (n, b"x" * 80) for n in range(100_000)))
    asked: list[int] = []
    with opened_lines(file) as lines:
        read = lines.read

        def noted(at: int, count: int) -> bytes:
            asked.append(count)
            return read(at, count)

        monkeypatch.setattr(lines, "read", noted)
        at, line = next(lines.lines(lines.start_of(b"0077777")))
    assert (line[:7], at) == (b"0077777", 77_777 * 89)
    assert sum(asked) < file.stat().st_size / 20


@pytest.mark.attack("expensive pages")
@pytest.mark.parametrize("text", [b"x" * (LONGEST_LINE * 3), b"a\n" + b"b" * (LONGEST_LINE * 2)])
def test_a_line_without_end_is_refused(text: bytes) -> None:
    lines = SortedLines(text)
    with pytest.raises(ValueError, match="too long"):
        lines.start_of(b"z")


@given(st.binary(max_size=80))
def test_what_is_not_sorted_ends(text: bytes) -> None:
    lines = SortedLines(text)
    assert 0 <= lines.start_of(b"a\t") <= len(text)
