"""What a hostile client may try; each time the answer is a refusal, never a 500."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from huggingnersc.hub_server.hub_context import Limits
from tests.hub_server.in_process import in_process
from tests.hub_server.wire import text_file

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hub_server.in_process import InProcess

LEAVING = ["../x", "..%2Fx", "%2e%2e/x", "..%2f..%2fhub.sqlite3", "a/../../x", "%00", "%ff%fe"]


@pytest.mark.parametrize("path", LEAVING)
@pytest.mark.parametrize(
    "pattern",
    [
        "/datasets/NERSC/iris/resolve/main/{}",
        "/datasets/NERSC/iris/resolve/{}/a.txt",
        "/datasets/NERSC/{}/resolve/main/a.txt",
        "/datasets/{}/iris/resolve/main/a.txt",
        "/api/datasets/NERSC/iris/tree/main/{}",
        "/api/datasets/NERSC/iris/tree/{}",
        "/api/datasets/NERSC/iris/revision/{}",
        "/api/datasets/NERSC/iris/commits/{}",
        "/api/datasets/NERSC/{}",
        "/api/datasets/{}/iris",
        "/{}/info/refs?service=git-upload-pack",
        "/_lfs/{}/{}/5?ticket=1.x",
    ],
)
def test_no_address_leads_out_of_a_repository(iris: InProcess, pattern: str, path: str) -> None:
    answer = iris.ask("GET", pattern.replace("{}", path), user="ada")
    assert answer.status in {400, 401, 403, 404}


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", ".git/config", "a/../../x", "..\\x", ""])
def test_no_commit_writes_outside_its_repository(iris: InProcess, path: str) -> None:
    for line in (
        text_file(path, "x"),
        ("deletedFile", {"path": path}),
        ("lfsFile", {"path": path, "algo": "sha256", "oid": "ab" * 32, "size": 1}),
    ):
        assert iris.commit("NERSC/iris", line).status in {400, 422}


@pytest.mark.parametrize("name", ["../x", "a..b", ".git", "a.git", "x/y/z", "", "a b", "ä", "-a"])
def test_no_repository_gets_a_name_that_is_a_path(iris: InProcess, name: str) -> None:
    body = {"name": name, "organization": "NERSC", "type": "dataset"}
    assert iris.ask("POST", "/api/repos/create", body, user="ada").status in {400, 403}


@pytest.mark.parametrize("ref", ["../../x", "a..b", "x.lock", "-x", "a b", "refs/other/x", "HEAD"])
def test_no_ref_gets_a_name_that_is_a_path(iris: InProcess, ref: str) -> None:
    quoted = ref.replace("/", "%2F").replace(" ", "%20")
    api = "/api/datasets/NERSC/iris"
    assert iris.ask("POST", f"{api}/branch/{quoted}", {}, user="ada").status == 400
    assert iris.ask("POST", f"{api}/tag/main", {"tag": ref}, user="ada").status == 400


@pytest.mark.parametrize("oid", ["../../x", "AB" * 32, "ab" * 31, "", None, 5, "ab" * 32 + "\n"])
def test_no_lfs_id_is_a_path(iris: InProcess, oid: object) -> None:
    for operation in ("upload", "download"):
        body = {"operation": operation, "objects": [{"oid": oid, "size": 1}]}
        answer = iris.ask(
            "POST", "/datasets/NERSC/iris.git/info/lfs/objects/batch", body, user="ada"
        )
        assert answer.status == 422


def test_an_upload_needs_the_ticket_it_was_given(iris: InProcess) -> None:
    oid = "ab" * 32
    body = {"operation": "upload", "objects": [{"oid": oid, "size": 5}]}
    answer = iris.ask("POST", "/datasets/NERSC/iris.git/info/lfs/objects/batch", body, user="ada")
    address = urlsplit(answer.json["objects"][0]["actions"]["upload"]["href"])
    good = f"{address.path}?{address.query}"
    for bad in (
        address.path,
        good.replace("ticket=", "ticket=9"),
        good.replace("/5?", "/6?"),
        good.replace(oid, "cd" * 32),
    ):
        assert iris.ask("PUT", bad, b"hello").status == 403
    assert iris.ask("PUT", good, b"other").status == 422
    assert iris.ask("PUT", good, b"too long for it").status == 422
    assert iris.hub.lfs.size(oid) is None
    assert list(iris.hub.lfs.incoming.iterdir()) == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"[" * 50_000, b"\xff\xfe", b'{"name": 5}', b'"x"']
)
@pytest.mark.parametrize(
    "route",
    [
        "POST /api/repos/create",
        "POST /api/repos/move",
        "POST /api/validate-yaml",
        "POST /api/datasets/NERSC/iris/preupload/main",
        "POST /api/datasets/NERSC/iris/commit/main",
        "POST /api/datasets/NERSC/iris/tag/main",
        "POST /api/datasets/NERSC/iris/discussions",
        "POST /api/datasets/NERSC/iris/lfs-files/batch",
        "POST /api/datasets/NERSC/iris/lfs-files/duplicate",
        "POST /api/datasets/NERSC/iris/user-access-request/handle",
        "POST /datasets/NERSC/iris.git/info/lfs/objects/batch",
    ],
)
def test_a_body_that_is_no_request_is_refused(iris: InProcess, route: str, body: bytes) -> None:
    method, path = route.split()
    assert iris.ask(method, path, body, user="ada").status in {400, 404, 422}


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=x", "limit=-1", "cursor=x", "cursor=W10", "sort=password", "limit=%00"],
)
def test_a_query_that_makes_no_sense_is_refused(iris: InProcess, query: str) -> None:
    assert iris.ask("GET", f"/api/datasets?{query}").status == 400


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJhIiwiYiJd", "A" * 5000])
def test_made_up_cursors_are_refused_everywhere(iris: InProcess, cursor: str) -> None:
    api = "/api/datasets/NERSC/iris"
    for path in ("tree/main", "commits/main"):
        assert iris.ask("GET", f"{api}/{path}?cursor={cursor}").status in {400, 404}


@pytest.mark.parametrize("word", ["'", '"; DROP TABLE repositories; --', "%", "_", "\\", "*"])
def test_a_search_is_data_and_not_language(iris: InProcess, word: str) -> None:
    from urllib.parse import quote

    for key in ("search", "filter", "author"):
        answer = iris.ask("GET", f"/api/datasets?{key}={quote(word)}")
        assert (answer.status, answer.json) == (200, [])


def test_bodies_have_limits(tmp_path: Path) -> None:
    limits = Limits(commit_body=10_000, commit_line=2_000, git_body=1_000, lfs_file=50)
    with in_process(tmp_path / "small", limits=limits) as hub:
        hub.create("NERSC/iris")
        assert hub.commit("NERSC/iris", text_file("a", "x" * 3_000)).status == 413
        assert hub.commit("NERSC/iris", text_file("a", "x" * 30_000)).status == 413
        git = {"Content-Type": "application/x-git-receive-pack-request"}
        path = "/datasets/NERSC/iris/git-receive-pack"
        assert hub.ask("POST", path, b"x" * 2_000, user="ada", headers=git).status == 413
        body = {"operation": "upload", "objects": [{"oid": "ab" * 32, "size": 51}]}
        path = "/datasets/NERSC/iris.git/info/lfs/objects/batch"
        assert hub.ask("POST", path, body, user="ada").status == 413
        big = b'{"content": "' + b"x" * (9 << 20) + b'"}'
        assert hub.ask("POST", "/api/validate-yaml", big).status == 413


def test_a_card_that_would_explode_is_refused_and_harmless(iris: InProcess) -> None:
    bomb = "---\na: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: [*b,*b,*b,*b]\n---\n"
    body = {"content": bomb, "repoType": "dataset"}
    assert iris.ask("POST", "/api/validate-yaml", body).status == 400
    assert iris.commit("NERSC/iris", text_file("README.md", bomb)).status == 200
    assert iris.ask("GET", "/api/datasets/NERSC/iris").json["cardData"] == {}


def test_no_file_runs_in_a_browser_with_the_hub_s_origin(iris: InProcess) -> None:
    page = "<script>alert(1)</script>"
    for name in ("x.html", "x.svg", "x.js", "x.xhtml"):
        iris.commit("NERSC/iris", text_file(name, page))
        answer = iris.ask("GET", f"/datasets/NERSC/iris/resolve/main/{name}")
        assert "html" not in answer.headers["content-type"]
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_name_cannot_add_a_header(iris: InProcess) -> None:
    iris.commit("NERSC/iris", text_file('a";\u00e4.txt', "x"))
    answer = iris.ask("GET", "/datasets/NERSC/iris/resolve/main/a%22%3B%C3%A4.txt")
    assert answer.status == 200
    assert answer.headers["content-disposition"].isascii()
