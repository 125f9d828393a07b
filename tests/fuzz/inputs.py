"""Hostile inputs: valid ones with a few changes, and what a fuzz test does with each."""

from __future__ import annotations

import json
import os
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.faults.sampling import commit_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hypothesis.strategies import SearchStrategy

INPUTS = int(os.environ.get("FUZZ", "50"))
HANG_S = 60  # generous, since a busy machine is no hang

_HUGE = 10**4200  # Python writes no longer ones
ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1 << 63,
    _HUGE,
    1e308,
    float("inf"),
    float("nan"),
    "",
    " ",
    "\0",
    "\x1b]0;x\a",
    "\x9b2J",
    "\u202egnp.exe",
    "\ud800",
    "\u2028",
    "..",
    "../../x",
    "/",
    "~root",
    "C:\\x",
    "a" * 5000,
    "²",
    "${HOME}",
    "{{ 7*7 }}",
    "<script>alert(1)</script>",
    "---\n",
    "[link](javascript:x)",
    [],
    {},
    [[]],
    {"": None},
    ["x"] * 500,
    {"$ref": "#"},
)
_PIECES = [
    b"",
    b"\0",
    b"\xff",
    b"\x80",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\r\n",
    b"\n\n",
    b"{",
    b"}",
    b"[" * 300,
    b'"',
    b"\\",
    b"\\ud800",
    b"\\u0000",
    b"9" * 5000,
    b"1e999",
    b"-",
    b"NaN",
    b"null",
    b"#",
    b"---\n",
    b"...",
    b"&a ",
    b"*a",
    b"<<: ",
    b"!!python/object",
    b"%2e%2e%2f",
    b"`" * 50,
    b"*" * 50,
    b"|" * 50,
    b"> " * 50,
]


def mutated(valid: bytes, *pieces: bytes) -> SearchStrategy[bytes]:
    """Return `valid` with up to six places changed: a stretch replaced by a piece, or doubled."""
    piece = st.one_of(st.sampled_from([*_PIECES, *pieces]), st.binary(max_size=6))
    edit = st.tuples(st.integers(0, len(valid)), st.integers(0, 20), piece, st.booleans())
    return st.lists(edit, max_size=6).map(lambda edits: _edited(valid, edits))


def _edited(data: bytes, edits: Sequence[tuple[int, int, bytes, bool]]) -> bytes:
    for start, length, piece, double in edits:
        kept = data[start : start + length] * 2 if double else b""
        data = data[:start] + kept + piece + data[start + length :]
    return data


def mutated_json(document: Any) -> SearchStrategy[bytes]:
    """Return a JSON text of `document` with up to four of its values odd, some bytes changed."""
    places = list(_places(document))
    odd = st.one_of(st.sampled_from(ODD_VALUES), _deep())
    changes = st.lists(st.tuples(st.sampled_from(places), odd), max_size=4)
    whole = changes.map(lambda changes: dumped(_changed(document, changes)))
    return st.one_of(whole, mutated(dumped(document)), st.binary(max_size=60))


def dumped(value: Any) -> bytes:
    """Return a JSON text of a value, lone surrogates and huge numbers included."""
    return json.dumps(value, default=str).encode("utf-8", "surrogatepass")


def _deep() -> SearchStrategy[Any]:
    return st.integers(1, 200).map(_nested)


def _nested(levels: int) -> Any:
    value: Any = 0
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    return value


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict | list):
        for key, inside in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _places(inside, (*path, key))


def _changed(document: Any, changes: Sequence[tuple[tuple[Any, ...], Any]]) -> Any:
    for path, value in changes:
        document = _put(document, path, value)
    return document


def _put(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    key, *rest = path
    if isinstance(document, dict) and key in document:
        return {**document, key: _put(document[key], tuple(rest), value)}
    if isinstance(document, list) and isinstance(key, int) and key < len(document):
        return [*document[:key], _put(document[key], tuple(rest), value), *document[key + 1 :]]
    return document  # an earlier change took the place away


def fuzz(**inputs: SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test on as many inputs as `FUZZ` says; without it a few, which the commit decides."""

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        made = settings(
            max_examples=INPUTS,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        )(given(**inputs)(test))
        quiet = pytest.mark.filterwarnings("ignore:Generating overly large repr")
        chosen = made if "FUZZ" in os.environ else seed(int(commit_hash() or "0", 16))(made)
        fuzzed: Callable[..., None] = quiet(chosen)
        return fuzzed

    return decorate


class _Hang(BaseException):
    """An input took too long; no handler of the code under test may swallow it."""


_counted = 0


@contextmanager
def one_input() -> Iterator[None]:
    """Count an input, and end it where it hangs."""
    global _counted
    _counted += 1
    before = signal.signal(signal.SIGALRM, _hang)
    signal.alarm(HANG_S)
    try:
        yield
    except _Hang as error:
        raise AssertionError(f"no answer within {HANG_S} s") from error
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def take_count() -> int:
    """Return how many inputs were tried since the last call."""
    global _counted
    count, _counted = _counted, 0
    return count


def _hang(_number: int, _frame: object) -> None:
    raise _Hang
