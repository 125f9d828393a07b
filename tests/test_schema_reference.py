"""`metadata_schema.json` says what the owner's description of it says, value by value."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from huggingnersc.assets import asset
from huggingnersc.domain.metadata.schema import MetadataSchema, schema_problem
from tests.builders import make_metadata

LICENSE = [
    "apache-2.0", "mit", "bsd", "bsd-2-clause", "bsd-3-clause", "bsd-3-clause-clear", "cc",
    "wtfpl", "unlicense",
]  # fmt: skip
TASK_CATEGORIES = [
    "text-classification", "feature-extraction", "image-classification", "image-segmentation",
    "audio-classification", "tabular-classification", "tabular-regression",
]  # fmt: skip
SIZE_CATEGORIES = [
    "n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M", "100M<n<1B",
    "1B<n<10B", "10B<n<100B", "100B<n<1T", "n>1T",
]  # fmt: skip
LANGUAGE = ["en", "zh", "fr", "es", "ru", "ko", "hi"]
TAGS = [
    "csv", "hdf5", "netcdf", "txt", "particle physics", "cosmology", "weather/climate", "biology",
    "chemistry",
]  # fmt: skip
ONE_OF = {"license": LICENSE, "size_categories": SIZE_CATEGORIES}
SOME_OF = {"task_categories": TASK_CATEGORIES, "language": LANGUAGE, "tags": TAGS}


def read_schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(asset("metadata_schema.json").read_text(encoding="utf-8"))
    return schema


SCHEMA = read_schema()
CARD = SCHEMA["properties"]["datacard_tags"]
OTHER = SCHEMA["properties"]["other_info"]


def fits(document: Any) -> bool:
    return not MetadataSchema(SCHEMA).problems(document, name="m.json")


def test_it_is_a_json_schema_of_2020_12() -> None:
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(SCHEMA)
    assert schema_problem(SCHEMA) is None


def test_it_has_the_keys_of_the_description_and_no_others() -> None:
    assert list(SCHEMA["properties"]) == ["datacard_tags", "other_info"]
    assert list(CARD["properties"]) == [
        "license", "task_categories", "size_categories", "language", "tags", "pretty_name",
    ]  # fmt: skip
    assert list(OTHER["properties"]) == ["nickname", "papers"]


def test_both_parts_the_name_and_the_size_are_required_and_nothing_else() -> None:
    assert sorted(SCHEMA["required"]) == ["datacard_tags", "other_info"]
    assert sorted(CARD["required"]) == ["pretty_name", "size_categories"]
    assert "required" not in OTHER


@pytest.mark.parametrize(("key", "allowed"), ONE_OF.items())
def test_one_of_the_described_values_is_allowed_and_no_other(key: str, allowed: list[str]) -> None:
    assert CARD["properties"][key]["enum"] == allowed
    assert all(fits(make_metadata(**{key: value})) for value in allowed)
    assert not fits(make_metadata(**{key: "other"}))
    assert not fits(make_metadata(**{key: [allowed[0]]}))


@pytest.mark.parametrize(("key", "allowed"), SOME_OF.items())
def test_some_of_the_described_values_are_allowed_and_no_others(
    key: str, allowed: list[str]
) -> None:
    assert CARD["properties"][key]["items"]["enum"] == allowed
    assert fits(make_metadata(**{key: allowed}))
    for wrong in ([], [allowed[0], allowed[0]], [*allowed, "other"], allowed[0], [1], None):
        document = make_metadata()
        document["datacard_tags"][key] = wrong
        assert not fits(document)


@pytest.mark.parametrize("level", [(), ("datacard_tags",), ("other_info",)])
def test_an_unknown_key_is_refused_at_every_level(level: tuple[str, ...]) -> None:
    document = make_metadata()
    part = document
    for step in level:
        part = part[step]
    part["licence"] = "mit"
    assert not fits(document)


def test_the_name_is_any_text_and_papers_are_texts() -> None:
    assert fits(make_metadata(pretty_name="Größe --- #1", other_info={}))
    assert not fits(make_metadata(pretty_name=7))
    assert fits(make_metadata(other_info={"nickname": "x", "papers": ["a", "b"]}))
    for papers in ([], ["a", "a"], [1], "a"):
        assert not fits(make_metadata(other_info={"papers": papers}))
    assert not fits(make_metadata(other_info={"nickname": ["x"]}))


@pytest.mark.parametrize("key", ["datacard_tags", "other_info"])
def test_no_part_may_be_left_out_or_be_anything_but_an_object(key: str) -> None:
    document = make_metadata()
    wrongs: tuple[Any, ...] = (None, [], "x", 1)
    for wrong in wrongs:
        assert not fits({**document, key: wrong})
    del document[key]
    assert not fits(document)
