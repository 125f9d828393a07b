"""The API as other clients than the official one may use it."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.hub_server.wire import text_file

if TYPE_CHECKING:
    from tests.hub_server.wire import Answer, Wire

API = "/api/datasets/NERSC/iris"
FILE = "/datasets/NERSC/iris/resolve/main/a.txt"


@pytest.fixture
def set_(wire: Wire) -> Wire:
    wire.create("NERSC/iris")
    wire.commit("NERSC/iris", text_file("a.txt", "0123456789"))
    return wire


def pages(wire: Wire, path: str) -> list[Answer]:
    """Follow `Link` headers to the end."""
    found = [wire.ask("GET", path)]
    while link := re.fullmatch(r'<([^>]+)>; rel="next"', found[-1].headers.get("link", "")):
        assert link[1].startswith(wire.endpoint)
        parts = urlsplit(link[1])
        found.append(wire.ask("GET", f"{parts.path}?{parts.query}"))
    return found


def test_listings_are_paged_without_loss_or_repetition(wire: Wire) -> None:
    for number in range(7):
        wire.create(f"NERSC/set-{number}")
    for query in ("limit=3", "limit=2&sort=createdAt", "limit=2&sort=createdAt&direction=1"):
        found = pages(wire, f"/api/datasets?{query}&search=set")
        ids = [row["id"] for page in found for row in page.json]
        assert sorted(ids) == [f"NERSC/set-{number}" for number in range(7)]
        assert len(found) > 2
    newest = wire.ask("GET", "/api/datasets?sort=createdAt&limit=1").json[0]
    assert newest["id"] == "NERSC/set-6"


def test_search_filter_author_and_expand_narrow_a_listing(wire: Wire) -> None:
    wire.create("NERSC/one")
    wire.create("ada/two")
    card = "---\nlicense: mit\ntags: [Physics]\npretty_name: The First\n---\n"
    wire.commit("NERSC/one", text_file("README.md", card))

    def ids(query: str) -> list[str]:
        return [row["id"] for row in wire.ask("GET", f"/api/datasets?{query}").json]

    assert ids("search=first") == ["NERSC/one"]
    assert ids("search=nersc&search=on") == ["NERSC/one"]
    assert ids("search=dataset") == []
    assert ids("filter=license:mit&filter=physics") == ["NERSC/one"]
    assert ids("filter=license:mit,other") == []
    assert ids("author=ADA") == ["ada/two"]
    assert ids("gated=true") == []
    full = wire.ask("GET", "/api/datasets?search=one&full=true").json[0]
    assert full["cardData"]["pretty_name"] == "The First"
    few = wire.ask("GET", "/api/datasets?search=one&expand=downloads&expand=sha").json[0]
    assert set(few) == {"id", "_id", "downloads", "sha"}


def test_a_tree_is_paged_at_the_commit_it_began_with(set_: Wire) -> None:
    files = [text_file(f"d{n % 3}/e/{n}.txt", str(n)) for n in range(20)]
    set_.commit("NERSC/iris", *files)
    path = f"{API}/tree/main?recursive=true&limit=4"
    first = set_.ask("GET", path)
    set_.commit("NERSC/iris", text_file("d1/new.txt", "x"))
    following = urlsplit(first.headers["link"].split(">")[0][1:])
    rest = pages(set_, f"{following.path}?{following.query}")
    rows = [row for page in (first, *rest) for row in page.json]
    names = [row["path"] for row in rows]
    assert len(names) == len(set(names)) == 20 + 6 + 2
    assert names == sorted(names)
    one_level = pages(set_, f"{API}/tree/main/d1?limit=1")
    assert [page.json[0]["path"] for page in one_level] == ["d1/e", "d1/new.txt"]


def test_expanded_entries_name_the_commit_that_changed_them(set_: Wire) -> None:
    set_.commit("NERSC/iris", text_file("d/b.txt", "1"))
    second = set_.commit("NERSC/iris", text_file("d/c.txt", "1")).json["commitOid"]
    set_.commit("NERSC/iris", text_file("e.txt", "1"))
    rows = set_.ask("GET", f"{API}/tree/main?expand=true").json
    last = {row["path"]: row["lastCommit"]["id"] for row in rows}
    assert last["d"] == second
    assert len(set(last.values())) == 4


def test_paths_info_takes_a_form_and_leaves_out_what_is_missing(set_: Wire) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = set_.ask("POST", f"{API}/paths-info/main", b"paths=a.txt&paths=no", headers=form)
    assert [(row["path"], row["size"]) for row in answer.json] == [("a.txt", 10)]


def test_a_file_is_not_sent_again_to_who_has_it(set_: Wire) -> None:
    first = set_.ask("GET", FILE)
    again = set_.ask("GET", FILE, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    other = set_.ask("GET", FILE, headers={"If-None-Match": '"other"'})
    assert (other.status, other.body) == (200, b"0123456789")


def test_ranges_are_served_as_http_says(set_: Wire) -> None:
    part = set_.ask("GET", FILE, headers={"Range": "bytes=-3"})
    assert (part.status, part.body, part.headers["content-range"]) == (206, b"789", "bytes 7-9/10")
    beyond = set_.ask("GET", FILE, headers={"Range": "bytes=10-"})
    assert (beyond.status, beyond.headers["content-range"]) == (416, "bytes */10")
    stale = set_.ask("GET", FILE, headers={"Range": "bytes=0-1", "If-Range": '"old"'})
    assert (stale.status, stale.body) == (200, b"0123456789")
    head = set_.ask("HEAD", FILE)
    assert (head.status, head.headers["content-length"], head.body) == (200, "10", b"")
    assert len(head.headers["x-repo-commit"]) == 40


def test_an_absent_file_names_the_commit_so_that_it_can_be_remembered(set_: Wire) -> None:
    answer = set_.ask("HEAD", "/datasets/NERSC/iris/resolve/main/none.txt")
    assert (answer.status, answer.headers["x-error-code"]) == (404, "EntryNotFound")
    assert len(answer.headers["x-repo-commit"]) == 40


def test_names_are_found_in_any_case_and_after_a_move(set_: Wire) -> None:
    assert set_.ask("GET", "/api/datasets/nersc/IRIS").json["id"] == "NERSC/iris"
    move = {"fromRepo": "NERSC/iris", "toRepo": "NERSC/flowers", "type": "dataset"}
    assert set_.ask("POST", "/api/repos/move", move, user="ada").status == 200
    assert set_.ask("GET", API).json["id"] == "NERSC/flowers"
    assert set_.ask("GET", FILE).body == b"0123456789"
    set_.create("NERSC/iris")
    assert set_.ask("GET", API).json["id"] == "NERSC/iris"
    assert set_.ask("GET", FILE).status == 404


def test_downloads_are_counted_once_per_client_and_repository(set_: Wire) -> None:
    for _ in range(3):
        set_.ask("GET", FILE)
        set_.ask("HEAD", FILE)
        set_.ask("GET", FILE, user="eve")
    assert set_.ask("GET", API).json["downloads"] == 2


def test_preupload_says_how_what_is_ignored_and_what_is_there(set_: Wire) -> None:
    set_.commit("NERSC/iris", text_file(".gitignore", "*.log\n"))

    def asked(path: str, size: int = 3, sample: bytes = b"abc") -> dict[str, object]:
        return {"path": path, "size": size, "sample": base64.b64encode(sample).decode()}

    files = [asked("a.txt"), asked("b.bin"), asked("c.log"), asked("d", 20_000_000)]
    body = {"files": files}
    answer = set_.ask("POST", f"{API}/preupload/main", body, user="ada").json["files"]
    assert [row["uploadMode"] for row in answer] == ["regular", "lfs", "regular", "lfs"]
    assert [row["shouldIgnore"] for row in answer] == [False, False, True, False]
    assert answer[0]["oid"] == set_.ask("GET", f"{API}/tree/main").json[-1]["oid"]
    assert "oid" not in answer[1]


def test_a_file_does_not_take_the_place_of_a_folder(set_: Wire) -> None:
    set_.commit("NERSC/iris", text_file("d/x.txt", "1"))
    assert set_.commit("NERSC/iris", text_file("d", "1")).status == 422
    both = (text_file("n", "1"), text_file("n/x", "1"))
    assert set_.commit("NERSC/iris", *both).status == 422
    replaced = (("deletedFolder", {"path": "d/"}), text_file("d", "1"))
    assert set_.commit("NERSC/iris", *replaced).status == 200


def test_a_commit_goes_to_a_branch_that_exists(set_: Wire) -> None:
    for rev in ("nowhere", "refs%2Fpr%2F9", "refs%2Fother%2Fx", "0" * 40):
        assert set_.commit("NERSC/iris", text_file("b", "x"), rev=rev).status == 404
    set_.ask("POST", f"{API}/branch/dev%2Fx", {"startingPoint": "main"}, user="ada")
    assert set_.commit("NERSC/iris", text_file("b", "x"), rev="dev%2Fx").status == 200
    assert set_.ask("GET", "/datasets/NERSC/iris/resolve/dev%2Fx/b").body == b"x"
    assert set_.ask("GET", "/datasets/NERSC/iris/resolve/main/b").status == 404


def test_people_and_organizations_are_shown_with_their_members(wire: Wire) -> None:
    me = wire.ask("GET", "/api/whoami-v2", user="bob").json
    assert (me["name"], [org["name"] for org in me["orgs"]]) == ("bob", ["Closed", "NERSC"])
    assert wire.ask("GET", "/api/whoami-v2").status == 401
    assert wire.ask("GET", "/api/users/ada/overview").json["user"] == "ada"
    assert wire.ask("GET", "/api/users/none/overview").status == 404
    assert len(wire.ask("GET", "/api/organizations/NERSC/members").json) == 2
    assert wire.ask("GET", "/api/agent-harnesses").json["harnesses"] == {}


def test_my_repositories_are_listed_with_their_size(set_: Wire) -> None:
    rows = set_.ask("GET", "/api/organizations/NERSC/settings/repositories", user="bob").json
    assert [(row["id"], row["visibility"]) for row in rows] == [("NERSC/iris", "public")]
    assert rows[0]["storage"] > 10
    path = "/api/organizations/NERSC/settings/repositories"
    assert set_.ask("GET", path, user="eve").status == 403
    assert set_.ask("GET", "/api/settings/repositories", user="eve").json == []
