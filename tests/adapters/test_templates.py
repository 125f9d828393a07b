from __future__ import annotations

import pytest
from hypothesis import given
from jinja2 import TemplateNotFound, UndefinedError

from huggingnersc.adapters.templates import render
from tests.odd_texts import ODD, some


def loader_cell(text: str) -> str:
    return render("notebook/loader.py.j2", loader={"text": text}, run={"module": "iris"})


@some
@given(ODD)
def test_a_value_is_put_in_as_it_is(text: str) -> None:
    assert render("script.j2", opening="", comment=[], mark="#", line_end="\n", rest=text) == text
    assert loader_cell(text) == f"%%loader iris\n{text}"


def test_a_value_is_never_read_as_a_template() -> None:
    text = "{{ 6 * 7 }}{% raw %}{# x #}{{ self }}"
    assert loader_cell(text) == f"%%loader iris\n{text}"


def test_a_name_that_is_not_given_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="opening"):
        render("script.j2", comment=[], mark="#", line_end="\n", rest="")
    with pytest.raises(UndefinedError, match="text"):
        render("notebook/loader.py.j2", loader={}, run={"module": "iris"})


@pytest.mark.parametrize("name", ["none.j2", "../metadata_schema.json", "/etc/hostname"])
def test_only_templates_are_found(name: str) -> None:
    with pytest.raises(TemplateNotFound):
        render(name)
