"""Big files: in one piece, in parts, through xet, and gone for good."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from huggingface_hub import HfApi

from huggingnersc.hub_server import check, running_hub
from huggingnersc.hub_server.hub_context import Limits
from tests.hub_server.wire import Answer, Wire, text_file, wired

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = bytes(range(256)) * 40
OID = sha256(DATA).hexdigest()
BATCH = "/datasets/NERSC/iris.git/info/lfs/objects/batch"


@pytest.fixture
def small_parts(tmp_path: Path) -> Iterator[Wire]:
    limits = Limits(multipart_from=5_000, part=4_000)
    with wired(tmp_path / "hub", limits=limits) as wire:
        wire.create("NERSC/iris")
        yield wire


def batch(wire: Wire, *transfers: str) -> dict[str, Any]:
    body = {
        "operation": "upload",
        "transfers": transfers,
        "objects": [{"oid": OID, "size": len(DATA)}],
    }
    answer = wire.ask("POST", BATCH, body, user="ada").json
    found: dict[str, Any] = answer["objects"][0].get("actions", {})
    return found


def put(wire: Wire, href: str, data: bytes, method: str = "PUT") -> Answer:
    parts = urlsplit(href)
    return wire.ask(method, f"{parts.path}?{parts.query}", data)


def test_a_file_comes_in_parts_in_any_order(small_parts: Wire) -> None:
    upload = batch(small_parts, "basic", "multipart")["upload"]
    header = dict(upload["header"])
    size = int(header.pop("chunk_size"))
    for number, href in sorted(header.items(), reverse=True):
        start = (int(number) - 1) * size
        answer = put(small_parts, href, DATA[start : start + size])
        assert answer.status == 200
        assert answer.headers["etag"]
    assert put(small_parts, upload["href"], b'{"parts": []}', "POST").status == 200
    assert batch(small_parts) == {}
    line = {"path": "b.bin", "algo": "sha256", "oid": OID, "size": len(DATA)}
    assert small_parts.commit("NERSC/iris", ("lfsFile", line)).status == 200
    got = small_parts.ask("GET", "/datasets/NERSC/iris/resolve/main/b.bin")
    assert (got.body, got.headers["x-linked-etag"]) == (DATA, f'"{OID}"')
    assert check(small_parts.hub.root).sound


def test_parts_that_do_not_make_the_file_are_refused(small_parts: Wire) -> None:
    upload = batch(small_parts, "multipart")["upload"]
    header = dict(upload["header"])
    assert put(small_parts, upload["href"], b'{"parts": []}', "POST").status == 404
    assert put(small_parts, header["00001"], b"too short").status == 422
    assert put(small_parts, header["00001"], b"x" * 5_000).status == 422
    for number in ("00001", "00002", "00003"):
        rest = len(DATA) - 8_000 if number == "00003" else 4_000
        assert put(small_parts, header[number], b"x" * rest).status == 200
    assert put(small_parts, upload["href"], b'{"parts": []}', "POST").status == 422
    forged = header["00001"].replace("/1?", "/2?")
    assert put(small_parts, forged, b"x" * 4_000).status == 403


def test_small_files_and_old_clients_get_one_address(small_parts: Wire) -> None:
    actions = batch(small_parts, "basic")
    assert "header" not in actions["upload"]
    verify = actions["verify"]["href"]
    assert put(small_parts, verify, b"{}", "POST").status == 404
    assert put(small_parts, actions["upload"]["href"], DATA).status == 200
    assert put(small_parts, verify, b"{}", "POST").status == 200
    assert put(small_parts, verify.replace("ticket=", "ticket=1"), b"{}", "POST").status == 403
    download = {"operation": "download", "objects": [{"oid": OID, "size": len(DATA)}]}
    answer = small_parts.ask("POST", BATCH, download).json
    href = answer["objects"][0]["actions"]["download"]["href"]
    assert put(small_parts, href, b"", "GET").body == DATA


def test_files_deleted_for_good_are_in_no_commit(small_parts: Wire) -> None:
    put(small_parts, batch(small_parts)["upload"]["href"], DATA)
    line = {"path": "d/b.bin", "algo": "sha256", "oid": OID, "size": len(DATA)}
    small_parts.commit("NERSC/iris", ("lfsFile", line))
    small_parts.commit("NERSC/iris", text_file("a.txt", "x"))
    api = "/api/datasets/NERSC/iris"
    listed = small_parts.ask("GET", f"{api}/lfs-files", user="ada").json
    assert [(row["filename"], row["ref"]) for row in listed] == [("d/b.bin", "refs/heads/main")]
    body = {"deletions": {"sha": [OID], "rewriteHistory": True}}
    assert small_parts.ask("POST", f"{api}/lfs-files/batch", body, user="ada").status == 200
    assert small_parts.ask("GET", f"{api}/lfs-files", user="ada").json == []
    commits = small_parts.ask("GET", f"{api}/commits/main").json
    assert len(commits) == 3
    for commit in commits:
        tree = small_parts.ask("GET", f"{api}/tree/{commit['id']}?recursive=true").json
        assert all(not row["path"].startswith("d") for row in tree)
    assert small_parts.ask("GET", api).json["sha"] == commits[0]["id"]
    assert check(small_parts.hub.root).sound


CLIENT = """
import sys
from huggingface_hub import HfApi
api = HfApi()
api.upload_file(path_or_fileobj=sys.argv[1], path_in_repo="big.bin", repo_id="local/big")
print(api.repo_info("local/big").sha)
"""


def test_a_client_with_nothing_set_uploads_through_xet(tmp_path: Path) -> None:
    data = os.urandom(3_000_000)
    (tmp_path / "big.bin").write_bytes(data)
    with running_hub(tmp_path / "hub", xet=True) as hub:
        api = HfApi(hub.endpoint, token=hub.token)
        api.create_repo("local/big")
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "HF_ENDPOINT": hub.endpoint,
            "HF_TOKEN": hub.token,
        }
        done = subprocess.run(
            [sys.executable, "-c", CLIENT, str(tmp_path / "big.bin")],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        path = api.hf_hub_download("local/big", "big.bin", cache_dir=tmp_path / "cache")
        assert Path(path).read_bytes() == data
        info = api.model_info("local/big", files_metadata=True)
        lfs = next(s.lfs for s in info.siblings or [] if s.rfilename == "big.bin")
        assert lfs is not None
        assert lfs.sha256 == sha256(data).hexdigest()


def test_without_the_option_xet_is_declined_with_the_way_out(wire: Wire) -> None:
    wire.create("NERSC/iris")
    answer = wire.ask("GET", "/api/datasets/NERSC/iris/xet-write-token/main", user="ada")
    assert answer.status == 404
    assert "HF_HUB_DISABLE_XET=1" in answer.json["error"]


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
