from __future__ import annotations

import pytest

from huggingnersc.hub_server.protocol.card_check import MAX_ERRORS, check_card


def test_a_good_card_has_no_findings() -> None:
    report = check_card("---\nlicense: mit\nlanguage: en\n---\n# T")
    assert (report.errors, report.warnings) == ((), ())


def test_a_card_without_metadata_is_warned_about() -> None:
    assert check_card("# T").warnings == ("empty or missing yaml metadata in repo card",)


@pytest.mark.parametrize(
    ("front", "word"),
    [
        ("license: gpl-2.0-or-later", "license"),
        ("language: English", "language"),
        ("language: no", "language"),
        ("tags: {a: b}", "tags"),
        ("model-index: foo", "model-index"),
        ("model-index:\n- results: []", "name"),
        ("a: [", "YAML"),
    ],
)
def test_what_the_hub_refuses_is_refused(front: str, word: str) -> None:
    report = check_card(f"---\n{front}\n---\n")
    assert any(word in error for error in report.errors)


def test_all_errors_come_at_once() -> None:
    assert len(check_card("---\nlicense: x\nlanguage: Y\ntags: {a: b}\n---\n").errors) == 3


@pytest.mark.attack("odd requests")
def test_a_small_card_does_not_make_a_large_answer() -> None:
    report = check_card("---\nlicense: [" + "x," * 10_000 + "]\n---\n")
    assert len(report.errors) == MAX_ERRORS
