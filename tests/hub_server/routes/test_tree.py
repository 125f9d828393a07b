"""The files and folders of a revision."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from huggingnersc.hub_server.routes import tree
from tests.hub_server.routes.test_listing import pages
from tests.hub_server.wire import text_file

if TYPE_CHECKING:
    from tests.hub_server.in_process import InProcess

API = "/api/datasets/NERSC/iris"


def test_a_tree_is_paged_at_the_commit_it_began_with(filled: InProcess) -> None:
    files = [text_file(f"d{n % 3}/e/{n}.txt", str(n)) for n in range(20)]
    filled.commit("NERSC/iris", *files)
    path = f"{API}/tree/main?recursive=true&limit=4"
    first = filled.ask("GET", path)
    filled.commit("NERSC/iris", text_file("d1/new.txt", "x"))
    following = urlsplit(first.headers["link"].split(">")[0][1:])
    rest = pages(filled, f"{following.path}?{following.query}")
    rows = [row for page in (first, *rest) for row in page.json]
    names = [row["path"] for row in rows]
    assert len(names) == len(set(names)) == 20 + 6 + 2
    assert names == sorted(names)
    one_level = pages(filled, f"{API}/tree/main/d1?limit=1")
    assert [page.json[0]["path"] for page in one_level] == ["d1/e", "d1/new.txt"]


def test_expanded_entries_name_the_commit_that_changed_them(filled: InProcess) -> None:
    filled.commit("NERSC/iris", text_file("d/b.txt", "1"))
    second = filled.commit("NERSC/iris", text_file("d/c.txt", "1")).json["commitOid"]
    filled.commit("NERSC/iris", text_file("e.txt", "1"))
    rows = filled.ask("GET", f"{API}/tree/main?expand=true").json
    last = {row["path"]: row["lastCommit"]["id"] for row in rows}
    assert last["d"] == second
    assert len(set(last.values())) == 4


def test_paths_info_takes_a_form_and_leaves_out_what_is_missing(filled: InProcess) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = filled.ask("POST", f"{API}/paths-info/main", b"paths=a.txt&paths=no", headers=form)
    assert [(row["path"], row["size"]) for row in answer.json] == [("a.txt", 10)]


def test_a_folder_is_listed_alone_or_with_all_below_it(filled: InProcess) -> None:
    filled.commit("NERSC/iris", text_file("d/e/b.txt", "12"), text_file("d/c.txt", "345"))
    rows = filled.ask("GET", f"{API}/tree/main/d").json
    assert [(row["path"], row["type"], row["size"]) for row in rows] == [
        ("d/c.txt", "file", 3),
        ("d/e", "directory", 0),
    ]
    below = filled.ask("GET", f"{API}/tree/main/d?recursive=true").json
    assert [row["path"] for row in below] == ["d/c.txt", "d/e", "d/e/b.txt"]


def test_a_big_file_shows_the_size_of_its_content(filled: InProcess) -> None:
    oid = filled.store("NERSC/iris", "b.bin", b"x" * 5_000)
    row = filled.ask("GET", f"{API}/tree/main").json[-1]
    assert (row["path"], row["size"]) == ("b.bin", 5_000)
    assert row["lfs"] == {"oid": oid, "size": 5_000, "pointerSize": 129}
    assert row["oid"] != oid


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("tree/none", "RevisionNotFound"),
        ("tree/main/none", "EntryNotFound"),
        ("treesize/none", "RevisionNotFound"),
        ("treesize/main/none", "EntryNotFound"),
    ],
)
def test_what_is_missing_has_its_error_code(iris: InProcess, path: str, code: str) -> None:
    answer = iris.ask("GET", f"{API}/{path}")
    assert (answer.status, answer.headers["x-error-code"]) == (404, code)


def test_the_size_of_a_tree_is_the_sum_of_its_files(filled: InProcess) -> None:
    filled.store("NERSC/iris", "d/b.bin", b"x" * 5_000)
    filled.commit("NERSC/iris", text_file("d/c.txt", "345"))
    sizes = {
        path: filled.ask("GET", f"{API}/treesize/main{path}").json["size"]
        for path in ("/d", "/d/c.txt", "/a.txt")
    }
    assert sizes == {"/d": 5_003, "/d/c.txt": 3, "/a.txt": 10}
    rows = filled.ask("GET", f"{API}/tree/main").json
    total = sum(row["size"] for row in rows if row["type"] == "file") + 5_003
    assert filled.ask("GET", f"{API}/treesize/main").json == {"path": "", "size": total}


def test_paths_info_takes_json_and_shows_folders_and_last_commits(filled: InProcess) -> None:
    sha = filled.commit("NERSC/iris", text_file("d/c.txt", "345")).json["commitOid"]
    asked = {"paths": ["d", "/d/c.txt/", "", "none"], "expand": True}
    headers = {"Content-Type": "application/json"}
    rows = filled.ask("POST", f"{API}/paths-info/main", asked, headers=headers).json
    assert [(row["path"], row["type"]) for row in rows] == [
        ("d", "directory"),
        ("d/c.txt", "file"),
    ]
    assert {row["lastCommit"]["id"] for row in rows} == {sha}
    plain = filled.ask("POST", f"{API}/paths-info/main", {"paths": ["d"]}, headers=headers).json
    assert "lastCommit" not in plain[0]


def test_paths_info_refuses_what_is_no_list_of_paths(
    iris: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "MAX_PATHS", 2)
    headers = {"Content-Type": "application/json"}
    for paths in (None, "a.txt", [1], ["a", "b", "c"]):
        answer = iris.ask("POST", f"{API}/paths-info/main", {"paths": paths}, headers=headers)
        assert answer.status == 400
    answer = iris.ask("POST", f"{API}/paths-info/main", {"paths": ["a", "b"]}, headers=headers)
    assert (answer.status, answer.json) == (200, [])
    assert iris.ask("POST", f"{API}/paths-info/main", b"paths=\xff").status == 400


@pytest.mark.parametrize(("user", "status"), [(None, 401), ("eve", 404), ("bob", 200)])
def test_a_private_tree_is_missing_for_strangers(
    iris: InProcess, user: str | None, status: int
) -> None:
    secret = "/api/datasets/NERSC/secret"
    assert iris.ask("GET", f"{secret}/tree/main", user=user).status == status
    assert iris.ask("GET", f"{secret}/treesize/main", user=user).status == status
    assert iris.ask("POST", f"{secret}/paths-info/main", b"", user=user).status == status
