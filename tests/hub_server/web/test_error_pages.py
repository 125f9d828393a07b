from __future__ import annotations

import pytest
from starlette.requests import Request

from huggingnersc.hub_server.web.error_pages import error_page, wants_page


def test_a_hidden_repository_looks_like_a_missing_one() -> None:
    assert error_page(401, "x", code="RepoNotFound") == error_page(404, "x", code="RepoNotFound")
    assert error_page(418, "Odd").message == "Odd."


@pytest.mark.parametrize("code", ["RevisionNotFound", "EntryNotFound", "GatedRepo"])
def test_a_known_code_has_a_title_and_hints_of_its_own(code: str) -> None:
    page = error_page(404, "It is missing", code=code)
    assert page.status == 404
    assert page.title != error_page(404, "It is missing").title
    assert page.hints


@pytest.mark.parametrize("status", [401, 403, 404, 416, 500])
def test_a_page_keeps_the_status_and_ends_the_message_with_one_period(status: int) -> None:
    page = error_page(status, "Something failed.")
    assert (page.status, page.message) == (status, "Something failed.")


@pytest.mark.parametrize(
    ("path", "accept", "wants"),
    [
        ("/datasets/N/x", "text/html,*/*", True),
        ("/datasets/N/x/resolve/main/a", "text/html", True),
        ("/datasets/N/x", "application/json", False),
        ("/datasets/N/x", "", False),
        ("/api/datasets", "text/html", False),
        ("/datasets/N/x.git/info/refs", "text/html", False),
    ],
)
def test_only_a_browser_outside_the_api_and_git_gets_a_page(
    path: str, accept: str, wants: bool
) -> None:
    headers = [(b"accept", accept.encode()), (b"host", b"h")]
    scope = {
        "type": "http", "method": "GET", "scheme": "http", "path": path, "query_string": b"",
        "headers": headers, "server": ("h", 80),
    }  # fmt: skip
    assert wants_page(Request(scope)) is wants
