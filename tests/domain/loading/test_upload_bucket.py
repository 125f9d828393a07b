"""What the record and the card have of shards in a bucket."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from huggingnersc.domain.loading.upload import (
    Upload,
    UploadBucket,
    UploadedShard,
    UploadForm,
    read_upload,
    upload_json,
)
from huggingnersc.domain.loading.upload_card import upload_facts, upload_lines

BUCKET = UploadBucket(address="s3://data/digits/v1", endpoint="https://s3.example.org")


def upload(*paths: str, form: UploadForm = UploadForm.PARQUET) -> Upload:
    shards = (
        UploadedShard(
            path=f"data/{path}",
            split=path.partition("-")[0],
            samples=1,
            size_bytes=2,
            sha256="0" * 64,
        )
        for path in paths
    )
    return Upload(form=form, pack_sha256="1" * 64, shards=tuple(shards), bucket=BUCKET)


def test_record_keeps_the_bucket_and_expects_nothing_on_the_hub() -> None:
    one = upload("train-00000-of-00001.parquet")
    assert read_upload(upload_json(one)) == one
    assert (one.git_oids, one.is_within, one.is_beside) == ({}, False, False)
    assert one.repo_id("NERSC/digits") == "NERSC/digits"
    assert "bucket" not in upload_json(replace(one, bucket=None))
    assert upload_facts(one, "NERSC/digits", "").bucket == BUCKET.address


@pytest.mark.attack("hostile records")
@pytest.mark.parametrize(
    "bucket",
    [
        {"address": "s3://data/../x"},
        {"address": "https://data/x"},
        {"address": "s3://data/`id`"},
        {"address": "s3://data/x/"},
        {"endpoint": "file:///etc/passwd"},
        {"endpoint": 'https://s3.example.org"); import os'},
        {"endpoint": "https://user:word@s3.example.org"},
        {"is_public": "yes"},
        {"pack_bytes": -1},
        {"address": None},
    ],
)
def test_bucket_that_was_not_written_here_is_refused(bucket: dict[str, object]) -> None:
    content = upload_json(upload("train-00000-of-00001.parquet"))
    content["bucket"] |= bucket
    with pytest.raises(ValueError, match="what was uploaded"):
        read_upload(content)


def test_lines_name_every_shard_where_it_is() -> None:
    names = ("train-00000-of-00002.parquet", "train-00001-of-00002.parquet")
    parts = ("te.st-00000-of-00001.parquet",)
    lines = upload_lines(upload(*names, *parts), "NERSC/digits")
    values: dict[str, object] = {}
    code = "\n".join(line for line in lines if "load_dataset" not in line)
    ast.parse("\n".join(lines))
    exec(code, values)  # noqa: S102 - what a reader pastes
    assert values["storage"] == {"endpoint_url": BUCKET.endpoint}
    assert values["shards"] == {
        "train": [f"{BUCKET.address}/data/{name}" for name in names],
        "te.st": [f"{BUCKET.address}/data/{name}" for name in parts],
    }
    public = replace(BUCKET, endpoint="", is_public=True)
    first, *_ = upload_lines(replace(upload(*names), bucket=public), "NERSC/digits")
    assert first.partition("  #")[0] == 'storage = {"anon": True}'
