"""Files as git has them."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from huggingnersc.hub_server.protocol.lfs_pointer import parse_pointer
from tests.hub_server.wire import text_file

if TYPE_CHECKING:
    from tests.hub_server.in_process import InProcess

RAW = "/datasets/NERSC/iris/raw/main"


@pytest.mark.parametrize("name", ["a.html", "a.js", "a.svg", "a.txt", "LICENSE", "data/a.py"])
def test_every_text_is_plain_text_that_no_browser_runs(filled: InProcess, name: str) -> None:
    text = "<script>alert(1)</script>\n\u00e4"
    filled.commit("NERSC/iris", text_file(name, text))
    answer = filled.ask("GET", f"{RAW}/{name}")
    assert (answer.status, answer.body) == (200, text.encode())
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["content-disposition"].startswith("inline;")


def test_what_is_not_text_is_bytes(filled: InProcess) -> None:
    filled.commit(
        "NERSC/iris", ("file", {"path": "a.xyz", "content": "AAH/", "encoding": "base64"})
    )
    answer = filled.ask("GET", f"{RAW}/a.xyz")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.body == b"\0\1\xff"


def test_of_a_big_file_there_is_its_pointer(filled: InProcess) -> None:
    oid = filled.store("NERSC/iris", "big.bin", b"x" * 5_000)
    pointer = parse_pointer(filled.ask("GET", f"{RAW}/big.bin").body)
    assert pointer is not None
    assert (pointer.oid, pointer.size_bytes) == (oid, 5_000)


def test_a_file_that_the_client_has_is_not_sent_again(filled: InProcess) -> None:
    first = filled.ask("GET", f"{RAW}/a.txt")
    assert first.headers["cache-control"] == "private, no-cache"
    again = filled.ask("GET", f"{RAW}/a.txt", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    fixed = filled.ask("GET", f"/datasets/NERSC/iris/raw/{first.headers['x-repo-commit']}/a.txt")
    assert "immutable" in fixed.headers["cache-control"]


def test_a_long_text_comes_compressed(filled: InProcess) -> None:
    filled.commit("NERSC/iris", text_file("b.txt", "line\n" * 5_000))
    answer = filled.ask("GET", f"{RAW}/b.txt", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(answer.body) == b"line\n" * 5_000
    assert len(answer.body) < 1_000


def test_a_missing_file_is_named_as_such(filled: InProcess) -> None:
    for path in ("nothing.txt", "..%2F..%2Fhub.sqlite3", ".git"):
        answer = filled.ask("GET", f"{RAW}/{path}")
        assert (answer.status, answer.headers["x-error-code"]) == (404, "EntryNotFound")
    assert filled.ask("GET", "/datasets/NERSC/iris/raw/nowhere/a.txt").status == 404


@pytest.mark.attack("accounts")
def test_only_who_may_read_the_files_gets_them(filled: InProcess) -> None:
    filled.ask("PUT", "/api/datasets/NERSC/iris/settings", {"gated": "manual"}, user="ada")
    etag = filled.ask("GET", f"{RAW}/a.txt", user="bob").headers["etag"]
    for headers in ({}, {"If-None-Match": etag}):
        answers = [
            filled.ask("GET", f"{RAW}/a.txt", user=u, headers=headers) for u in (None, "eve")
        ]
        assert [answer.status for answer in answers] == [401, 403]


def test_a_model_has_raw_files_too(filled: InProcess) -> None:
    filled.create("NERSC/tagger", kind="model")
    answer = filled.ask("GET", "/NERSC/tagger/raw/main/.gitattributes")
    assert answer.body.startswith(b"*.7z filter=lfs")
