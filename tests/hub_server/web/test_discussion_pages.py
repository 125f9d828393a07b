"""Discussions and pull requests, made through the API, as pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import pytest
from huggingface_hub import HfApi

from huggingnersc.hub_server.services import pull_requests
from huggingnersc.hub_server.web import discussion_pages
from tests.hub_contents import HOSTILE_HTML
from tests.hub_server.web.test_sanitize import FORBIDDEN
from tests.hub_server.wire import text_file

if TYPE_CHECKING:
    from tests.hub_server.in_process import InProcess
    from tests.hub_server.wire import Wire

IRIS = "/datasets/NERSC/iris"
API = "/api/datasets/NERSC/iris"


def page(hub: InProcess, path: str, *, user: str | None = None) -> str:
    answer = hub.ask("GET", path, user=user, headers={"Accept": "text/html"})
    assert answer.status == 200, answer.body
    return answer.body.decode()


def opened(hub: InProcess, **body: object) -> int:
    said = {"title": "A question", **body}
    number: int = hub.ask("POST", f"{API}/discussions", said, user="eve").json["num"]
    return number


def proposed(hub: InProcess, name: str, content: str) -> int:
    number = opened(hub, title=f"Change {name}", pullRequest=True)
    answer = hub.commit("NERSC/iris", text_file(name, content), rev=f"refs%2Fpr%2F{number}")
    assert answer.status == 200
    return number


def answered(hub: InProcess, number: int, action: str, body: object, user: str = "ada") -> str:
    answer = hub.ask("POST", f"{API}/discussions/{number}/{action}", body, user=user)
    assert answer.status == 200, answer.body
    made = answer.json.get("newMessage")
    return str(made["id"]) if made else ""


def test_the_address_that_the_client_names_shows_a_pull_request(wire: Wire) -> None:
    wire.create("NERSC/iris")
    api = HfApi(wire.endpoint, token="hf_token_of_eve")
    made = api.create_pull_request(
        "NERSC/iris", "Fix *this*", description="Because **so**.", repo_type="dataset"
    )
    url = api.get_discussion_details("NERSC/iris", made.num, repo_type="dataset").url
    assert url.startswith(wire.endpoint)
    answer = wire.ask("GET", urlsplit(url).path, headers={"Accept": "text/html"})
    html = answer.body.decode()
    assert (answer.status, "Fix *this*" in html) == (200, True)
    assert "Because <strong>so</strong>." in html


def test_a_repository_leads_to_its_discussions_and_counts_the_open_ones(filled: InProcess) -> None:
    assert f'href="{IRIS}/discussions">Discussions</a>' in page(filled, IRIS)
    first, _ = opened(filled, title="One"), opened(filled, title="Two")
    answered(filled, first, "status", {"status": "closed"})
    assert re.search(r'Discussions <span class="open-count">1<', page(filled, IRIS))
    shown = page(filled, f"{IRIS}/discussions")
    assert (">Two</a>" in shown, ">One</a>" in shown) == (True, False)
    closed = page(filled, f"{IRIS}/discussions?status=closed")
    assert (">Two</a>" in closed, ">One</a>" in closed) == (False, True)
    assert page(filled, f"{IRIS}/discussions?status=all").count("state state-") == 2


def test_a_repository_without_discussions_says_how_to_open_one(filled: InProcess) -> None:
    html = page(filled, f"{IRIS}/discussions")
    assert "hf discussions create NERSC/iris --type dataset --title" in html


def test_what_was_said_and_done_is_shown_in_order(filled: InProcess) -> None:
    number = opened(filled, description="- [x] asked")
    first = answered(filled, number, "comment", {"comment": "Answer with `code`."})
    answered(filled, number, "title", {"title": "A better question"})
    answered(filled, number, "status", {"status": "closed"})
    answered(filled, number, "status", {"status": "open"})
    html = page(filled, f"{IRIS}/discussions/{number}")
    assert f'<li id="{first}">' in html
    order = ["\u2611</span> asked", "<code>code</code>", "changed the title", "closed this",
             "opened this again"]  # fmt: skip
    places = [html.index(words) for words in order]
    assert places == sorted(places)
    assert "“A question” to “A better question”" in html


def test_a_comment_that_was_edited_or_hidden_is_shown_so(filled: InProcess) -> None:
    number = opened(filled)
    edited, hidden = (
        answered(filled, number, "comment", {"comment": text}) for text in ("first", "secret")
    )
    answered(filled, number, f"comment/{edited}/edit", {"content": "second"})
    answered(filled, number, f"comment/{hidden}/hide", {})
    html = page(filled, f"{IRIS}/discussions/{number}")
    assert (" · edited" in html, "second" in html, "first" in html) == (True, True, False)
    assert ("hid a comment" in html, "secret" in html) == (True, False)


def test_a_pull_request_shows_its_commits_and_differences(filled: InProcess) -> None:
    number = proposed(filled, "a.txt", "changed\n")
    filled.commit("NERSC/iris", text_file("main.txt", "meanwhile"))
    html = page(filled, f"{IRIS}/discussions/{number}")
    assert "1 file changed" in html
    assert re.search(r'class="removed".*0123456789', html)
    assert re.search(r'class="added".*changed', html)
    assert "main.txt" not in html
    assert ">1 commit</h2>" in html
    assert f'href="{IRIS}/tree/{quote(f"refs/pr/{number}", safe="")}"' in html


def test_a_pull_request_that_cannot_be_merged_names_the_files(filled: InProcess) -> None:
    number = proposed(filled, "a.txt", "ours")
    filled.commit("NERSC/iris", text_file("a.txt", "theirs"))
    html = page(filled, f"{IRIS}/discussions/{number}")
    assert '<li class="path">a.txt</li>' in html


def test_a_merged_pull_request_still_shows_what_it_changed(filled: InProcess) -> None:
    number = proposed(filled, "b.txt", "new\n")
    filled.commit("NERSC/iris", text_file("main.txt", "meanwhile"))
    answered(filled, number, "merge", {})
    filled.commit("NERSC/iris", text_file("b.txt", "newer\n"))
    html = page(filled, f"{IRIS}/discussions/{number}")
    assert "state-merged" in html
    assert ("merged this" in html, "1 file changed" in html, "newer" in html) == (
        True, True, False,
    )  # fmt: skip
    assert re.search(rf'as <a class="oid" href="{IRIS}/commit/[0-9a-f]{{40}}">', html)


def test_a_pull_request_of_a_branch_that_is_gone_is_still_a_page(filled: InProcess) -> None:
    number = opened(filled, pullRequest=True)
    (storage_id,) = filled.hub.registry.ids()
    filled.hub.store.open(storage_id).refs.delete(f"refs/pr/{number}")
    assert "One of its branches is gone." in page(filled, f"{IRIS}/discussions/{number}")


@pytest.mark.attack("accounts")
def test_the_files_of_a_gated_repository_stay_hidden_in_its_pull_requests(
    filled: InProcess,
) -> None:
    number = proposed(filled, "b.txt", "not for all\n")
    filled.ask("PUT", f"{API}/settings", {"gated": "manual"}, user="ada")
    for user in (None, "eve"):
        html = page(filled, f"{IRIS}/discussions/{number}", user=user)
        assert ("not for all" in html, "who may read the files" in html) == (False, True)
    assert "not for all" in page(filled, f"{IRIS}/discussions/{number}", user="bob")


@pytest.mark.attack("accounts")
def test_discussions_of_a_private_repository_are_hidden(fresh: InProcess) -> None:
    fresh.create("NERSC/secret", private=True)
    base = "/datasets/NERSC/secret/discussions"
    fresh.ask("POST", f"/api{base}", {"title": "Hidden"}, user="ada")
    for path in (base, f"{base}/1"):
        assert fresh.ask("GET", path, headers={"Accept": "text/html"}).status == 404
        assert "Hidden" in page(fresh, path, user="bob")


@pytest.mark.parametrize("number", ["0", "2", "x", "9" * 40, "1/2"])
def test_what_is_no_discussion_is_missing(filled: InProcess, number: str) -> None:
    opened(filled)
    answer = filled.ask("GET", f"{IRIS}/discussions/{number}", headers={"Accept": "text/html"})
    assert answer.status == 404


def test_hostile_titles_comments_and_paths_stay_text(filled: InProcess) -> None:
    script = "<script>alert(1)</script>"
    number = proposed(filled, f"{script}.txt", script)
    answered(filled, number, "title", {"title": script})
    answered(filled, number, "comment", {"comment": HOSTILE_HTML})
    for path in ("", f"/{number}"):
        html = page(filled, f"{IRIS}/discussions{path}")
        assert script not in html
        assert not FORBIDDEN.search(html.partition("<ol ")[2].partition("<footer")[0])


def test_the_ids_of_a_page_are_unique(filled: InProcess) -> None:
    number = proposed(filled, "b.txt", "x")
    for _ in range(2):
        answered(filled, number, "comment", {"comment": "# Title\n\n<b id=x>b</b> [up](#title)"})
    html = page(filled, f"{IRIS}/discussions/{number}")
    ids = re.findall(r'\sid="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    assert html.count("<h1") == 1


def test_comments_of_one_moment_are_in_their_order(
    filled: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull_requests, "now_ms", lambda: 1_700_000_000_000)
    number = opened(filled)
    texts = [f"comment-{place:02}." for place in range(12)]
    for text in texts:
        answered(filled, number, "comment", {"comment": text})
    shown = page(filled, f"{IRIS}/discussions/{number}")
    places = [shown.index(text) for text in texts]
    assert places == sorted(places)


def test_a_long_discussion_has_pages(filled: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discussion_pages, "EVENTS_SHOWN", 2)
    number = opened(filled)
    for text in ("first", "second", "third"):
        answered(filled, number, "comment", {"comment": text})
    address = f"{IRIS}/discussions/{number}"
    one, two = page(filled, address), page(filled, f"{address}?page=2")
    assert ("third" in one, f'href="{address}?page=2"' in one) == (False, True)
    assert ("third" in two, f'href="{address}"' in two) == (True, True)


@pytest.mark.attack("expensive pages")
def test_many_long_comments_are_rendered_up_to_a_limit(filled: InProcess) -> None:
    number = opened(filled)
    length = 60_000
    for count in range(4):
        answered(filled, number, "comment", {"comment": f"*{count}*" + "a" * length})
    html = page(filled, f"{IRIS}/discussions/{number}")
    rendered = discussion_pages.RENDERED_LIMIT // length
    assert html.count("<em>") == rendered
    assert html.count("<pre>*") == 4 - rendered
