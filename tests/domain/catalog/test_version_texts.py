from __future__ import annotations

import pytest

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.version_texts import (
    MAX_LABEL_CHARS,
    MAX_MESSAGE_CHARS,
    label_problems,
    message_problems,
)
from tests.hostile_texts import HOSTILE


@pytest.mark.parametrize(
    "message", ["", "Three rows corrected.", "Two\n\n- lines\n\twith a tab", "é 漢字 😀"]
)
def test_message_may_have_lines(message: str) -> None:
    assert message_problems(message) == ()


@pytest.mark.parametrize("message", ["x" * (MAX_MESSAGE_CHARS + 1), "a\x1b[2J", "a\u202eb", "\0"])
def test_message_that_is_too_long_or_cannot_be_seen_is_refused(message: str) -> None:
    assert [one.where for one in message_problems(message)] == [Field.MESSAGE]


def test_labels_are_words() -> None:
    assert label_problems(["published", "doi:10.1000/182", "é", "x" * MAX_LABEL_CHARS]) == ()


@pytest.mark.parametrize("label", ["", "a b", "a,b", "a\tb", "x" * (MAX_LABEL_CHARS + 1), HOSTILE])
def test_label_that_is_no_word_is_refused(label: str) -> None:
    assert [one.where for one in label_problems(["fine", label])] == [Field.LABEL]
