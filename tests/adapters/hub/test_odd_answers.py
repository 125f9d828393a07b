"""Answers of a Hub in another shape are explained, for every call and every place in an answer."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from huggingnersc.adapters.hub.client import Hub
from huggingnersc.domain.catalog.remote import Account, RemoteRepository
from huggingnersc.domain.planned_file import PlannedFile
from huggingnersc.errors import HubAnswerError, HubError
from tests.faults.world import quick_sleep
from tests.hostile_hub import answered_by, answers_changed, with_content

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from huggingnersc.hub_server import RunningHub

pytestmark = pytest.mark.attack("Hub answers")

ID = "NERSC/iris"
CARD = b"---\nlicense: mit\ntags: [csv]\npretty_name: Iris\n---\n# Iris\n"
CALLS: dict[str, Callable[[Hub], object]] = {
    "create_repository": lambda hub: hub.create_repository(ID, private=False),
    "commit": lambda hub: hub.commit(
        ID,
        [PlannedFile("README.md", CARD), PlannedFile("iris.py", b"print()\n")],
        message="Add iris",
        parent=None,
    ),
    "repository": lambda hub: hub.repository(ID),
    "read_file": lambda hub: hub.read_file(ID, "README.md", revision="main"),
    "datasets": lambda hub: list(hub.datasets("NERSC")),
    "account": lambda hub: hub.account(),
    "set_visibility": lambda hub: hub.set_visibility(ID, private=True),
    "delete_repository": lambda hub: hub.delete_repository(ID),
}
_SURROGATES = re.compile("[\ud800-\udfff]")
_DEEP = "DEEP"  # becomes 100,000 brackets, which no serializer writes
ODD_VALUES: tuple[Any, ...] = (
    None, True, -1, 10**400, 1.5, "", "x", "x" * 5000, "\ud800", "\0", [], {}, [[]], [None], ["x"],
    {"x": 1}, {"self": 1, "tags": 5}, _DEEP,
)  # fmt: skip
ODD_BODIES = (
    b"", b"{", b"\xff\xfe{", b"NaN", b"null", b"9" * 5000, b"[" * 100_000, b'{"a":' * 100_000,
    b"<!doctype html><title>Log in to the network</title>", b"OK",
)  # fmt: skip
Answers = list[httpx2.Response]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answers]:
    """The answers that an embedded Hub gives to each call."""
    from huggingnersc.hub_server import running_hub

    answers: dict[str, Answers] = {}

    def record(_request: httpx2.Request, answer: httpx2.Response) -> httpx2.Response:
        answers[name].append(with_content(answer, answer.content))
        return with_content(answer, answer.content)

    root = tmp_path_factory.mktemp("hub")
    with running_hub(root, organizations=["NERSC"]) as running, answers_changed(record):
        for name, call in CALLS.items():
            answers[name] = []
            call(Hub(running.endpoint, running.token))
    return answers


def _answering(answers: Answers) -> Callable[[httpx2.Request], httpx2.Response]:
    left = list(answers)

    def answer(_request: httpx2.Request) -> httpx2.Response:
        if not left:  # more is asked than the call needs
            return httpx2.Response(404, json={"error": "Not found"})
        chosen = left.pop(0)
        return with_content(chosen, chosen.content)

    return answer


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict | list):
        for key, inside in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _places(inside, (*path, key))


def _changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """Return `value` with the place at `path` replaced, or removed where `new` is `...`."""
    if not path:
        return new
    key, *rest = path
    copied = value.copy()
    if new is ... and not rest:
        del copied[key]
    else:
        copied[key] = _changed(value[key], tuple(rest), new)
    return copied


def _odd_bodies(content: bytes) -> Iterator[bytes]:
    yield from ODD_BODIES
    try:
        value = json.loads(content)
    except ValueError:
        return
    for path in _places(value):
        for new in (*ODD_VALUES, *([...] if path else [])):
            text = json.dumps(_changed(value, path, new))
            yield text.replace(f'"{_DEEP}"', "[" * 100_000 + "]" * 100_000).encode()


def _is_sound(value: Any) -> bool:
    """Return whether what a call gives has the types that it promises."""
    if isinstance(value, RemoteRepository):
        sizes: list[Any] = [*value.sizes.values()]
        flags: list[Any] = [value.private, value.gated]
        texts = [value.repo_id, *value.files, *value.files.values(), value.last_modified or ""]
        return (
            all(type(size) is int and 0 <= size < 1 << 63 for size in sizes)
            and all(type(flag) is bool for flag in flags)
            and _are_texts(texts)
        )
    if isinstance(value, Account):
        organizations = [*value.organizations, *value.organizations.values()]
        return _are_texts([value.name, value.token_role, *organizations, *value.writable])
    if isinstance(value, list):
        return all(type(one.private) is bool and _are_texts([one.repo_id]) for one in value)
    return value is None or isinstance(value, bytes | str)


def _are_texts(values: list[Any]) -> bool:
    return all(isinstance(value, str) and not _SURROGATES.search(value) for value in values)


def _problem(call: Callable[[Hub], object]) -> object:
    """Return what is wrong with how a call ended; None when it is sound or explained."""
    try:
        value = call(Hub("http://127.0.0.1:9", "hf_token"))
    except HubError as error:
        return None if error.hint else error
    return None if _is_sound(value) else value


@pytest.mark.parametrize("name", CALLS)
def test_an_answer_of_any_shape_is_understood_or_explained(
    name: str, recorded: dict[str, Answers]
) -> None:
    tried = 0
    for number, answer in enumerate(recorded[name]):
        for body in _odd_bodies(answer.content):
            odd = with_content(answer, body)
            answers = [*recorded[name][:number], odd, *recorded[name][number + 1 :]]
            tried += 1
            with answered_by(_answering(answers)):
                problem = _problem(CALLS[name])
            assert problem is None, (body[:200], problem)
    assert tried >= len(ODD_BODIES)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(
    "headers",
    [
        {"location": b"/api/again"},
        {"location": b"http://[::1"},
        {"location": b"ftp://127.0.0.1/x"},
        {"location": b"\xff"},
    ],
)
def test_redirects_that_lead_nowhere_are_explained(name: str, headers: dict[str, bytes]) -> None:
    moved = httpx2.Response(302, headers=[(k.encode(), v) for k, v in headers.items()])
    with (
        answered_by(lambda _request: with_content(moved, b"")),
        quick_sleep([]),  # reading a file is tried again
        pytest.raises(HubError) as caught,
    ):
        CALLS[name](Hub("http://127.0.0.1:9", "hf_token"))
    assert caught.value.hint


@pytest.mark.parametrize("page", [[], [{"id": ID, "private": False}]])
def test_pages_that_never_end_are_explained(page: list[object]) -> None:
    again = httpx2.Response(
        200, json=page, headers={"link": '</api/datasets?cursor=x>; rel="next"'}
    )
    with (
        answered_by(lambda _request: with_content(again, again.content)),
        pytest.raises(HubAnswerError),
    ):
        list(Hub("http://127.0.0.1:9", None).datasets("NERSC"))


def test_the_next_page_is_asked_of_the_same_hub() -> None:
    asked = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url)
        link = {} if len(asked) > 1 else {"link": '<http://evil.example/x?cursor=2>; rel="next"'}
        page = [{"id": f"NERSC/d{len(asked)}", "private": False}]
        return httpx2.Response(200, json=page, headers=link)

    with answered_by(answer):
        found = list(Hub("http://127.0.0.1:9", "hf_token").datasets("NERSC"))
    assert [one.repo_id for one in found] == ["NERSC/d1", "NERSC/d2"]
    assert [url.host for url in asked] == ["127.0.0.1", "127.0.0.1"]


def test_a_card_that_the_client_cannot_read_hides_no_dataset() -> None:
    cards: list[Any] = [{"self": 1}, {"tags": 5}, {"license": {}}, [], "x", None]
    page = [
        {"id": f"NERSC/d{number}", "private": False, "cardData": card}
        for number, card in enumerate(cards)
    ]
    answer = httpx2.Response(200, json=page)
    with answered_by(lambda _request: answer):
        found = list(Hub("http://127.0.0.1:9", None).datasets("NERSC"))
    assert [dict(one.card) for one in found] == [
        {"self": 1},
        {"tags": 5},
        {"license": {}},
        {},
        {},
        {},
    ]


@pytest.mark.parametrize("mode", ["lfs", "regular"])
def test_an_upload_that_fails_after_the_hub_asked_for_lfs_is_explained(
    mode: str, hub: RunningHub
) -> None:
    """The Hub chooses how a file is uploaded, so every way must explain its failures."""
    hub_client = Hub(hub.endpoint, hub.token)
    hub_client.create_repository(ID, private=False)

    def change(request: httpx2.Request, answer: httpx2.Response) -> httpx2.Response:
        content = re.sub(
            rb'"uploadMode": ?"\w+"', f'"uploadMode":"{mode}"'.encode(), answer.content
        )
        if "/preupload/" in request.url.path:
            return with_content(answer, content)
        if request.method == "PUT" or "/commit/" in request.url.path or "xet" in request.url.path:
            return httpx2.Response(403, json={"error": "no"})
        return with_content(answer, answer.content)

    with answers_changed(change), pytest.raises(HubError) as caught:
        CALLS["commit"](hub_client)
    assert caught.value.hint
