"""Every published form compiles, is bounded, and finds what providers issue."""

from __future__ import annotations

import re

import pytest

from huggingnersc.domain.scan.secret_forms import Form, published_forms, secret_forms
from huggingnersc.domain.scan.secrets import find_secrets
from tests.domain.scan.form_examples import example, longest
from tests.domain.scan.leaks import LEAKS

# What stands before a mark that is not the beginning of its secret.
_BEFORE = {
    "an Azure secret": "aB38",
    "a HashiCorp token": "aB3dE6gH9jK2mN",
    "a MaxMind key": "aB3dE6_aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC",
    "a Telegram token": "12345678",
    "a Facebook token": "123456789012345",
    "a Mailchimp key": "0123456789abcdef0f1e2d3c4b5a6978",
}
PUBLISHED = published_forms()


def numbered(form: Form) -> str:
    return f"{form.kind}-{PUBLISHED.index(form)}"


@pytest.mark.parametrize("form", PUBLISHED, ids=numbered)
def test_published_form_finds_its_examples(form: Form) -> None:
    before = _BEFORE.get(form.kind, "") if form.pattern[0] in "Q\\_:-" else ""
    for seed in range(20):
        text = f"x {before}{example(form.pattern, seed)}\n"
        if find_secrets(text):
            return
    pytest.fail(f"no example of {form.pattern} is found, such as {text}")


@pytest.mark.parametrize("form", secret_forms(), ids=lambda form: form.kind)
def test_form_is_bounded_and_its_marks_are_lower_case(form: Form) -> None:
    assert longest(form.pattern) < 10_000
    assert form.marks
    assert all(mark == mark.lower() and mark.isascii() for mark in form.marks)
    assert re.match(r"an? \S", form.kind)


@pytest.mark.attack("secrets in files")
@pytest.mark.parametrize("line", LEAKS.values(), ids=list(LEAKS))
def test_leak_is_found(line: str) -> None:
    found = find_secrets(f"import os\n\n{line}\nprint('done')\n")
    assert found
    assert 3 <= found[0].line < 3 + len(line.split("\n"))
