from __future__ import annotations

import pytest

from huggingnersc.hub_server.protocol.card import parse_card
from huggingnersc.hub_server.protocol.card_text import (
    MAX_SEARCHED,
    MAX_SUMMARY,
    searchable_text,
    shared,
    summary_of,
)

CARD = """---
tags: [HDF5]
citation: Fisher 1936
configs: [{data_files: hidden.csv}]
---
# Iris

The **flowers** of [Anderson](https://example.org/a), in `cm`, with iris\\_names.

```python
import secret_module
```

## Papers

- [doi:10.1111/x](https://doi.org/10.1111/x)
"""


def test_a_search_looks_in_title_tags_front_matter_text_and_papers() -> None:
    words = searchable_text(parse_card(CARD), "A Title", ["license:mit", "Biology"])
    for word in ("a title", "license:mit", "biology", "hdf5", "fisher", "anderson", "iris_names",
                 "10.1111/x"):  # fmt: skip
        assert word in words


def test_a_search_looks_neither_in_code_nor_in_settings() -> None:
    words = searchable_text(parse_card(CARD), "", [])
    assert "secret_module" not in words
    assert "hidden.csv" not in words


def test_other_alphabets_are_folded_too() -> None:
    assert "überschrift strasse" in searchable_text(parse_card("# ÜBERSCHRIFT Straße"), "", [])


def test_the_summary_is_the_first_paragraph_without_marks() -> None:
    assert summary_of(parse_card(CARD)) == "The flowers of Anderson, in cm, with iris_names."


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("# T\n\n![logo](a.png)\n\n<!-- m -->\n| a |\n|---|\n\nWords\nand\n\nNext", "Words and"),
        ("- a list\n\n> a quote\n\n1. one\n\nText", "Text"),
        ("<p>Html</p>\n\nText with <b>tags</b>", "Text with tags"),
        ("~~~\ncode\n~~~\nText", "Text"),
        ("```\nnever closed\n", ""),
        ("# Only a title", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_what_is_no_paragraph_is_skipped(text: str, summary: str) -> None:
    assert summary_of(parse_card(text)) == summary


def test_a_long_summary_ends_at_a_word() -> None:
    summary = summary_of(parse_card("word " * 100))
    assert len(summary) <= MAX_SUMMARY + 1
    assert summary.endswith("word…")


@pytest.mark.attack("expensive pages")
@pytest.mark.parametrize("piece", ["<", "[", "`", "\\", "<a ", "![x](", "```\n", "- ", "\n"])
def test_a_card_of_one_mark_is_read_within_its_limits(piece: str) -> None:
    card = parse_card(piece * (4_000_000 // len(piece)))
    assert len(searchable_text(card, "", [])) <= MAX_SEARCHED
    assert len(summary_of(card)) <= MAX_SUMMARY + 1


def test_a_summary_that_two_repositories_share_describes_neither() -> None:
    assert shared(["a", "b", "a", "", ""]) == {"a", ""}
