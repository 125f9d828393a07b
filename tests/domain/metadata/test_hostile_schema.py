"""Schemas that would crash or never end a validation are explained."""

from __future__ import annotations

from typing import Any

import pytest

from huggingnersc.assets import asset
from huggingnersc.domain.metadata import schema as schema_module
from huggingnersc.domain.metadata.schema import MetadataSchema, parse_schema
from huggingnersc.errors import MetadataError
from tests.builders import make_metadata

pytestmark = pytest.mark.attack("site and schema files")

_DEEP = 5000
# Each of 12 parts refers to the next one ten times: 10^12 ways to fail.
_EXPONENTIAL = {f"a{n}": {"anyOf": [{"$ref": f"#/$defs/a{n + 1}"}] * 10} for n in range(12)}
HOSTILE: dict[str, dict[str, Any]] = {
    "itself": {"$ref": "#"},
    "each other": {
        "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}},
        "$ref": "#/$defs/a",
    },
    "itself, dynamically": {"$dynamicRef": "#x", "$dynamicAnchor": "x"},
    "itself for a key": {"properties": {"other_info": {"$ref": "#/properties/other_info"}}},
    "parts that multiply": {
        "$defs": {**_EXPONENTIAL, "a12": {"type": "null"}},
        "$ref": "#/$defs/a0",
    },
    "a text": {"$ref": "#/type", "type": "object"},
    "no place in an array": {"$ref": "#/allOf/x", "allOf": [{}]},
    "another file": {"$ref": "http://evil.example/x"},
    "no address": {"$id": "http://[", "$ref": "#/x"},
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_schema_that_refers_to_what_cannot_be_is_explained(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema_module, "_MAX_REFERENCES", 500)
    with pytest.raises(MetadataError) as caught:
        MetadataSchema(HOSTILE[what]).problems(make_metadata(), name="x.json")
    assert caught.value.hint


def test_a_schema_may_refer_to_itself_for_inner_parts() -> None:
    recursive = {"additionalProperties": {"anyOf": [{"$ref": "#"}, {"type": ["string", "array"]}]}}
    document: Any = "leaf"
    for _ in range(48):
        document = {"a": document}
    assert MetadataSchema(recursive).problems(document, name="x.json") == ()


SCHEMA = parse_schema(asset("metadata_schema.json").read_bytes())


def test_of_very_many_problems_the_first_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema_module, "_MAX_PROBLEMS", 3)
    tags = [f"odd {number}" for number in range(9)]
    problems = MetadataSchema(SCHEMA).problems(make_metadata(tags=tags), name="x.json")
    places = [f"x.json: $.datacard_tags.tags[{index}]" for index in range(3)]
    assert [problem.where for problem in problems] == [*places, "x.json"]


def test_a_repeated_value_is_found_among_very_many() -> None:
    schema = {"properties": {"x": {"uniqueItems": True}}}
    values = [f"{number}" for number in range(50_000)]
    (problem,) = MetadataSchema(schema).problems({"x": [*values, "77"]}, name="x.json")
    assert '"77"' in str(problem.message)


@pytest.mark.parametrize(
    "data",
    [
        b'{"properties":' * _DEEP + b"{}" + b"}" * _DEEP,
        b"[" * _DEEP,
        b'{"maxLength": ' + b"9" * _DEEP + b"}",
        b'{"maximum": NaN}',
        b'{"type": "object", "type": "array"}',
        b'{"properties": {"\\ud800": {}}}',
        b"\xff",
        b"true",
    ],
    ids=["deep", "deep array", "digits", "NaN", "twice", "half a character", "no text", "true"],
)
def test_a_file_that_is_no_schema_is_explained(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_schema(data)
