from __future__ import annotations

from dataclasses import MISSING, fields

from huggingnersc.domain.catalog.fields import FACT_KINDS, DatasetFacts, Field


def test_every_fact_is_a_text_or_a_flag_with_the_name_of_a_field() -> None:
    assert set(FACT_KINDS.values()) == {str, bool}
    assert FACT_KINDS.keys() <= set(Field)


def test_a_fact_is_empty_by_default() -> None:
    """The record leaves empty facts out, and reads them as their defaults."""
    assert not any(field.default for field in fields(DatasetFacts) if field.default is not MISSING)
