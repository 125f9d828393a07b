"""Git LFS."""

from __future__ import annotations

import resource
import subprocess
import sys
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.hub_server.hub_context import Limits
from huggingnersc.hub_server.routes import lfs
from tests.hub_server.in_process import in_process
from tests.hub_server.wire import lfs_file, text_file

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hub_server.in_process import InProcess
    from tests.hub_server.wire import Answer, Wire

DATA = bytes(range(256)) * 40
OID = sha256(DATA).hexdigest()
BATCH = "/datasets/NERSC/iris.git/info/lfs/objects/batch"


def asked(
    hub: InProcess, operation: str, *, user: str | None, repo: str = "iris", **one: Any
) -> Answer:
    body = {"operation": operation, "objects": [{"oid": OID, "size": len(DATA), **one}]}
    path = BATCH.replace("iris", repo)
    return hub.ask("POST", path, body, user=user)


def test_small_files_and_old_clients_get_one_address(parted: InProcess) -> None:
    actions = parted.upload_actions("NERSC/iris", DATA, "basic")
    assert "header" not in actions["upload"]
    verify = actions["verify"]["href"]
    assert parted.follow(verify, "POST", b"{}").status == 404
    assert parted.follow(actions["upload"]["href"], "PUT", DATA).status == 200
    assert parted.follow(verify, "POST", b"{}").status == 200
    assert parted.follow(verify.replace("ticket=", "ticket=1"), "POST", b"{}").status == 403
    download = {"operation": "download", "objects": [{"oid": OID, "size": len(DATA)}]}
    answer = parted.ask("POST", BATCH, download).json
    href = answer["objects"][0]["actions"]["download"]["href"]
    assert parted.follow(href, "GET", b"").body == DATA


def test_a_big_file_goes_through_in_constant_memory(wire: Wire) -> None:
    wire.create("NERSC/iris")
    size, block = 256 << 20, b"\0" * (1 << 20)
    digest = sha256()
    for _ in range(256):
        digest.update(block)
    oid = digest.hexdigest()
    body = {"operation": "upload", "objects": [{"oid": oid, "size": size}]}
    action = wire.ask("POST", BATCH, body, user="ada").json["objects"][0]["actions"]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    program = (
        "import sys, http.client, urllib.parse as p\n"
        "u = p.urlsplit(sys.argv[1])\n"
        "c = http.client.HTTPConnection(u.netloc)\n"
        "c.putrequest('PUT', u.path + '?' + u.query)\n"
        "c.putheader('Content-Length', str(256 << 20)); c.endheaders()\n"
        "for _ in range(256): c.send(bytes(1 << 20))\n"
        "print(c.getresponse().status)\n"
    )
    href = action["upload"]["href"]
    done = subprocess.run(
        [sys.executable, "-c", program, href], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "200", done.stderr
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert wire.hub.lfs.size(oid) == size
    assert (after - before) * 1024 < 64 << 20


def test_an_upload_needs_a_user_who_can_read_and_not_one_who_can_write(iris: InProcess) -> None:
    refused = asked(iris, "upload", user=None)
    assert refused.status == 401
    assert refused.headers["lfs-authenticate"] == refused.headers["www-authenticate"]
    assert asked(iris, "upload", user="eve").json["objects"][0]["actions"]["upload"]["href"]
    assert asked(iris, "upload", user="eve", repo="secret").status == 404
    hidden = asked(iris, "download", user=None, repo="secret")
    assert (hidden.status, "lfs-authenticate" in hidden.headers) == (401, True)


def test_a_download_of_what_was_not_uploaded_is_an_error_of_that_object(iris: InProcess) -> None:
    answer = asked(iris, "download", user=None)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("application/vnd.git-lfs+json")
    assert answer.json["objects"][0]["error"]["code"] == 404
    assert "actions" not in answer.json["objects"][0]


def test_a_file_of_another_repository_is_shared_only_when_it_can_be_read(
    fresh: InProcess,
) -> None:
    for name, private in (("iris", False), ("secret", True)):
        fresh.create(f"NERSC/{name}", private=private)
    fresh.create("eve/own", user="eve")
    public, hidden = fresh.store("NERSC/iris", "a.bin", DATA), b"hidden"
    fresh.store("NERSC/secret", "a.bin", hidden)
    assert fresh.upload_actions("eve/own", DATA, user="eve") == {}
    assert fresh.commit("eve/own", lfs_file("a.bin", DATA), user="eve").status == 200
    assert "upload" in fresh.upload_actions("eve/own", hidden, user="eve")
    assert fresh.commit("eve/own", lfs_file("b.bin", hidden), user="eve").status == 400
    got = fresh.ask("GET", "/datasets/eve/own/resolve/main/a.bin")
    assert (got.status, got.body, got.headers["x-linked-etag"]) == (200, DATA, f'"{public}"')


@pytest.mark.parametrize(
    ("asked_range", "status", "start", "stop"),
    [
        (None, 200, 0, len(DATA)),
        ("bytes=10-19", 206, 10, 20),
        ("bytes=-5", 206, len(DATA) - 5, len(DATA)),
    ],
)
def test_git_lfs_reads_a_file_whole_or_in_part(
    parted: InProcess, asked_range: str | None, status: int, start: int, stop: int
) -> None:
    parted.store("NERSC/iris", "a.bin", DATA)
    answer = asked(parted, "download", user=None).json["objects"][0]["actions"]["download"]
    path = answer["href"].removeprefix(parted.endpoint)
    headers = {} if asked_range is None else {"Range": asked_range}
    got = parted.ask("GET", path, headers=headers)
    assert (got.status, got.body) == (status, DATA[start:stop])
    beyond = parted.ask("GET", path, headers={"Range": f"bytes={len(DATA)}-"})
    assert beyond.status == 416
    head = parted.ask("HEAD", path)
    assert (head.status, head.headers["content-length"], head.body) == (200, str(len(DATA)), b"")


def test_an_address_allows_one_action_on_one_file(parted: InProcess) -> None:
    parted.store("NERSC/iris", "a.bin", DATA)
    href = asked(parted, "download", user=None).json["objects"][0]["actions"]["download"]["href"]
    assert parted.follow(href).status == 200
    assert parted.follow(href, "PUT", DATA).status == 403
    assert parted.follow(href, "POST").status == 403
    assert parted.follow(href.replace(OID, "ab" * 32)).status == 403


def test_an_address_of_a_repository_that_is_gone_is_refused(parted: InProcess) -> None:
    parted.store("NERSC/iris", "a.bin", DATA)
    href = asked(parted, "download", user=None).json["objects"][0]["actions"]["download"]["href"]
    body = {"name": "iris", "organization": "NERSC", "type": "dataset"}
    assert parted.ask("DELETE", "/api/repos/delete", body, user="ada").status == 200
    assert parted.follow(href).status == 403


@pytest.mark.parametrize("size", [-1, True, "5", None, 1.5])
def test_the_size_of_a_file_is_a_number_of_bytes(iris: InProcess, size: object) -> None:
    assert asked(iris, "upload", user="ada", size=size).status == 400


def test_a_file_or_a_batch_over_its_limit_is_a_413(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lfs, "MAX_OBJECTS", 2)
    with in_process(tmp_path / "hub", limits=Limits(lfs_file=10)) as hub:
        hub.create("NERSC/iris")
        for count, size, status in ((2, 10, 200), (3, 10, 413), (1, 11, 413)):
            objects = [{"oid": f"{number:064x}", "size": size} for number in range(count)]
            body = {"operation": "upload", "objects": objects}
            assert hub.ask("POST", BATCH, body, user="ada").status == status


def test_there_are_no_locks(iris: InProcess) -> None:
    path = "/datasets/NERSC/iris.git/info/lfs/locks/verify"
    assert iris.ask("POST", path, {}, user="ada").status == 404
    assert iris.ask("POST", path, {}).status == 401


def test_a_pointer_to_a_file_that_was_not_uploaded_is_not_served(filled: InProcess) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{OID}\nsize 5\n"
    filled.commit("NERSC/iris", text_file("b.bin", pointer))
    answer = filled.ask("GET", "/datasets/NERSC/iris/resolve/main/b.bin")
    assert (answer.status, answer.headers["x-error-code"]) == (404, "EntryNotFound")
