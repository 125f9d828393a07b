"""Sending files to a bucket, against a real server."""

from __future__ import annotations

import hashlib
from itertools import count
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.transfer import s3_upload
from huggingnersc.adapters.transfer.s3_bucket import Bucket
from huggingnersc.adapters.transfer.s3_upload import (
    BucketFile,
    S3Upload,
    clear_unfinished,
    files_to_send,
)
from huggingnersc.domain.bucket_address import BucketAddress
from huggingnersc.errors import (
    BucketAccessError,
    BucketConflictError,
    BucketError,
    BucketMissingError,
    PackFilesDamagedError,
)
from tests.s3_server import CUT, KEY, SECRET, WRONG_KEY, no_fault, s3_environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.s3_server import S3Server

_NUMBERS = count()
PART = 1 << 12
LARGE = PART * 2 + 7


@pytest.fixture(scope="module")
def client(storage: S3Server) -> Iterator[Bucket]:
    """A client that tests share; to make one takes half a second."""
    with pytest.MonkeyPatch.context() as patch, s3_environment(storage, patch):
        opened = Bucket(new_address(storage))
        opened.require()
    with opened:
        yield opened


def new_address(s3: S3Server) -> BucketAddress:
    return BucketAddress(s3.new_bucket(f"data-{next(_NUMBERS)}"), "digits")


@pytest.fixture
def bucket(client: Bucket, s3: S3Server) -> Bucket:
    client.address = new_address(s3)
    return client


@pytest.fixture
def small_parts(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    from moto.s3 import models

    monkeypatch.setattr(s3_upload, "PART_BYTES", PART)
    monkeypatch.setattr(models, "S3_UPLOAD_PART_MIN_SIZE", PART)  # 5 MiB of S3


def sent_file(folder: Path, name: str, data: bytes) -> BucketFile:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    return BucketFile(f"data/{name}", folder / name, len(data), hashlib.sha256(data).hexdigest())


def send(bucket: Bucket, *files: BucketFile, jobs: int = 2) -> tuple[int, set[str]]:
    """Send files as a verb does; return how many bytes and which files were sent."""
    moved, done = list[int](), set[str]()
    left = files_to_send(bucket, files, jobs=jobs)
    clear_unfinished(bucket, left)
    with S3Upload(
        bucket,
        jobs=jobs,
        on_bytes=lambda _, size_bytes: moved.append(size_bytes),
        on_sent=lambda file: done.add(file.path),
    ) as upload:
        for file in left:
            upload.send(file)
    return sum(moved), done


@pytest.mark.usefixtures("small_parts")
def test_files_of_every_size_arrive_with_their_digest_and_are_not_sent_again(
    bucket: Bucket, s3: S3Server, tmp_path: Path
) -> None:
    sizes = (0, 1, PART, PART + 1, LARGE)
    contents = {f"{size}.tar": bytes([size % 251]) * size for size in sizes}
    files = [sent_file(tmp_path / "pack", *item) for item in contents.items()]
    assert send(bucket, *files) == (sum(sizes), {file.path for file in files})
    there = s3.objects(bucket.address.bucket)
    assert there == {f"digits/data/{name}": data for name, data in contents.items()}
    for file in files:
        assert file.is_same(bucket.stored(file.path))
    s3.requests.clear()
    assert send(bucket, *files) == (0, set())
    assert not s3.asked("PUT")
    assert not s3.asked("POST")


def test_parts_are_as_large_as_the_most_parts_need(tmp_path: Path) -> None:
    for size_bytes in (1, 10**9, 160 << 30, 5 << 40):
        file = BucketFile("a", tmp_path, size_bytes, "")
        assert -(-size_bytes // file.part_bytes) <= 10_000


@pytest.mark.usefixtures("small_parts")
def test_busy_storage_and_cut_connections_are_asked_again(
    bucket: Bucket, s3: S3Server, tmp_path: Path
) -> None:
    faults = {1: "SlowDown", 3: CUT, 6: "SlowDown"}
    puts = count()
    s3.fault = lambda method, _: faults.get(next(puts)) if method == "PUT" else None
    files = [sent_file(tmp_path / "pack", name, name.encode() * PART) for name in ("aa", "bbb")]
    send(bucket, *files, jobs=1)
    assert len(s3.asked("PUT")) == 5 + len(faults)
    assert all(file.is_same(bucket.stored(file.path)) for file in files)


@pytest.mark.usefixtures("small_parts")
def test_upload_that_fails_leaves_nothing_of_an_unfinished_file_and_keeps_the_rest(
    bucket: Bucket, s3: S3Server, tmp_path: Path
) -> None:
    small = sent_file(tmp_path / "pack", "a.tar", b"a")
    large = sent_file(tmp_path / "pack", "b.tar", b"b" * LARGE)
    s3.fault = lambda _, address: "SlowDown" if "partNumber=2" in address else None
    with pytest.raises(BucketError):
        send(bucket, small, large)
    assert set(s3.objects(bucket.address.bucket)) == {"digits/data/a.tar"}
    assert s3.unfinished(bucket.address.bucket) == []
    s3.fault = no_fault
    assert send(bucket, small, large) == (LARGE, {large.path})


@pytest.mark.usefixtures("small_parts")
def test_parts_of_a_killed_upload_are_cleared_by_the_next_one(
    bucket: Bucket, s3: S3Server, tmp_path: Path
) -> None:
    large = sent_file(tmp_path / "pack", "b.tar", b"b" * LARGE)
    other = bucket.begin("data/other.tar", sha256="")
    bucket.put_part(bucket.begin(large.path, sha256=large.sha256), 1, b"b" * PART)
    assert len(s3.unfinished(bucket.address.bucket)) == 2
    assert send(bucket, large) == (LARGE, {large.path})
    assert s3.unfinished(bucket.address.bucket) == ["digits/data/other.tar"]
    bucket.abandon(other)
    bucket.abandon(other)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("changed", [b"", b"c" * LARGE, b"b" * (LARGE - 1), b"b" * (LARGE + PART)])
def test_shard_that_is_not_as_packed_is_not_in_the_bucket(
    changed: bytes, bucket: Bucket, s3: S3Server, tmp_path: Path
) -> None:
    file = sent_file(tmp_path / "pack", "b.tar", b"b" * LARGE)
    file.file.write_bytes(changed)
    with pytest.raises(PackFilesDamagedError):
        send(bucket, file)
    assert s3.objects(bucket.address.bucket) == {}
    assert s3.unfinished(bucket.address.bucket) == []
    file.file.unlink()
    with pytest.raises(PackFilesDamagedError):
        send(bucket, file)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("size_bytes", [PART, LARGE])
def test_all_shards_that_are_not_as_packed_are_named_and_the_others_sent(
    size_bytes: int, bucket: Bucket, s3: S3Server, tmp_path: Path
) -> None:
    files = [sent_file(tmp_path / "pack", f"{n}.tar", bytes(size_bytes)) for n in range(8)]
    for number, damaged in enumerate(files[:7]):
        if number % 3:
            damaged.file.write_bytes(b"c" * (size_bytes - number % 3 + 1))
        else:
            damaged.file.unlink()
    with pytest.raises(PackFilesDamagedError) as caught:
        send(bucket, *files)
    assert [one.where for one in caught.value.problems] == [file.path for file in files[:7]]
    assert set(s3.objects(bucket.address.bucket)) == {"digits/data/7.tar"}
    assert s3.unfinished(bucket.address.bucket) == []


def test_objects_of_others_are_never_replaced_and_all_are_named(
    bucket: Bucket, s3: S3Server, tmp_path: Path
) -> None:
    files = [sent_file(tmp_path / "pack", name, b"12") for name in ("a", "b", "c", "d")]
    bucket.put("data/a", b"12", sha256="")
    bucket.put("data/b", b"1", sha256=files[1].sha256)
    bucket.put("data/c", b"13", sha256=hashlib.sha256(b"13").hexdigest())
    with pytest.raises(BucketConflictError) as refused:
        send(bucket, *files)
    named = {problem.where for problem in refused.value.problems}
    assert named == {bucket.address.of(f"data/{name}") for name in "abc"}
    assert s3.objects(bucket.address.bucket)["digits/data/c"] == b"13"


def test_failures_say_what_is_wrong_and_never_show_a_secret(
    bucket: Bucket, s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failure(client: Bucket) -> type[BucketError]:
        with pytest.raises(BucketError) as failed:
            client.require()
        texts = f"{failed.value} {failed.value.hint}"
        assert not {KEY, SECRET, WRONG_KEY} & set(texts.split())
        assert failed.value.hint
        return type(failed.value)

    def new_failure(**variables: str) -> type[BucketError]:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        with Bucket(bucket.address) as client:
            return failure(client)

    s3.fault = lambda *_: "AccessDenied"
    assert failure(bucket) is BucketAccessError
    s3.fault = lambda *_: "SlowDown"
    assert failure(bucket) is BucketError
    s3.fault = no_fault
    bucket.address = BucketAddress("no-such-bucket")
    assert failure(bucket) is BucketMissingError
    assert new_failure(AWS_ACCESS_KEY_ID=WRONG_KEY) is BucketAccessError
    assert new_failure(AWS_ENDPOINT_URL="http://127.0.0.1:9") is BucketError
    assert new_failure(AWS_PROFILE="none-of-this-name") is BucketAccessError
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert new_failure(AWS_PROFILE="") is BucketAccessError


def test_visitor_reads_a_public_bucket_without_credentials(bucket: Bucket, s3: S3Server) -> None:
    assert bucket.endpoint == s3.endpoint
    with Bucket(bucket.address, anonymous=True) as visitor:
        bucket.put("pack.json", b"{}", sha256="")
        with pytest.raises(BucketAccessError):
            visitor.read("pack.json", most_bytes=10)
        bucket.address = visitor.address = BucketAddress(s3.new_bucket("public", public=True))
        bucket.put("pack.json", b"{}", sha256="")
        assert visitor.read("pack.json", most_bytes=10) == b"{}"
        assert visitor.read("none.json", most_bytes=10) is None
        with pytest.raises(BucketError):
            visitor.read("pack.json", most_bytes=1)
