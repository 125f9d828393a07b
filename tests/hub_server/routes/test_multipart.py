"""Very big files arrive in parts."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from huggingnersc.hub_server import check
from tests.hub_server.wire import lfs_file

if TYPE_CHECKING:
    from tests.hub_server.in_process import InProcess

DATA = bytes(range(256)) * 40
OID = sha256(DATA).hexdigest()
DONE = b'{"parts": []}'


def test_a_file_comes_in_parts_in_any_order(parted: InProcess) -> None:
    upload = parted.upload_actions("NERSC/iris", DATA, "basic", "multipart")["upload"]
    header = dict(upload["header"])
    size = int(header.pop("chunk_size"))
    for number, href in sorted(header.items(), reverse=True):
        start = (int(number) - 1) * size
        answer = parted.follow(href, "PUT", DATA[start : start + size])
        assert answer.status == 200
        assert answer.headers["etag"]
    assert parted.follow(upload["href"], "POST", DONE).status == 200
    assert parted.upload_actions("NERSC/iris", DATA) == {}
    assert parted.commit("NERSC/iris", lfs_file("b.bin", DATA)).status == 200
    got = parted.ask("GET", "/datasets/NERSC/iris/resolve/main/b.bin")
    assert (got.body, got.headers["x-linked-etag"]) == (DATA, f'"{OID}"')
    assert check(parted.hub.root).sound


def test_parts_that_do_not_make_the_file_are_refused(parted: InProcess) -> None:
    upload = parted.upload_actions("NERSC/iris", DATA, "multipart")["upload"]
    header = dict(upload["header"])
    assert parted.follow(upload["href"], "POST", DONE).status == 404
    assert parted.follow(header["00001"], "PUT", b"too short").status == 422
    assert parted.follow(header["00001"], "PUT", b"x" * 5_000).status == 422
    for number in ("00001", "00002", "00003"):
        rest = len(DATA) - 8_000 if number == "00003" else 4_000
        assert parted.follow(header[number], "PUT", b"x" * rest).status == 200
    assert parted.follow(upload["href"], "POST", DONE).status == 422
    forged = header["00001"].replace("/1?", "/2?")
    assert parted.follow(forged, "PUT", b"x" * 4_000).status == 403


def test_a_file_below_the_limit_is_not_cut(parted: InProcess) -> None:
    small = parted.upload_actions("NERSC/iris", DATA[:4_999], "basic", "multipart")["upload"]
    assert "header" not in small
    large = parted.upload_actions("NERSC/iris", DATA[:5_000], "basic", "multipart")["upload"]
    assert set(large["header"]) == {"chunk_size", "00001", "00002"}


def test_a_part_sent_twice_counts_once(parted: InProcess) -> None:
    upload = parted.upload_actions("NERSC/iris", DATA[:8_000], "multipart")["upload"]
    for first in (b"x" * 4_000, DATA[:4_000]):
        assert parted.follow(upload["header"]["00001"], "PUT", first).status == 200
    assert parted.follow(upload["header"]["00002"], "PUT", DATA[4_000:8_000]).status == 200
    assert parted.follow(upload["href"], "POST", DONE).status == 200
    assert parted.commit("NERSC/iris", lfs_file("b.bin", DATA[:8_000])).status == 200


@pytest.mark.parametrize("body", [b'{"parts": {}}', b"{}", b"[]", b"x"])
def test_an_upload_is_finished_by_a_list_of_parts(parted: InProcess, body: bytes) -> None:
    upload = parted.upload_actions("NERSC/iris", DATA, "multipart")["upload"]
    assert parted.follow(upload["href"], "POST", body).status == 400


def test_an_upload_to_a_repository_that_is_gone_is_refused(parted: InProcess) -> None:
    upload = parted.upload_actions("NERSC/iris", DATA, "multipart")["upload"]
    body = {"name": "iris", "organization": "NERSC", "type": "dataset"}
    assert parted.ask("DELETE", "/api/repos/delete", body, user="ada").status == 200
    first = parted.follow(upload["header"]["00001"], "PUT", DATA[:4_000])
    assert (first.status, parted.follow(upload["href"], "POST", DONE).status) == (403, 403)
    assert parted.hub.lfs.size(OID) is None


@pytest.mark.attack("odd requests")
@pytest.mark.parametrize("number", ["%C2%B2", "%D9%A1", "-1", "0", "1e0", "9" * 30])
def test_a_part_has_a_number(parted: InProcess, number: str) -> None:
    upload = parted.upload_actions("NERSC/iris", DATA, "multipart")["upload"]
    first = upload["header"]["00001"]
    assert parted.follow(first.replace("/1?", f"/{number}?"), "PUT", b"x").status == 403


def test_two_uploads_of_one_file_do_not_mix(parted: InProcess) -> None:
    first, second = (
        parted.upload_actions("NERSC/iris", DATA, "multipart")["upload"] for _ in range(2)
    )
    for number in ("00001", "00002", "00003"):
        start = (int(number) - 1) * 4_000
        piece = DATA[start : start + 4_000]
        assert parted.follow(first["header"][number], "PUT", piece).status == 200
        assert parted.follow(second["header"][number], "PUT", b"x" * len(piece)).status == 200
    assert parted.follow(second["href"], "POST", DONE).status == 422
    assert parted.follow(first["href"], "POST", DONE).status == 200
    assert parted.hub.lfs.size(OID) == len(DATA)
