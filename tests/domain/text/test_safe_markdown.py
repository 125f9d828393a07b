"""Markdown of others: what it may show on a card, and what becomes of the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.text.markdown import fence
from huggingnersc.domain.text.safe_markdown import MAX_CHARS, safe_markdown
from tests.odd_texts import ODD, many

README = """\
Iris
====

A *classic*: see [Fisher](https://doi.org/10.1111/x), <https://a.org> or `<b>`.

## Columns

| name | unit |
|------|------|
| a    | cm   |

> quoted

1. one
   - two

```python
print("<b>")  # ![no](image)
```
"""


def test_what_a_readme_says_is_kept() -> None:
    shown = safe_markdown(README)
    assert shown.text == README.replace("Iris\n====\n", "## Iris\n").replace(
        "## Columns", "### Columns"
    ).rstrip("\n")
    assert len(shown.notes) == 1


def test_a_text_without_a_title_keeps_its_headings_and_nothing_is_said() -> None:
    text = "Words.\n\n## Use\n\nMore\n----\n\n#### Deep"
    assert safe_markdown(text).text == text
    assert safe_markdown(text).notes == ()


@many
@given(st.lists(ODD, max_size=4).map("\n".join))
def test_a_safe_text_comes_back_as_it_is(text: str) -> None:
    safe = safe_markdown(text).text
    assert safe_markdown(safe).text == safe


@pytest.mark.attack("descriptions")
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<script>alert(1)</script>", r"\<script>alert(1)\</script>"),
        ("a <img src=x onerror=alert(1)> b", r"a \<img src=x onerror=alert(1)> b"),
        ("<details>\n\n# x", "\\<details>\n\n## x"),
        ("![plot](https://evil.org/x.png)", "[plot](https://evil.org/x.png)"),
        ("![](https://evil.org/x.png)", "[image](https://evil.org/x.png)"),
        (
            "[![b](https://a.org/b.svg)](https://a.org)",
            "[[b](https://a.org/b.svg)](https://a.org)",
        ),
        ("[x](javascript:alert(1))", r"[x\](javascript:alert(1))"),
        ("[x](data:text/html,y)", r"[x\](data:text/html,y)"),
        ("<javascript:alert(1)>", r"\<javascript:alert(1)>"),
        ("# Title", "## Title"),
        ("###### Deep\n# High", "###### Deep\n## High"),
        ("> # Quoted", "> ## Quoted"),
        ("> Quoted\n> ===\n> more", "> ## Quoted\n> more"),
        ("- Listed\n  ===", "- ## Listed"),
        ("```\nx", "```\nx\n```"),
        ("~~~~\nx\n~~~", "~~~~\nx\n~~~\n~~~~"),
        ("a\n\n<!-- never closed\n\nb", "a\n\n\\<!-- never closed\n\nb"),
        ("a <!-- closed\nhere --> b", "a   b"),
        ("$$\nx", "\\$\\$\nx"),
        ("---\nlicense: mit\n---\nWords", "Words"),
        ("---\na: b\n---\n---\nc: d\n---\nWords", "Words"),
        ("---\nWords", "---\nWords"),
        ("---\n\nNote: words\n\n---\nMore", "---\n\nNote: words\n\n---\nMore"),
        ("a\u202eb \x1b[31m\r\nc\u2028d", "a b  [31m\nc d"),
        ("<!-- only a comment -->", ""),
    ],
)
def test_what_could_harm_a_card_becomes_words(text: str, shown: str) -> None:
    assert safe_markdown(text).text == shown


@pytest.mark.attack("descriptions")
@pytest.mark.parametrize(
    "text",
    [
        "[x](java&#115;cript:alert(1))",
        "[x]\n\n[x]: javascript:alert(1)",
        "![x]\n\n[x]: https://evil.org/x.png",
        "`" + "x" * MAX_CHARS,
        "[" * 5_000,
    ],
)
def test_what_cannot_be_made_safe_is_shown_as_code(text: str) -> None:
    shown = safe_markdown(text)
    assert shown.text == fence(text)
    assert len(shown.notes) == 1
    if len(text) < MAX_CHARS:
        assert safe_markdown(shown.text).text == shown.text


def test_lines_that_two_spaces_end_stay_apart() -> None:
    text = "Name: x  \nUnit: cm  \n\n    code  \n    more"
    assert safe_markdown(text).text == "Name: x\\\nUnit: cm\n\n    code\n    more"
