"""A bucket as the source of a transfer, against a real server."""

from __future__ import annotations

import os
from itertools import count
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.transfer import fetch_worker, large_file, retries
from huggingnersc.adapters.transfer.failures import FileRefusedError, OtherContentError
from huggingnersc.adapters.transfer.s3_bucket import Bucket
from huggingnersc.adapters.transfer.s3_source import S3Source
from huggingnersc.adapters.transfer.wanted_file import WantedFile
from huggingnersc.domain.bucket_address import BucketAddress
from huggingnersc.errors import TransferError
from tests.s3_server import CUT
from tests.transfers import content_of, fetch, wanted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.s3_server import S3Server

_PIECE = 1 << 16
FILES = {
    b"pack.json": b"{}\n",
    b"data/empty.tar": b"",
    b"data/train-00000-of-00001.tar": os.urandom(3 * _PIECE) + b"the end",
}
_NUMBERS = count()


@pytest.fixture
def bucket(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    monkeypatch.setattr(large_file, "PIECE_BYTES", _PIECE)
    monkeypatch.setattr(fetch_worker, "_BUFFER_BYTES", _PIECE)
    monkeypatch.setattr(retries, "_PAUSES_S", (0.01, 0.01, 0.01))
    name = s3.new_bucket(f"source-{next(_NUMBERS)}")
    with Bucket(BucketAddress(name, "digits")) as opened:
        for path, data in FILES.items():
            opened.put(path.decode(), data, sha256="")
        yield opened


def test_files_come_whole_by_ranges_though_the_storage_is_busy_and_cuts(
    bucket: Bucket, s3: S3Server, tmp_path: Path
) -> None:
    gets = count()
    faults = {1: "SlowDown", 2: CUT, 4: CUT}
    s3.requests.clear()
    s3.fault = lambda method, _: faults.get(next(gets)) if method == "GET" else None
    done = fetch(S3Source(bucket), wanted(FILES), tmp_path / "out", jobs=2)
    assert (done.files, done.problems) == (len(FILES), ())
    assert content_of(tmp_path / "out") == FILES
    assert len(s3.asked("GET")) > len(FILES) + 2
    s3.requests.clear()
    fetch(S3Source(bucket), wanted(FILES), tmp_path / "out", jobs=2)
    assert s3.requests == []


def test_other_objects_are_told_apart(bucket: Bucket, tmp_path: Path) -> None:
    path = b"pack.json"
    connection = S3Source(bucket).connected()
    first = connection.open(WantedFile(path, 3, ""), 0, 3, "")
    etag = first.validator
    first.close()
    bucket.put("pack.json", b"[]\n", sha256="")
    with pytest.raises(OtherContentError):
        connection.open(WantedFile(path, 3, ""), 1, 3, etag)
    for file in (WantedFile(path, 4, ""), WantedFile(b"none", 3, "")):
        with pytest.raises(FileRefusedError):
            connection.open(file, 0, 3, "")
    done = fetch(S3Source(bucket), wanted(FILES), tmp_path / "out")
    assert [problem.where for problem in done.problems] == ["pack.json"]
    assert content_of(tmp_path / "out").keys() == FILES.keys() - {b"pack.json"}


@pytest.mark.parametrize("fault", ["SlowDown", CUT])
def test_a_storage_that_is_busy_or_away_is_not_asked_for_one_file_after_the_other(
    fault: str, bucket: Bucket, s3: S3Server, tmp_path: Path
) -> None:
    files = {b"%03d" % number: b"small" for number in range(50)}
    s3.requests.clear()
    s3.fault = lambda *_: fault
    with pytest.raises(TransferError):
        fetch(S3Source(bucket), wanted(files), tmp_path / "out", jobs=1)
    assert len(set(s3.asked("GET"))) == 1
