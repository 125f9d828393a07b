"""How a client is asked to upload each file."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from huggingnersc.hub_server.routes import preupload
from tests.hub_server.wire import text_file

if TYPE_CHECKING:
    from tests.hub_server.in_process import InProcess
    from tests.hub_server.wire import Answer

API = "/api/datasets/NERSC/iris"


def test_preupload_reports_the_mode_what_is_ignored_and_what_exists(filled: InProcess) -> None:
    filled.commit("NERSC/iris", text_file(".gitignore", "*.log\n"))

    def asked(path: str, size: int = 3, sample: bytes = b"abc") -> dict[str, object]:
        return {"path": path, "size": size, "sample": base64.b64encode(sample).decode()}

    files = [asked("a.txt"), asked("b.bin"), asked("c.log"), asked("d", 20_000_000)]
    body = {"files": files}
    answer = filled.ask("POST", f"{API}/preupload/main", body, user="ada").json["files"]
    assert [row["uploadMode"] for row in answer] == ["regular", "lfs", "regular", "lfs"]
    assert [row["shouldIgnore"] for row in answer] == [False, False, True, False]
    assert answer[0]["oid"] == filled.ask("GET", f"{API}/tree/main").json[-1]["oid"]
    assert "oid" not in answer[1]


def advice(hub: InProcess, *files: object, user: str | None = "ada", **more: object) -> Answer:
    body = {"files": list(files), **more}
    return hub.ask("POST", f"{API}/preupload/main", body, user=user)


def test_the_rules_of_the_request_replace_those_of_the_repository(filled: InProcess) -> None:
    filled.commit("NERSC/iris", text_file(".gitignore", "*.log\n"))
    files = [{"path": "c.log"}, {"path": "c.tmp"}]
    rows = advice(filled, *files, gitIgnore="*.tmp\n").json["files"]
    assert [row["shouldIgnore"] for row in rows] == [False, True]


def test_the_attributes_of_the_repository_decide_before_the_content(filled: InProcess) -> None:
    rules = "*.csv filter=lfs diff=lfs merge=lfs -text\n*.bin -filter\n"
    filled.commit("NERSC/iris", text_file(".gitattributes", rules))
    binary = base64.b64encode(b"\0\1").decode()
    files = [{"path": "a.csv", "size": 1}, {"path": "a.bin", "size": 2, "sample": binary}]
    rows = advice(filled, *files).json["files"]
    assert [row["uploadMode"] for row in rows] == ["lfs", "regular"]


def test_a_big_file_that_is_there_is_named_by_its_sha256(filled: InProcess) -> None:
    oid = filled.store("NERSC/iris", "b.bin", b"x" * 100)
    (row,) = advice(filled, {"path": "b.bin", "size": 100}).json["files"]
    assert row["oid"] == oid


@pytest.mark.parametrize(
    ("file", "status"),
    [
        ("a.txt", 400),
        ({"path": 5}, 400),
        ({"path": "a", "size": "5"}, 400),
        ({"path": "a", "sample": "%%"}, 400),
        ({"path": "../a"}, 422),
        ({"path": ""}, 422),
        ({"path": "a.txt"}, 200),
    ],
)
def test_a_file_has_a_path_a_size_and_a_sample(iris: InProcess, file: object, status: int) -> None:
    assert advice(iris, file).status == status


def test_a_list_of_files_has_a_limit(iris: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preupload, "MAX_FILES", 2)
    files = [{"path": f"{number}"} for number in range(3)]
    assert advice(iris, *files).status == 400
    assert advice(iris, *files[:2]).status == 200
    assert advice(iris, gitIgnore=5).status == 400


@pytest.mark.parametrize(
    ("user", "writing", "proposing"), [(None, 401, 401), ("eve", 403, 200), ("ada", 200, 200)]
)
def test_a_reader_may_prepare_a_pull_request_and_a_writer_a_commit(
    iris: InProcess, user: str | None, writing: int, proposing: int
) -> None:
    assert advice(iris, user=user).status == writing
    path = f"{API}/preupload/main?create_pr=1"
    assert iris.ask("POST", path, {"files": []}, user=user).status == proposing


def test_a_revision_that_is_missing_has_its_code(iris: InProcess) -> None:
    answer = iris.ask("POST", f"{API}/preupload/none", {"files": []}, user="ada")
    assert (answer.status, answer.headers["x-error-code"]) == (404, "RevisionNotFound")
