"""The facts of a dataset, from the arguments of the verbs to the record."""

from __future__ import annotations

from dataclasses import fields
from inspect import signature

import pytest

from huggingnersc import UpdateOptions, catalog_new_dataset, update_dataset
from huggingnersc.domain.catalog.fields import FACT_KINDS


@pytest.mark.parametrize("fact", sorted(FACT_KINDS.keys() - {"nickname"}))
def test_every_fact_but_the_nickname_can_be_updated(fact: str) -> None:
    assert fact in {field.name for field in fields(UpdateOptions)}
    assert fact in signature(update_dataset).parameters


@pytest.mark.parametrize("fact", FACT_KINDS)
def test_every_fact_can_be_cataloged(fact: str) -> None:
    owners_name = "is_distributed" if fact == "distributed" else fact
    assert owners_name in signature(catalog_new_dataset).parameters
