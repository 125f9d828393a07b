"""What is known about one repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from huggingnersc.hub_server.routes import info
from tests.hub_server.wire import text_file

if TYPE_CHECKING:
    from tests.hub_server.in_process import InProcess

API = "/api/datasets/NERSC/iris"


def card(title: str) -> tuple[str, object]:
    return text_file("README.md", f"---\npretty_name: {title}\nlicense: mit\n---\n")


def test_a_repository_is_described_at_its_newest_commit(filled: InProcess) -> None:
    sha = filled.commit("NERSC/iris", card("The First")).json["commitOid"]
    shown = filled.ask("GET", API).json
    assert (shown["id"], shown["author"], shown["sha"]) == ("NERSC/iris", "NERSC", sha)
    assert shown["cardData"]["pretty_name"] == "The First"
    assert "license:mit" in shown["tags"]
    names = [row["rfilename"] for row in shown["siblings"]]
    assert names == [".gitattributes", "README.md", "a.txt"]


def test_an_older_revision_shows_its_own_card_and_files(filled: InProcess) -> None:
    first = filled.commit("NERSC/iris", card("First")).json["commitOid"]
    filled.commit("NERSC/iris", card("Second"), ("deletedFile", {"path": "a.txt"}))
    old = filled.ask("GET", f"{API}/revision/{first}").json
    assert (old["sha"], old["cardData"]["pretty_name"]) == (first, "First")
    assert "a.txt" in {row["rfilename"] for row in old["siblings"]}
    new = filled.ask("GET", f"{API}/revision/main").json
    assert new["cardData"]["pretty_name"] == "Second"
    assert "a.txt" not in {row["rfilename"] for row in new["siblings"]}


def test_files_are_listed_with_sizes_and_ids_when_asked(filled: InProcess) -> None:
    oid = filled.store("NERSC/iris", "b.bin", b"x" * 100)
    rows = filled.ask("GET", f"{API}?blobs=true").json["siblings"]
    found = {row["rfilename"]: row for row in rows}
    assert (found["a.txt"]["size"], "lfs" in found["a.txt"]) == (10, False)
    assert found["b.bin"]["lfs"] == {"sha256": oid, "size": 100, "pointerSize": 128}
    assert all(len(row["blobId"]) == 40 for row in rows)


def test_only_the_keys_asked_for_are_returned(iris: InProcess) -> None:
    shown = iris.ask("GET", f"{API}?expand=sha&expand[]=siblings&expand=gguf").json
    assert set(shown) == {"_id", "id", "sha", "siblings", "gguf"}
    assert (shown["gguf"], [row["rfilename"] for row in shown["siblings"]]) == (
        None,
        [".gitattributes", "a.txt"],
    )
    assert iris.ask("GET", f"{API}?expand=password").status == 400


def test_a_list_of_files_has_a_limit(iris: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(info, "MAX_SIBLINGS", 1)
    assert len(iris.ask("GET", API).json["siblings"]) == 1


def test_a_model_has_the_keys_of_a_model(fresh: InProcess) -> None:
    fresh.create("NERSC/net", kind="model")
    shown = fresh.ask("GET", "/api/models/NERSC/net").json
    assert (shown["modelId"], shown["spaces"]) == ("NERSC/net", [])
    assert fresh.ask("GET", "/api/datasets/NERSC/net").status == 401


@pytest.mark.parametrize(("user", "status"), [(None, 401), ("eve", 404), ("bob", 200)])
def test_a_private_repository_looks_missing_to_strangers(
    iris: InProcess, user: str | None, status: int
) -> None:
    hidden = iris.ask("GET", "/api/datasets/NERSC/secret", user=user)
    assert hidden.status == status
    if status != 200:
        missing = iris.ask("GET", "/api/datasets/NERSC/none", user=user)
        assert (missing.status, missing.body) == (hidden.status, hidden.body)


def test_a_revision_that_is_missing_has_its_code(iris: InProcess) -> None:
    answer = iris.ask("GET", f"{API}/revision/none")
    assert (answer.status, answer.headers["x-error-code"]) == (404, "RevisionNotFound")
