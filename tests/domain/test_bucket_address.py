"""Addresses of folders in buckets."""

from __future__ import annotations

import pytest

from huggingnersc.domain.bucket_address import BucketAddress, parse_bucket_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("s3://data", BucketAddress("data")),
        ("s3://data/", BucketAddress("data")),
        ("S3://my.bucket-1/digits/v1/", BucketAddress("my.bucket-1", "digits/v1")),
    ],
)
def test_address_has_a_bucket_and_a_folder(text: str, address: BucketAddress) -> None:
    assert parse_bucket_address(text) == address
    assert parse_bucket_address(str(address)) == address


@pytest.mark.parametrize(
    ("bucket", "endpoint", "url"),
    [
        ("s3://data/x", "https://s3.example.org/", "https://s3.example.org/data/x/a%2Bb.tar"),
        ("s3://data/x", "", "https://data.s3.amazonaws.com/x/a%2Bb.tar"),
        ("s3://my.data", "", "https://s3.amazonaws.com/my.data/a%2Bb.tar"),
    ],
)
def test_a_file_that_everyone_may_read_has_a_web_address(
    bucket: str, endpoint: str, url: str
) -> None:
    assert parse_bucket_address(bucket).url("a+b.tar", endpoint) == url


def test_paths_are_below_the_folder() -> None:
    address = BucketAddress("data", "digits")
    assert address.object_key("data/a.tar") == "digits/data/a.tar"
    assert address.of("data/a.tar") == "s3://data/digits/data/a.tar"
    assert BucketAddress("data").of("a.tar") == "s3://data/a.tar"
    assert str(BucketAddress("data")) == "s3://data"


@pytest.mark.attack("hostile names")
@pytest.mark.parametrize(
    "text",
    [
        "", "data/digits", "https://data/digits", "s3://", "s3:///digits", "s3://Data", "s3://ab",
        "s3://a..b", "s3://127.0.0.1/x", "s3://user:word@data/x", "s3://data//x", "s3://data/../x",
        "s3://data/./x", "s3://data/.hidden", "s3://data/a b", "s3://data/a?versionId=1",
        "s3://data/*", "s3://data/a\nb", "s3://data/ü", "s3://data/`id`",
        "s3://data/" + "x" * 513,
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the sentence is for people
        parse_bucket_address(text)
