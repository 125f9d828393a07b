from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from huggingnersc.hub_server.compression import LARGEST_BYTES, SMALLEST_BYTES, accepts_gzip
from tests.hub_server.wire import text_file

if TYPE_CHECKING:
    from tests.hub_server.in_process import InProcess

ASKED = {"Accept-Encoding": "gzip, deflate"}
IRIS = "/datasets/NERSC/iris"


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip", True),
        ("deflate, GZIP;q=0.5, br", True),
        ("gzip;q=1.0", True),
        ("gzip; q=0.001", True),
        ("gzip;q=0", False),
        ("gzip; q = 0.000", False),
        ("identity", False),
        ("x-gzip, br", False),
        ("", False),
    ],
)
def test_gzip_is_used_where_the_client_names_it(header: str, *, accepted: bool) -> None:
    assert accepts_gzip(header) is accepted


@pytest.mark.parametrize("path", [IRIS, "/-/style.css", "/api/datasets"])
def test_pages_style_sheet_and_json_come_compressed(filled: InProcess, path: str) -> None:
    for number in range(10):
        filled.create(f"NERSC/more-{number}")
    plain, packed = filled.ask("GET", path), filled.ask("GET", path, headers=ASKED)
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 2
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-length"] == str(len(packed.body))
    assert "content-encoding" not in plain.headers
    assert all("Accept-Encoding" in answer.headers["vary"] for answer in (plain, packed))
    assert filled.ask("GET", path, headers=ASKED).body == packed.body


def test_a_short_answer_is_sent_as_it_is(filled: InProcess) -> None:
    answer = filled.ask("GET", "/api/datasets/NERSC/iris/refs", headers=ASKED)
    assert len(answer.body) < SMALLEST_BYTES
    assert "content-encoding" not in answer.headers


@pytest.mark.attack("expensive pages")
def test_a_large_raw_file_costs_no_compression(filled: InProcess) -> None:
    text = "word " * (LARGEST_BYTES // 5 + 1)
    filled.commit("NERSC/iris", text_file("large.txt", text))
    answer = filled.ask("GET", f"{IRIS}/raw/main/large.txt", headers=ASKED)
    assert answer.body == text.encode()
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("asked", [{}, {"Range": "bytes=0-9999"}])
def test_a_file_has_the_size_and_the_ranges_that_clients_verify(
    filled: InProcess, asked: dict[str, str]
) -> None:
    text = "line\n" * 5_000
    filled.commit("NERSC/iris", text_file("b.txt", text))
    answer = filled.ask("GET", f"{IRIS}/resolve/main/b.txt", headers={**ASKED, **asked})
    assert "content-encoding" not in answer.headers
    assert answer.body == text[: 10_000 if asked else None].encode()


def test_what_holds_a_ticket_is_never_compressed(filled: InProcess) -> None:
    objects = [{"oid": f"{number:064x}", "size": 9} for number in range(20)]
    body = {"operation": "upload", "transfers": ["basic"], "objects": objects}
    path = f"{IRIS}.git/info/lfs/objects/batch"
    answer = filled.ask("POST", path, body, user="ada", headers=ASKED)
    assert len(json.dumps(answer.json)) > SMALLEST_BYTES
    assert "content-encoding" not in answer.headers
