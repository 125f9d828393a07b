from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.assets import asset
from huggingnersc.domain.metadata.schema import find_problems, json_path, schema_fault
from huggingnersc.errors import MetadataError
from tests.builders import make_metadata
from tests.odd_texts import ODD, some

SCHEMA = json.loads(asset("metadata_schema.json").read_text(encoding="utf-8"))
LICENCES = (
    "apache-2.0, mit, bsd, bsd-2-clause, bsd-3-clause, bsd-3-clause-clear, cc, wtfpl, unlicense"
)


def told(document: Any, schema: dict[str, Any] = SCHEMA) -> list[str]:
    return [str(problem) for problem in find_problems(document, schema, name="m.json")]


def test_valid_metadata_has_no_problem() -> None:
    assert told(make_metadata(tags=["csv"], other_info={"papers": ["x"]})) == []


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (
            make_metadata(license="MIT"),
            f'm.json: $.datacard_tags.license: found "MIT"; nearest: "mit"; allowed: {LICENCES}',
        ),
        (
            make_metadata(license="quantum"),
            f'm.json: $.datacard_tags.license: found "quantum"; allowed: {LICENCES}',
        ),
        (
            make_metadata(license=3),
            "m.json: $.datacard_tags.license: found the number 3; allowed: a string",
        ),
        (
            make_metadata(language=["en", "fr", "jp"]),
            'm.json: $.datacard_tags.language[2]: found "jp"; allowed: en, zh, fr, es, ru, ko, hi',
        ),
        (
            make_metadata(tags="csv"),
            'm.json: $.datacard_tags.tags: found "csv"; allowed: an array',
        ),
        (
            make_metadata(tags=[]),
            "m.json: $.datacard_tags.tags: found an array of 0; allowed: at least 1",
        ),
        (
            make_metadata(tags=["csv", "txt", "csv"]),
            'm.json: $.datacard_tags.tags: found "csv" more than once; allowed: each value once',
        ),
        (
            make_metadata(pretty_name=None),
            "m.json: $.datacard_tags.pretty_name: missing; this key is required",
        ),
        (
            make_metadata(licence="mit"),
            'm.json: $.datacard_tags.licence: unknown key; nearest: "license"; allowed: '
            "language, license, pretty_name, size_categories, tags, task_categories",
        ),
        (
            {**make_metadata(), "other": {}},
            'm.json: $.other: unknown key; nearest: "other_info"; '
            "allowed: datacard_tags, other_info",
        ),
        ({"other_info": {}}, "m.json: $.datacard_tags: missing; this key is required"),
        (
            make_metadata(other_info=[]),
            "m.json: $.other_info: found an array of 0; allowed: an object",
        ),
        (17, "m.json: $: found the number 17; allowed: an object"),
    ],
)
def test_a_problem_names_path_found_nearest_and_allowed(document: Any, problem: str) -> None:
    assert told(document) == [problem]


def test_one_mistake_is_one_problem() -> None:
    assert len(told(make_metadata(license=None, size_categories=7))) == 1
    assert len(told(make_metadata(tags=[["csv"]]))) == 1


def test_all_problems_are_told_in_path_order() -> None:
    document = {
        "datacard_tags": {
            "tags": ["csv"] * 2 + [f"wrong {n}" for n in range(11)],
            "licence": "mit",
            "license": "gpl",
            "language": [],
        },
        "zebra": 1,
        "Aardvark": 1,
    }
    paths = [line.split(": ")[1] for line in told(document)]
    assert paths == [
        "$.Aardvark",
        "$.datacard_tags.language",
        "$.datacard_tags.licence",
        "$.datacard_tags.license",
        "$.datacard_tags.pretty_name",
        "$.datacard_tags.size_categories",
        "$.datacard_tags.tags",
        *[f"$.datacard_tags.tags[{n}]" for n in range(2, 13)],
        "$.other_info",
        "$.zebra",
    ]


@some
@given(st.randoms(use_true_random=False))
def test_the_order_of_keys_in_the_file_does_not_change_the_answer(chance: random.Random) -> None:
    wrong = make_metadata(license="x", tags=[], extra=1, size_categories=None)["datacard_tags"]
    keys = list(wrong)
    chance.shuffle(keys)
    document = {"datacard_tags": {key: wrong[key] for key in keys}}
    assert told(document) == told({"datacard_tags": wrong})
    assert len(told(document)) == 5


@pytest.mark.parametrize(
    ("steps", "path"),
    [
        ((), "$"),
        (("a", 0, "b_1"), "$.a[0].b_1"),
        (("a b",), '$["a b"]'),
        (("it's", 'a "b"'), '$["it\'s"]["a \\"b\\""]'),
        (("",), '$[""]'),
        (("1a", "é"), '$["1a"]["é"]'),
        (("a\nb\x1b[31m\u202e",), '$["a\\nb\\u001b[31m\\u202e"]'),
        (("x" * 500,), f'$["{"x" * 60}"...]'),
    ],
)
def test_a_path_is_written_as_jsonpath_with_odd_keys_quoted(
    steps: tuple[str | int, ...], path: str
) -> None:
    assert json_path(steps) == path


@some
@given(st.dictionaries(ODD, ODD, max_size=3), ODD, st.lists(ODD, max_size=3))
def test_whatever_the_text_a_problem_is_one_short_printable_line(
    unknown: dict[str, str], licence: str, papers: list[str]
) -> None:
    document = make_metadata(license=licence, other_info={"papers": papers, **unknown})
    lines = told(document)
    assert len(lines) >= 1
    assert all(line.isprintable() and len(line) < 400 for line in lines)


def test_a_long_text_is_cut() -> None:
    (line,) = told(make_metadata(license="x" * 100_000))
    assert len(line) < 300
    (line,) = told(make_metadata(**{"x" * 100_000: 1}))
    assert len(line) < 300


def test_deep_values_are_compared_without_harm() -> None:
    deep: list[Any] = []
    for _ in range(48):
        deep = [deep]
    paths = [line.split(": ")[1] for line in told(make_metadata(tags=[deep, deep]))]
    tags = "$.datacard_tags.tags"
    assert paths == [tags, f"{tags}[0]", f"{tags}[1]"]


OTHER_SCHEMA = {
    "type": "object",
    "properties": {
        "doi": {"type": "string", "pattern": "^10[.]", "maxLength": 20},
        "years": {"type": "array", "minItems": 2, "items": {"type": ["integer", "null"]}},
        "kind": {"enum": [1, "two", None]},
    },
    "patternProperties": {"^x-": {}},
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("document", "lines"),
    [
        ({"x-mine": 1, "doi": "10.1/a"}, []),
        (
            {"x-mine": 1, "y": 2},
            ["m.json: $.y: unknown key; allowed: doi, kind, years"],
        ),
        ({"doi": "11"}, ["m.json: $.doi: found \"11\"; '11' does not match '^10[.]'"]),
        (
            {"years": ["x"]},
            [
                "m.json: $.years: found an array of 1; allowed: at least 2",
                'm.json: $.years[0]: found "x"; allowed: an integer or a null',
            ],
        ),
        (
            {"kind": "tow"},
            ['m.json: $.kind: found "tow"; nearest: "two"; allowed: the number 1, two, null'],
        ),
    ],
)
def test_the_schema_of_another_centre_is_told_as_well(document: Any, lines: list[str]) -> None:
    assert told(document, OTHER_SCHEMA) == lines


def test_what_a_long_message_repeats_is_cut() -> None:
    (line, *_) = told({"doi": "x" * 100_000}, OTHER_SCHEMA)
    assert len(line) < 400


@pytest.mark.parametrize(
    ("schema", "fault"),
    [
        ([], "it holds an array of 0, not an object"),
        ({"type": "strin"}, "$.type: "),
        ({"properties": {"a b": {"minItems": -1}}}, '$.properties["a b"].minItems: '),
    ],
)
def test_what_is_no_schema_is_told(schema: Any, fault: str) -> None:
    assert str(schema_fault(schema)).startswith(fault)


@pytest.mark.parametrize("ref", ["http://127.0.0.1:9/other.json", "#/$defs/none", "other.json"])
def test_a_schema_is_never_completed_from_elsewhere(ref: str) -> None:
    schema = {"properties": {"a": {"$ref": ref}}}
    with pytest.raises(MetadataError, match="refers to"):
        find_problems({"a": 1}, schema, name="m.json")
