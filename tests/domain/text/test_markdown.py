from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from huggingnersc.domain.text.markdown import code_span, encoded_url, fence, inline, link, one_line
from tests.odd_texts import ODD, ShownHtml, many

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def shown(text: str) -> ShownHtml:
    return ShownHtml(READER.render(text))


def inline_tokens(text: str) -> list[Token]:
    return [child for token in READER.parse(text) for child in token.children or ()]


@many
@given(ODD)
def test_any_text_in_a_heading_is_shown_as_it_is_and_as_nothing_else(text: str) -> None:
    page = shown(f"# {inline(text)}\n\nEnd.\n")
    assert page.tags == ["h1", "p"]
    assert page.text.split("\nEnd.")[0].strip() == one_line(text)


@many
@given(ODD)
def test_any_text_in_a_list_item_is_shown_as_it_is_and_as_nothing_else(text: str) -> None:
    page = shown(f"- {inline(text)}\n- {inline(text)}\n")
    assert page.tags == ["ul", "li", "li"]
    assert page.text.split() == [*one_line(text).split(), *one_line(text).split()]


@many
@given(ODD)
def test_any_text_may_start_a_paragraph(text: str) -> None:
    page = shown(f"Before.\n\n{inline(text)} after.\n")
    assert page.tags == ["p", "p"]
    assert page.text.split() == ["Before.", *one_line(text).split(), "after."]


@pytest.mark.parametrize("text", ["- a", "+ a", "1. a", "123456789) a", "-", "1.", "+ - 1. a"])
def test_no_text_starts_a_list(text: str) -> None:
    assert shown(f"- {inline(text)}\n").tags == ["ul", "li"]
    assert shown(inline(text)).tags == ["p"]


def test_a_plain_title_is_left_alone() -> None:
    for title in ("Iris, 150 flowers (1936)", "State-of-the-art 3.5 m + 2", "Größe, 大きさ"):
        assert inline(title) == title


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\nb", "a b"),
        ("a\r\n\tb  c ", "a b c"),
        ("a\u2028b\u2029c\x85d", "a b c d"),
        ("evil\u202egnp.exe\u2066", "evil gnp.exe"),
        ("\x1b[31mred\x9b0m", "[31mred 0m"),
        ("half \ud800", "half"),
        ("", ""),
    ],
)
def test_a_text_becomes_one_line_without_controls(text: str, line: str) -> None:
    assert one_line(text) == line


@many
@given(ODD)
def test_one_line_is_stable_and_prints_on_one_line(text: str) -> None:
    line = one_line(text)
    assert one_line(line) == line
    assert len(line.splitlines()) <= 1


@many
@given(ODD)
def test_a_code_span_shows_exactly_its_text(text: str) -> None:
    tokens = inline_tokens(f"a {code_span(text)} b")
    assert [token.type for token in tokens] == ["text", "code_inline", "text"]
    assert tokens[1].content.strip(" ").split() == one_line(text).split()


@pytest.mark.parametrize(
    "text", ["/a/my  folder/", "`", "``a`", " a", "a ", " a ", "a\\", "<b>", "&amp;", "a|b"]
)
def test_a_code_span_keeps_spaces_backticks_and_backslashes(text: str) -> None:
    (_, code, _) = inline_tokens(f"a {code_span(text)} b")
    assert code.content == text


@many
@given(ODD, st.sampled_from(["", "python", "bash"]))
def test_nothing_in_the_code_ends_its_fence(code: str, language: str) -> None:
    text = code.replace("\0", "")  # scripts with NUL are rejected
    tokens = READER.parse(f"Before.\n\n{fence(text, language)}\n\n# After\n")
    kinds = [token.type for token in tokens if token.nesting >= 0]
    assert kinds == ["paragraph_open", "inline", "fence", "heading_open", "inline"]
    ended = text if text.endswith(("\n", "\r")) or not text else f"{text}\n"
    assert tokens[3].content == ended.replace("\r\n", "\n").replace("\r", "\n")
    assert tokens[3].info == language


def test_a_fence_is_as_long_as_its_code_needs() -> None:
    assert fence("a\n", "python") == "```python\na\n```"
    assert fence("```\na\n````", "") == "`````\n```\na\n````\n`````"


@many
@given(ODD, ODD)
def test_a_link_shows_its_label_and_leads_to_its_address(label: str, path: str) -> None:
    url = f"https://a.b/{path}"
    tokens = inline_tokens(f"see {link(label, url)} there")
    opened = [token for token in tokens if token.type == "link_open"]
    assert [token.attrs["href"] for token in opened] == [READER.normalizeLink(encoded_url(url))]
    assert tokens[-2].type == "link_close"
    texts = "".join(token.content for token in tokens)
    assert texts.split() == ["see", *one_line(label).split(), "there"]


@pytest.mark.parametrize(
    ("url", "href"),
    [
        ("https://a.b/c d", "https://a.b/c%20d"),
        ("https://a.b/(x)<y>\"z'", "https://a.b/%28x%29%3Cy%3E%22z%27"),
        ("https://a.b/%20?q=1&r=[2]#f", "https://a.b/%20?q=1&r=%5B2%5D#f"),
        ("https://a.b/ü\n", "https://a.b/%C3%BC%0A"),
        ("https://a.b/?a=1&copy;&#35;", "https://a.b/?a=1&copy;&#35;"),
    ],
)
def test_an_address_is_encoded_where_it_must_be(url: str, href: str) -> None:
    assert encoded_url(url) == href
    (opened, *_) = inline_tokens(link("x", url))
    assert opened.attrs["href"] == href


def test_half_a_character_in_an_address_breaks_nothing() -> None:
    assert encoded_url("https://a.b/\ud800") == "https://a.b/?"
