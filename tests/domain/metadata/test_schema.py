from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.assets import asset
from huggingnersc.domain.metadata.schema import MetadataSchema, json_path, schema_problem
from huggingnersc.errors import MetadataError
from tests.builders import make_metadata
from tests.odd_texts import ODD, some

if TYPE_CHECKING:
    from huggingnersc.problems import Problem
    from tests.conftest import Golden

SCHEMA = json.loads(asset("metadata_schema.json").read_text(encoding="utf-8"))
LICENSES = (
    "apache-2.0, mit, bsd, bsd-2-clause, bsd-3-clause, bsd-3-clause-clear, cc, wtfpl, unlicense"
)
LANGUAGES = "en, zh, fr, es, ru, ko, hi"
KEYS = "language, license, pretty_name, size_categories, tags, task_categories"
# A document, the path of its problem, and the values that the message names.
WRONG: list[tuple[Any, str, list[str]]] = [
    (make_metadata(license="MIT"), "$.datacard_tags.license", ['"MIT"', '"mit"', LICENSES]),
    (make_metadata(license="quantum"), "$.datacard_tags.license", ['"quantum"', LICENSES]),
    (make_metadata(license=3), "$.datacard_tags.license", ["number 3", "a string"]),
    (make_metadata(language=["en", "jp"]), "$.datacard_tags.language[1]", ['"jp"', LANGUAGES]),
    (make_metadata(tags="csv"), "$.datacard_tags.tags", ['"csv"', "an array"]),
    (make_metadata(tags=[]), "$.datacard_tags.tags", ["array of 0", "1"]),
    (make_metadata(tags=["csv", "txt", "csv"]), "$.datacard_tags.tags", ['"csv"']),
    (make_metadata(pretty_name=None), "$.datacard_tags.pretty_name", []),
    (make_metadata(licence="mit"), "$.datacard_tags.licence", ['"license"', KEYS]),
    (
        {**make_metadata(), "other": {}},
        "$.other",
        ['"other_info"', "datacard_tags, other_info"],
    ),
    ({"other_info": {}}, "$.datacard_tags", []),
    (make_metadata(other_info=[]), "$.other_info", ["array of 0", "an object"]),
    (17, "$", ["number 17", "an object"]),
]


def problems(document: Any, schema: dict[str, Any] = SCHEMA) -> tuple[Problem, ...]:
    return MetadataSchema(schema).problems(document, name="m.json")


def lines_of(document: Any, schema: dict[str, Any] = SCHEMA) -> list[str]:
    return [str(problem) for problem in problems(document, schema)]


def paths_of(document: Any, schema: dict[str, Any] = SCHEMA) -> list[str]:
    return [problem.where.removeprefix("m.json: ") for problem in problems(document, schema)]


def test_valid_metadata_has_no_problem() -> None:
    assert problems(make_metadata(tags=["csv"], other_info={"papers": ["x"]})) == ()


@pytest.mark.parametrize(("document", "path", "values"), WRONG)
def test_a_problem_names_path_found_nearest_and_allowed(
    document: Any, path: str, values: list[str]
) -> None:
    (problem,) = problems(document)
    assert problem.where == f"m.json: {path}"
    assert [value for value in values if value not in str(problem.message)] == []


def test_every_message_reads_like_this(golden: Golden) -> None:
    ours = [line for document, _, _ in WRONG for line in lines_of(document)]
    others = [line for document, _ in OTHER_WRONG for line in lines_of(document, OTHER_SCHEMA)]
    golden("messages/metadata_schema.txt", "".join(f"{line}\n" for line in (*ours, *others)))


def test_one_mistake_is_one_problem() -> None:
    assert len(problems(make_metadata(license=None, size_categories=7))) == 1
    assert len(problems(make_metadata(tags=[["csv"]]))) == 1


def test_all_problems_are_reported_in_path_order() -> None:
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
    assert paths_of(document) == [
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
    assert problems(document) == problems({"datacard_tags": wrong})
    assert len(problems(document)) == 5


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
    unknown: dict[str, str], name: str, papers: list[str]
) -> None:
    document = make_metadata(license=name, other_info={"papers": papers, **unknown})
    lines = lines_of(document)
    assert len(lines) >= 1
    assert all(line.isprintable() and len(line) < 400 for line in lines)


def test_a_long_text_is_cut() -> None:
    (line,) = lines_of(make_metadata(license="x" * 100_000))
    assert len(line) < 300
    (line,) = lines_of(make_metadata(**{"x" * 100_000: 1}))
    assert len(line) < 300


def test_deep_values_are_compared_without_harm() -> None:
    deep: list[Any] = []
    for _ in range(48):
        deep = [deep]
    tags = "$.datacard_tags.tags"
    paths = paths_of(make_metadata(tags=[deep, deep]))
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
OTHER_WRONG: list[tuple[Any, list[tuple[str, list[str]]]]] = [
    ({"x-mine": 1, "doi": "10.1/a"}, []),
    ({"x-mine": 1, "y": 2}, [("$.y", ["doi, kind, years"])]),
    ({"doi": "11"}, [("$.doi", ['"11"', "'^10[.]'"])]),
    (
        {"years": ["x"]},
        [
            ("$.years", ["array of 1", "at least 2"]),
            ("$.years[0]", ['"x"', "an integer or a null"]),
        ],
    ),
    ({"kind": "tow"}, [("$.kind", ['"tow"', '"two"', "the number 1, two, null"])]),
]


@pytest.mark.parametrize(("document", "expected"), OTHER_WRONG)
def test_the_schema_of_another_center_works_too(
    document: Any, expected: list[tuple[str, list[str]]]
) -> None:
    assert paths_of(document, OTHER_SCHEMA) == [path for path, _ in expected]
    for line, (_, values) in zip(lines_of(document, OTHER_SCHEMA), expected, strict=True):
        assert [value for value in values if value not in line] == []


def test_what_a_long_message_repeats_is_cut() -> None:
    (line, *_) = lines_of({"doi": "x" * 100_000}, OTHER_SCHEMA)
    assert len(line) < 400


@pytest.mark.parametrize(
    ("schema", "named"),
    [
        ([], "array of 0"),
        ({"type": "strin"}, "$.type: "),
        ({"properties": {"a b": {"minItems": -1}}}, '$.properties["a b"].minItems: '),
    ],
)
def test_what_is_not_a_schema_is_reported(schema: Any, named: str) -> None:
    assert named in str(schema_problem(schema))


@pytest.mark.parametrize("ref", ["http://127.0.0.1:9/other.json", "#/$defs/none", "other.json"])
def test_a_reference_out_of_the_schema_is_never_fetched(ref: str) -> None:
    schema = {"properties": {"a": {"$ref": ref}}}
    with pytest.raises(MetadataError) as caught:
        problems({"a": 1}, schema)
    assert f'{ref.removeprefix("#")}"' in str(caught.value)
    assert caught.value.hint
