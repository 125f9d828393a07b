"""Who may do what, asked through every route."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from huggingnersc.domain.repo_names import RepoKind, RepoName
from tests.hub_server.wire import text_file

if TYPE_CHECKING:
    from tests.hub_server.in_process import InProcess
    from tests.hub_server.wire import Answer

API = "/api/datasets/NERSC/secret"
REPO = "/datasets/NERSC/secret"
ROUTES: list[tuple[str, str, object]] = [
    ("GET", API, None),
    ("GET", f"{API}/revision/main", None),
    ("GET", f"{API}/tree/main", None),
    ("GET", f"{API}/treesize/main", None),
    ("GET", f"{API}/refs", None),
    ("GET", f"{API}/commits/main", None),
    ("GET", f"{API}/auth-check", None),
    ("GET", f"{API}/auth-check/write", None),
    ("GET", f"{API}/discussions", None),
    ("GET", f"{API}/discussions/1", None),
    ("GET", f"{API}/lfs-files", None),
    ("GET", f"{API}/user-access-request/pending", None),
    ("GET", f"{API}/xet-write-token/main", None),
    ("POST", f"{API}/paths-info/main", b"paths=a"),
    ("POST", f"{API}/preupload/main", {"files": []}),
    ("POST", f"{API}/commit/main", b"{}"),
    ("POST", f"{API}/commit/main?create_pr=1", b"{}"),
    ("POST", f"{API}/branch/x", {}),
    ("DELETE", f"{API}/branch/x", None),
    ("POST", f"{API}/tag/main", {"tag": "v"}),
    ("DELETE", f"{API}/tag/v", None),
    ("POST", f"{API}/super-squash/main", {}),
    ("POST", f"{API}/discussions", {"title": "t"}),
    ("POST", f"{API}/discussions/1/comment", {"comment": "t"}),
    ("POST", f"{API}/discussions/1/merge", {}),
    ("POST", f"{API}/ask-access", {}),
    ("POST", f"{API}/user-access-request/grant", {"user": "eve"}),
    ("POST", f"{API}/lfs-files/batch", {"deletions": {"sha": []}}),
    ("POST", f"{API}/lfs-files/duplicate", {}),
    ("PUT", f"{API}/settings", {"private": False}),
    ("GET", f"{REPO}/resolve/main/a.txt", None),
    ("HEAD", f"{REPO}/resolve/main/a.txt", None),
    ("GET", f"{REPO}/info/refs?service=git-upload-pack", None),
    ("GET", f"{REPO}.git/info/refs?service=git-receive-pack", None),
    ("POST", f"{REPO}/git-upload-pack", b""),
    ("POST", f"{REPO}/git-receive-pack", b""),
    ("POST", f"{REPO}.git/info/lfs/objects/batch", {"operation": "download", "objects": []}),
    ("POST", f"{REPO}.git/info/lfs/objects/batch", {"operation": "upload", "objects": []}),
    ("POST", f"{REPO}.git/info/lfs/locks/verify", {}),
]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_a_private_repository_does_not_exist_for_strangers(
    iris: InProcess, method: str, path: str, body: object
) -> None:
    hidden = iris.ask(method, path, body, user="eve")
    missing = iris.ask(method, path.replace("secret", "nothing"), body, user="eve")
    assert (hidden.status, hidden.headers.get("x-error-code")) == (404, "RepoNotFound")
    assert (missing.status, missing.body) == (hidden.status, hidden.body)
    anonymous = iris.ask(method, path, body)
    assert (anonymous.status, anonymous.headers.get("x-error-code")) == (401, "RepoNotFound")


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_a_wrong_token_opens_nothing(
    iris: InProcess, method: str, path: str, body: object
) -> None:
    path = path.replace("secret", "iris")
    answer = iris.ask(method, path, body, headers={"Authorization": "Bearer hf_wrong_token"})
    assert answer.status == 401
    assert answer.headers["x-error-message"] == "Invalid credentials in Authorization header"


def test_private_repositories_are_listed_for_members_only(fresh: InProcess) -> None:
    fresh.create("NERSC/secret", private=True)
    fresh.create("NERSC/open")

    def listed(user: str | None) -> list[str]:
        return sorted(row["id"] for row in fresh.ask("GET", "/api/datasets", user=user).json)

    assert listed("bob") == ["NERSC/open", "NERSC/secret"]
    assert listed("eve") == listed(None) == ["NERSC/open"]


def test_a_contributor_writes_only_what_is_their_own(fresh: InProcess) -> None:
    fresh.create("NERSC/of-ada", user="ada")
    fresh.create("NERSC/of-bob", user="bob")
    line = text_file("a.txt", "x")
    assert fresh.commit("NERSC/of-bob", line, user="bob").status == 200
    assert fresh.commit("NERSC/of-ada", line, user="bob").status == 403
    assert fresh.commit("NERSC/of-bob", line, user="ada").status == 200


def test_readers_read_and_writers_do_not_delete_what_others_made(fresh: InProcess) -> None:
    fresh.create("Closed/set", user="ada")
    api = "/api/datasets/Closed/set"
    assert fresh.ask("GET", api, user="bob").json["private"] is True
    assert fresh.commit("Closed/set", text_file("a", "x"), user="bob").status == 403
    body = {"name": "set", "organization": "Closed", "type": "dataset"}
    assert fresh.ask("DELETE", "/api/repos/delete", body, user="bob").status == 403
    assert fresh.ask("DELETE", "/api/repos/delete", body, user="ada").status == 200


def test_no_one_creates_in_a_namespace_of_others(fresh: InProcess) -> None:
    for namespace in ("ada", "NERSC", "none"):
        body = {"name": "x", "organization": namespace, "type": "dataset"}
        assert fresh.ask("POST", "/api/repos/create", body, user="eve").status == 403
    assert fresh.ask("POST", "/api/repos/create", {"name": "x"}).status == 401


def test_a_gated_repository_is_seen_by_all_and_read_by_the_accepted(fresh: InProcess) -> None:
    fresh.create("NERSC/gated")
    fresh.commit("NERSC/gated", text_file("a.txt", "x"))
    api, file = "/api/datasets/NERSC/gated", "/datasets/NERSC/gated/resolve/main/a.txt"
    assert fresh.ask("PUT", f"{api}/settings", {"gated": "manual"}, user="ada").status == 200
    assert fresh.ask("GET", api, user="eve").json["gated"] == "manual"

    def code(answer: Answer) -> tuple[int, str | None]:
        return answer.status, answer.headers.get("x-error-code")

    assert code(fresh.ask("GET", file)) == (401, "GatedRepo")
    assert code(fresh.ask("GET", file, user="eve")) == (403, "GatedRepo")
    assert fresh.ask("GET", f"{file}", user="bob").body == b"x"
    fresh.ask("POST", f"{api}/ask-access", {}, user="eve")
    assert fresh.ask("GET", file, user="eve").status == 403
    accept = {"user": "eve", "status": "accepted"}
    assert fresh.ask("POST", f"{api}/user-access-request/handle", accept, user="ada").status == 200
    assert fresh.ask("GET", file, user="eve").body == b"x"


def test_knowing_a_sha256_opens_no_file_of_another_repository(fresh: InProcess) -> None:
    fresh.create("NERSC/secret", private=True)
    fresh.create("eve/own", user="eve")
    secret = RepoName(RepoKind.DATASET, "NERSC", "secret")
    record = fresh.hub.registry.find(secret)
    assert record is not None
    content = b"a secret"
    oid = sha256(content).hexdigest()
    with fresh.hub.lfs.receive(oid, len(content)) as incoming:
        incoming.write(content)
        incoming.finish()
    fresh.hub.links.add(record.storage_id, [(oid, len(content))])
    line = ("lfsFile", {"path": "stolen", "algo": "sha256", "oid": oid, "size": len(content)})
    assert fresh.commit("eve/own", line, user="eve").status == 400
    batch = {"operation": "upload", "objects": [{"oid": oid, "size": len(content)}]}
    answer = fresh.ask("POST", "/datasets/eve/own.git/info/lfs/objects/batch", batch, user="eve")
    assert "upload" in answer.json["objects"][0]["actions"]
    batch["operation"] = "download"
    answer = fresh.ask("POST", "/datasets/eve/own.git/info/lfs/objects/batch", batch, user="eve")
    assert answer.json["objects"][0]["error"]["code"] == 404
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 8\n"
    fresh.commit("eve/own", text_file("p.txt", pointer), user="eve")
    assert fresh.ask("GET", "/datasets/eve/own/resolve/main/p.txt", user="eve").status == 404
