"""The quick check never accepts what jsonschema rejects."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from huggingnersc.domain.metadata.quick_check import quick_check
from tests.builders import make_metadata
from tests.conftest import ROOT
from tests.desk import examples

OURS = json.loads((ROOT / "metadata_schema.json").read_text(encoding="utf-8"))
WORDS = [
    "a",
    "b",
    "license",
    "tags",
    "n<1K",
    'with "quotes"',
    "back\\slash",
    "{brace}",
    "ü",
    "$ref",
]
words = st.sampled_from(WORDS) | st.text(max_size=3)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([0.0, 1.0, 0.5]) | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
counts = st.integers(0, 3)
schemas: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["array", "boolean", "null", "object", "string"]),
            "enum": st.lists(words, min_size=1, max_size=3, unique=True),
            "required": st.lists(words, max_size=2, unique=True),
            "uniqueItems": st.booleans(),
            "minItems": counts,
            "maxItems": counts,
            "minLength": counts,
            "maxLength": counts,
            "title": words,
            "description": words,
        },
    ),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(words, inner, max_size=3),
            "items": inner,
            "additionalProperties": st.booleans() | inner,
            "required": st.lists(words, max_size=2, unique=True),
            "type": st.sampled_from(["array", "object"]),
        },
    ),
    max_leaves=6,
)


@settings(max_examples=examples(400), deadline=None)
@given(schema=schemas, documents=st.lists(values, min_size=1, max_size=8))
def test_what_the_quick_check_accepts_jsonschema_accepts(
    schema: dict[str, Any], documents: list[Any]
) -> None:
    check = quick_check(schema)
    if check is None:  # the library rejects some schemas that nothing satisfies
        return
    validator = Draft202012Validator(schema)
    for document in documents:
        if check(document):
            assert validator.is_valid(document)


changes = st.dictionaries(
    st.sampled_from([*OURS["properties"]["datacard_tags"]["properties"], "other_info", "odd"]),
    values | st.lists(st.sampled_from(["csv", "hdf5", "en", "fr"]), max_size=3),
    max_size=3,
)


@settings(max_examples=examples(400), deadline=None)
@given(changes=changes)
def test_both_agree_on_metadata(changes: dict[str, Any]) -> None:
    check = quick_check(OURS)
    assert check is not None
    document = make_metadata(**changes)
    assert check(document) == Draft202012Validator(OURS).is_valid(document)


def test_our_schema_is_checked_quickly() -> None:
    check = quick_check(OURS)
    assert check is not None
    assert check(make_metadata())
    assert not check(make_metadata(license="gpl"))


def test_nothing_is_added_to_a_document() -> None:
    document = make_metadata()
    before = json.dumps(document)
    check = quick_check(OURS)
    assert check is not None
    check(document)
    assert json.dumps(document) == before


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": {"pattern": "^a$"}}},
        {"items": {"$ref": "#/$defs/x"}, "$defs": {"x": {}}},
        {"enum": [1, True]},
        {"type": ["string", "null"]},
        {"type": "integer"},
        {"prefixItems": [{"type": "string"}]},
        {"format": "date"},
        {"additionalProperties": {"not": {}}},
        {"items": True},
        {"required": ["a"], "additionalProperties": False},
    ],
    ids=str,
)
def test_a_schema_with_other_keywords_is_left_to_jsonschema(schema: dict[str, Any]) -> None:
    assert quick_check(schema) is None
