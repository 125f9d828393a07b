"""The schemas that come with the program, and those of a site or a command."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from huggingnersc.api.schema import read_named_schema, read_schema, wider_schema
from huggingnersc.assets import schema_file
from huggingnersc.domain.metadata.card_requirements import document_problems
from huggingnersc.domain.metadata.quick_check import quick_check
from huggingnersc.domain.metadata.schema import schema_problem
from huggingnersc.domain.site import SchemaName
from huggingnersc.errors import MetadataError
from tests.builders import make_metadata, make_site, write_tree
from tests.desk import examples

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT = read_named_schema(SchemaName.DEFAULT)
WIDE = read_named_schema(SchemaName.WIDE)
OURS = DEFAULT.content["properties"]["datacard_tags"]["properties"]
TAGS = WIDE.content["properties"]["datacard_tags"]["properties"]
VALUES = json.loads(schema_file("hub_values.json").read_text(encoding="utf-8"))["$defs"]


def some_of(values: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, unique=True, max_size=9)


def text() -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


# Every form that the owner's schema allows.
valid_documents = st.fixed_dictionaries(
    {
        "datacard_tags": st.fixed_dictionaries(
            {
                "pretty_name": text(),
                "size_categories": st.sampled_from(OURS["size_categories"]["enum"]),
            },
            optional={
                "license": st.sampled_from(OURS["license"]["enum"]),
                **{
                    key: some_of(OURS[key]["items"]["enum"])
                    for key in ("task_categories", "language", "tags")
                },
            },
        ),
        "other_info": st.fixed_dictionaries(
            {},
            optional={
                "nickname": text(),
                "papers": st.lists(text(), min_size=1, max_size=3, unique=True),
            },
        ),
    }
)


@settings(max_examples=examples(150), deadline=None)
@given(document=valid_documents)
def test_what_the_owner_s_schema_allows_the_wide_one_allows(document: dict[str, Any]) -> None:
    assert DEFAULT.problems(document, name="m.json") == ()
    assert WIDE.problems(document, name="m.json") == ()
    assert Draft202012Validator(WIDE.content).is_valid(document)


def test_the_wide_schema_is_checked_quickly_and_is_a_schema() -> None:
    assert schema_problem(WIDE.content) is None
    assert quick_check(WIDE.content) is not None
    assert "$ref" not in json.dumps(WIDE.content)


def test_it_has_every_key_of_the_owner_s_schema() -> None:
    assert set(OURS) | {"modalities"} == set(TAGS)
    for schema in (DEFAULT.content, WIDE.content):
        info = schema["properties"]["other_info"]
        assert {"nickname", "papers"} <= set(info["properties"])
        assert "required" not in info


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("license", "licenses"),
        ("size_categories", "sizes"),
        ("task_categories", "tasks"),
        ("language", "languages"),
        ("modalities", "modalities"),
    ],
)
def test_it_allows_every_value_of_the_hub_and_no_other(key: str, values: str) -> None:
    all_values, is_list = VALUES[values]["enum"], "items" in TAGS[key]
    info = {"license_name": "x", "license_link": "https://example.org"}
    for value in all_values[:90]:
        other = info if (key, value) == ("license", "other") else {}
        document = make_metadata(**{key: [value] if is_list else value}, other_info=other)
        assert WIDE.problems(document, name="m.json") == (), value
    if is_list:
        assert WIDE.problems(make_metadata(**{key: all_values}), name="m.json") == ()
    assert WIDE.problems(make_metadata(**{key: ["quantum"] if is_list else "quantum"}), name="m")


def test_any_tag_is_allowed() -> None:
    assert WIDE.problems(make_metadata(tags=["parquet", "Klima", "気象"]), name="m.json") == ()
    assert WIDE.problems(make_metadata(tags=["", "x" * 101]), name="m.json")


def test_a_site_names_a_schema_or_a_file(tmp_path: Path) -> None:
    file = write_tree(tmp_path, {"own.json": '{"type": "object"}'}) / "own.json"
    assert read_schema(make_site()).content == DEFAULT.content
    assert read_schema(make_site(metadata_schema=SchemaName.WIDE)).content == WIDE.content
    own = make_site(metadata_schema=PurePosixPath(file))
    assert read_schema(own).content == {"type": "object"}
    assert read_schema(own, "default").content == DEFAULT.content
    assert read_schema(make_site(), str(file)).content == {"type": "object"}


def test_a_schema_that_is_no_file_names_those_that_exist() -> None:
    with pytest.raises(MetadataError) as caught:
        read_schema(make_site(), "wyde")
    assert "wide" in str(caught.value.hint)


def test_the_wide_schema_is_a_hint_for_the_default_one_only(tmp_path: Path) -> None:
    own = make_site(metadata_schema=PurePosixPath(tmp_path / "own.json"))
    assert wider_schema(make_site()) is not None
    assert wider_schema(own, "default") is not None
    assert wider_schema(own) is None
    assert wider_schema(make_site(), "wide") is None
    assert wider_schema(make_site(metadata_schema=SchemaName.WIDE)) is None


def test_the_rules_are_only_those_of_the_wide_schema(tmp_path: Path) -> None:
    file = write_tree(tmp_path, {"own.json": '{"type": "object"}'}) / "own.json"
    document = make_metadata(other_info={"doi": "x", "authors": "me"})
    assert document_problems(document, read_schema(make_site(), str(file)), name="m") == ()
