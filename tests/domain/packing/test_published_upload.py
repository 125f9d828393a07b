"""What a visitor's program learns of shards from a published script, which anyone may write."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huggingnersc.adapters.templates import render
from huggingnersc.domain.loading.shards_script import script_shards, shards_loader
from huggingnersc.domain.loading.upload import Upload, UploadBucket
from huggingnersc.domain.packing.published_upload import PublishedUpload, published_upload
from tests.domain.loading.test_upload import UPLOAD

BUCKET = UploadBucket(
    address="s3://shards/iris", endpoint="https://s3.example.org", is_public=True, pack_bytes=1234
)
IN_BUCKET = replace(UPLOAD, bucket=BUCKET)


def script(upload: Upload) -> bytes:
    shards = script_shards(upload, "NERSC/iris")
    return shards_loader("iris", "Iris", shards, (), render).content


@pytest.mark.parametrize(
    "bucket", [BUCKET, replace(BUCKET, endpoint=""), replace(BUCKET, is_public=False)]
)
@pytest.mark.parametrize("version", ["v1", ""])
def test_what_a_script_says_is_read(bucket: UploadBucket, version: str) -> None:
    upload = replace(UPLOAD, version=version)
    assert published_upload(script(upload)) == PublishedUpload(version)
    found = published_upload(script(replace(upload, bucket=bucket)))
    assert found == PublishedUpload(version, bucket, UPLOAD.pack_sha256)


def test_where_nothing_is_said_nothing_is_read() -> None:
    assert published_upload(b"VERSION = 1\n") is None
    older = published_upload(script(replace(UPLOAD, bucket=replace(BUCKET, pack_bytes=0))))
    assert older == PublishedUpload("v1")


@pytest.mark.attack("hostile downloads")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"s3://shards/iris", b"s3://shards/../../iris"),
        (b"s3://shards/iris", b"file:///etc"),
        (b"https://s3.example.org", b"https://me:pass@s3.example.org"),
        (b"https://s3.example.org", b"file:///etc"),
        (b'"v1"', b'"../v1"'),
    ],
)
def test_places_that_no_upload_has_are_not_believed(old: bytes, new: bytes) -> None:
    sound = script(IN_BUCKET)
    assert old in sound
    assert published_upload(sound.replace(old, new)) is None
