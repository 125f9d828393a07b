from __future__ import annotations

import pytest
from starlette.responses import Response

from huggingnersc.hub_server.context import RequestContext
from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.routing import Route, Router


def first(_context: RequestContext) -> Response:
    return Response("first")


async def second(_context: RequestContext) -> Response:
    return Response("second")


ROUTER = Router(
    [
        Route("GET", "/api/{kind}/{ns}/{name}/tree/{rev}/{path*}", first),
        Route("GET POST", "/{kind=datasets}/{ns}/{rev}", second),
    ]
)


def test_parts_are_split_before_they_are_decoded() -> None:
    found = ROUTER.match("GET", b"/api/datasets/NERSC/iris/tree/dev%2Fx/a%20b/c%2Fd")
    assert found is not None
    assert (found.path_params["rev"], found.path_params["path"]) == ("dev/x", "a b/c/d")
    assert not found.in_loop


def test_a_pull_request_ref_needs_no_quoted_slashes() -> None:
    found = ROUTER.match("GET", b"/api/datasets/NERSC/iris/tree/refs/pr/1/a/b")
    assert found is not None
    assert (found.path_params["rev"], found.path_params["path"]) == ("refs/pr/1", "a/b")


def test_a_fixed_word_and_the_method_must_fit() -> None:
    assert ROUTER.match("POST", b"/datasets/a/b") is not None
    assert ROUTER.match("POST", b"/models/a/b") is None
    assert ROUTER.match("PUT", b"/datasets/a/b") is None


@pytest.mark.parametrize("path", [b"/datasets/a/%ff", b"/datasets/a/%00", b"/datasets/\xff/a"])
def test_an_address_that_is_no_text_is_refused(path: bytes) -> None:
    with pytest.raises(HttpError) as caught:
        ROUTER.match("GET", path)
    assert caught.value.status == 400
