from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.metadata.strict_json import (
    MAX_DEPTH,
    MAX_JSON_BYTES,
    describe,
    quoted,
    read_object,
)
from tests.odd_texts import ODD, some

if TYPE_CHECKING:
    from tests.conftest import Golden

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | ODD,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ODD, inner, max_size=4),
    max_leaves=12,
)


def problems_of(data: bytes | str) -> list[str]:
    encoded = data.encode() if isinstance(data, str) else data
    value, problems = read_object(encoded, name="m.json")
    assert (value is None) == bool(problems)
    assert all(problem.where == "m.json" for problem in problems)
    return [str(problem.message) for problem in problems]


def nested(levels: int, opening: str = "[", closing: str = "]") -> str:
    return opening * levels + closing * levels


INVALID = [
    b'{"a": 1,}', b"17", b'[{"a": 1}]', b'{"a": 1, "a": 2}', b'{"a": [NaN]}', b'{"a": 1e999}',
    b'{"a": "\xe9"}', f'{{"a": {nested(MAX_DEPTH)}}}'.encode(), b'{"a": "\\ud800"}',
    b'{"a": "' + b"x" * MAX_JSON_BYTES + b'"}',
]  # fmt: skip


def test_every_message_reads_like_this(golden: Golden) -> None:
    messages = [message for data in INVALID for message in problems_of(data)]
    assert len(messages) == len(INVALID)
    golden("messages/strict_json.txt", "".join(f"{message}\n" for message in messages))


@some
@given(st.dictionaries(ODD, JSON_VALUES, max_size=4))
def test_what_json_writes_is_read_as_it_was(document: dict[str, Any]) -> None:
    assert read_object(json.dumps(document).encode(), name="m.json") == (document, ())


@some
@given(st.binary(max_size=60) | ODD.map(lambda text: text.encode()))
def test_any_bytes_give_an_object_or_a_problem(data: bytes) -> None:
    problems_of(data)


def test_a_byte_order_mark_is_accepted() -> None:
    assert read_object('\ufeff{"a": 1}'.encode(), name="m.json") == ({"a": 1}, ())


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('{"a": 1,}', 1, 9),
        ('{"a": 1\n "b": 2}', 2, 2),
        ('{\r\n  "a": tru\r\n}', 2, 8),
        ("", 1, 1),
        ("{'a': 1}", 1, 2),
        ('{"a": "x\ny"}', 1, 9),
        ('{"a": 1} {"b": 2}', 1, 10),
        ('{"a": 01}', 1, 8),
        ('// note\n{"a": 1}', 1, 1),
    ],
)
def test_invalid_json_is_reported_with_line_and_column(text: str, line: int, column: int) -> None:
    (message,) = problems_of(text)
    assert f"line {line}, column {column}: " in message


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('[{"a": 1}]', "an array of 1"),
        ('"text"', '"text"'),
        ("17", "the number 17"),
        ("null", "null"),
        ("true", "true"),
    ],
)
def test_anything_but_an_object_is_rejected(text: str, found: str) -> None:
    (message,) = problems_of(text)
    assert found in message


def test_every_duplicate_key_is_reported() -> None:
    text = '{"a": {"b": 1, "b": 2}, "c": 1, "d": [{"e\\n": 1, "e\\n": 1}], "c": 2, "c": 3}'
    messages = problems_of(text)
    assert len(messages) == 3
    for key, message in zip(('"b"', '"e\\n"', '"c"'), messages, strict=True):
        assert f" {key} " in message


def test_a_key_may_occur_in_two_objects() -> None:
    assert problems_of('{"a": {"b": 1}, "c": {"b": 1}}') == []


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_what_json_has_no_word_for_is_rejected(word: str) -> None:
    (message,) = problems_of(f'{{"a": [{word}]}}')
    assert message.split()[0] == word


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 5000, "1" + "0" * 400 + ".5"])
def test_a_number_too_large_to_represent_is_rejected(number: str) -> None:
    (message,) = problems_of(f'{{"a": {number}}}')
    assert number[:50] in message
    assert len(message) < 100


def test_a_large_whole_number_is_kept_exactly() -> None:
    number = 10**4000 + 1
    assert read_object(f'{{"a": {number}}}'.encode(), name="m") == ({"a": number}, ())


def test_several_problems_are_reported_together() -> None:
    assert len(problems_of('{"a": NaN, "a": 1e999, "b": "\\ud800"}')) == 4


def test_more_than_a_mebibyte_is_rejected_and_not_read() -> None:
    (message,) = problems_of(b'{"a": "' + b"x" * MAX_JSON_BYTES + b'"}')
    assert "1,048,585" in message
    assert "1,048,576" in message
    fits = b'{"a": "' + b"x" * (MAX_JSON_BYTES - 9) + b'"}'
    assert len(fits) == MAX_JSON_BYTES
    assert problems_of(fits) == []


def test_the_caller_may_allow_more() -> None:
    data = b'{"a": "' + b"x" * MAX_JSON_BYTES + b'"}'
    assert read_object(data, name="m", limit=len(data))[1] == ()


@pytest.mark.parametrize(
    ("data", "byte"),
    [(b'{"a": "\xe9"}', 7), ('{"a": 1}'.encode("utf-16"), 0), (b'{"\xed\xa0\x80": 1}', 2)],
)
def test_what_is_not_utf8_is_reported_with_its_byte(data: bytes, byte: int) -> None:
    (message,) = problems_of(data)
    assert f"byte {byte})" in message


@pytest.mark.parametrize("levels", [MAX_DEPTH, 400, 990, 100_000])
def test_deep_nesting_is_rejected_however_deep(levels: int) -> None:
    (arrays,) = problems_of(f'{{"a": {nested(levels)}}}')
    (objects,) = problems_of(nested(levels, '{"a":', "}").replace(":}", ":1}"))
    assert f" {MAX_DEPTH} " in arrays
    assert arrays == objects


def test_as_deep_as_allowed_is_read() -> None:
    assert problems_of(f'{{"a": {nested(MAX_DEPTH - 1)}}}') == []


@pytest.mark.parametrize(
    "text", ['{"a": "\\ud800"}', '{"\\udfff": 1}', '{"a": ["\\udc00\\ud800"]}']
)
def test_an_unpaired_surrogate_is_rejected(text: str) -> None:
    (message,) = problems_of(text)
    assert "\\uD800" in message


def test_a_whole_surrogate_pair_is_one_character() -> None:
    assert read_object(b'{"a": "\\ud83e\\udd86"}', name="m") == ({"a": "🦆"}, ())


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (3, "the number 3"),
        (1.5, "the number 1.5"),
        ("a", '"a"'),
        ([1, 2], "an array of 2"),
        ({"a": 1}, "an object"),
        ("x" * 61, f'"{"x" * 60}"...'),
        (10**80, f"the number 1{'0' * 56}..."),
    ],
)
def test_a_value_is_described_in_a_few_words(value: Any, words: str) -> None:
    assert describe(value) == words


@some
@given(ODD)
def test_what_is_quoted_prints_on_one_line_without_terminal_codes(text: str) -> None:
    shown = quoted(text)
    assert shown.isprintable()
    if len(text) <= 60:
        assert json.loads(shown) == text


def test_infinity_never_gets_through() -> None:
    value, _ = read_object(b'{"a": 1.7976931348623157e308}', name="m")
    assert value is not None
    assert math.isfinite(value["a"])
