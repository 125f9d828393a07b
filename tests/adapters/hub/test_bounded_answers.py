"""An answer that is kept in memory is limited in size and time; a streamed one is not."""

from __future__ import annotations

import gzip
import itertools
from typing import TYPE_CHECKING

import httpx2
import pytest

from huggingnersc.adapters.hub.bounded_answers import with_bounded_answers
from huggingnersc.adapters.hub.client import Hub
from huggingnersc.adapters.hub.failures import UnexpectedAnswerError
from huggingnersc.errors import HubAnswerError
from tests.hostile_hub import answered_by

if TYPE_CHECKING:
    from collections.abc import Iterator

URL = "http://hub.test/x"


class _Stream(httpx2.SyncByteStream):
    """The body of an answer, made while it is read."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts, self.is_closed = parts, False

    def __iter__(self) -> Iterator[bytes]:
        return self._parts

    def close(self) -> None:
        self.is_closed = True


def client(
    answer: httpx2.Response, *, most_bytes: int = 1000, most_s: float = 300
) -> httpx2.Client:
    made = httpx2.Client(transport=httpx2.MockTransport(lambda _: answer), follow_redirects=True)
    return with_bounded_answers(made, most_bytes=most_bytes, most_s=most_s)


@pytest.mark.attack("Hub answers")
@pytest.mark.parametrize("status", [200, 302, 404], ids=str)
def test_an_answer_without_end_is_ended(status: int) -> None:
    body = _Stream(itertools.repeat(b"x" * 100))
    answer = httpx2.Response(status, headers={"Location": URL}, stream=body)
    with pytest.raises(UnexpectedAnswerError):
        client(answer).get(URL)
    assert body.is_closed


@pytest.mark.attack("Hub answers")
def test_an_answer_that_takes_too_long_is_ended() -> None:
    body = _Stream(itertools.repeat(b" "))
    with pytest.raises(UnexpectedAnswerError):
        client(httpx2.Response(200, stream=body), most_bytes=1 << 40, most_s=0).get(URL)


@pytest.mark.attack("Hub answers")
def test_an_answer_is_measured_unpacked() -> None:
    packed = gzip.compress(bytes(100_000))
    assert len(packed) < 1000
    answer = httpx2.Response(
        200, headers={"Content-Encoding": "gzip"}, stream=_Stream(iter([packed]))
    )
    with pytest.raises(UnexpectedAnswerError):
        client(answer).get(URL)


@pytest.mark.attack("Hub answers")
def test_a_hub_that_sends_without_end_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(with_bounded_answers, "__kwdefaults__", {"most_bytes": 1000, "most_s": 9})

    def answer(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, stream=_Stream(itertools.repeat(b"[" * 100)))

    with answered_by(answer), pytest.raises(HubAnswerError):
        list(Hub("http://hub.test", None).datasets("NERSC"))


def test_an_answer_within_the_limits_is_whole() -> None:
    answer = client(httpx2.Response(200, stream=_Stream(iter([b"x" * 500, b"y" * 500])))).get(URL)
    assert answer.content == b"x" * 500 + b"y" * 500
    assert answer.is_closed


def test_a_streamed_answer_has_no_limit() -> None:
    parts = (b"x" * 100 for _ in range(50))
    with client(httpx2.Response(200, stream=_Stream(parts))).stream("GET", URL) as answer:
        assert len(answer.read()) == 5000
