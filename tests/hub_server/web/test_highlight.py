from __future__ import annotations

import html as html_module
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.hub_server.web.highlight import (
    HIGHLIGHT_LIMIT,
    LANGUAGES,
    LINE_LIMIT,
    highlight_lines,
    language_of_fence,
    language_of_file,
)


def as_text(lines: tuple[str, ...]) -> str:
    return html_module.unescape(re.sub(r"</?span[^>]*>", "", "\n".join(lines)))


@given(st.text(alphabet=st.characters(exclude_characters="\r\0", exclude_categories=["Cs"])))
def test_coloring_changes_no_character(text: str) -> None:
    assert as_text(highlight_lines(text, "python")) == text.removesuffix("\n")


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_gives_one_piece_for_each_line(language: str) -> None:
    text = "a = 1\n\n# b <c>\n"
    assert len(highlight_lines(text, language)) == 3
    assert as_text(highlight_lines(text, language)) == text.removesuffix("\n")


def test_a_token_over_several_lines_is_closed_on_each() -> None:
    lines = highlight_lines('x = """a\nb"""', "python")
    assert all(line.count("<span") == line.count("</span>") for line in lines)


@pytest.mark.parametrize(
    "text", ["x = 1\n" * (HIGHLIGHT_LIMIT // 6 + 1), "x = " + "1" * LINE_LIMIT]
)
def test_long_texts_and_long_lines_stay_plain(text: str) -> None:
    assert "<span" not in "".join(highlight_lines(text, "python"))


def test_markup_in_code_is_escaped() -> None:
    assert "<script" not in "".join(highlight_lines("<script>alert(1)</script>", "python"))
    assert "<script" not in "".join(highlight_lines("<script>alert(1)</script>", ""))


@pytest.mark.parametrize(
    ("name", "language"),
    [("a/loader.py", "python"), ("Makefile", "make"), ("x.SH", "bash"), ("data.xyz", "")],
)
def test_a_file_is_known_by_its_name(name: str, language: str) -> None:
    assert language_of_file(name) == language


@pytest.mark.parametrize(
    ("info", "language"),
    [("python", "python"), ("py title=x", "python"), ("{.bash}", "bash"), ("", ""), ("x y", "")],
)
def test_the_language_of_a_fence_is_its_first_word(info: str, language: str) -> None:
    assert language_of_fence(info) == language
