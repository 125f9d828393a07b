"""The address of a folder in a bucket of an S3 storage: `s3://bucket/prefix`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

SCHEME = "s3://"
# The rules of S3 for names of buckets; an address of IP form is excluded below.
_BUCKET = re.compile(r"[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]")
_IP = re.compile(r"\d+\.\d+\.\d+\.\d+")
# What S3 calls safe and no shell, URL, pattern or Markdown gives another meaning.
_SEGMENT = re.compile(r"[A-Za-z0-9_=+@,-][A-Za-z0-9_=+@,.-]*")
_AMAZON = "s3.amazonaws.com"  # leads to the region of a bucket
_MOST_CHARACTERS = 512  # of 1,024 bytes for a key


@dataclass(frozen=True, slots=True)
class BucketAddress:
    """A folder in a bucket.

    Attributes:
        bucket: the name of the bucket.
        prefix: the folder in it, without slashes around it; empty for the bucket itself.
    """

    bucket: str
    prefix: str = ""

    def __str__(self) -> str:
        return self.of("").removesuffix("/")

    def key(self, path: str) -> str:
        """Return the bucket and the key of a path below the folder, as fsspec joins them."""
        return f"{self.bucket}/{self.object_key(path)}"

    def object_key(self, path: str) -> str:
        """Return the key of a path below the folder, without the bucket."""
        return "/".join(part for part in (self.prefix, path) if part)

    def of(self, path: str) -> str:
        """Return the address of a path below the folder."""
        return f"{SCHEME}{self.key(path)}"

    def url(self, path: str, endpoint: str) -> str:
        """Return the address at which everyone reads a path of a public bucket.

        Args:
            path: below the folder.
            endpoint: the address of the storage; empty for Amazon's own.
        """
        key = quote(self.object_key(path))
        if not endpoint and "." not in self.bucket:  # with a dot, no certificate would fit
            return f"https://{self.bucket}.{_AMAZON}/{key}"
        return f"{(endpoint or f'https://{_AMAZON}').rstrip('/')}/{self.bucket}/{key}"


def is_bucket_address(text: str) -> bool:
    """Return whether a text is meant as the address of a bucket."""
    return text.lower().startswith(SCHEME)


def parse_bucket_address(text: str) -> BucketAddress:
    """Read an address such as `s3://my-bucket/digits/v1`; a slash at its end does not matter.

    Raises:
        ValueError: it is none; the sentence says why.
    """
    if not is_bucket_address(text):
        raise ValueError(f"{text!r} does not begin with {SCHEME}")
    bucket, _, prefix = text[len(SCHEME) :].removesuffix("/").partition("/")
    if not _BUCKET.fullmatch(bucket) or ".." in bucket or _IP.fullmatch(bucket):
        raise ValueError(
            f"{bucket!r} is no name of a bucket: 3 to 63 lower-case letters, digits, `-` and `.`"
        )
    segments = prefix.split("/") if prefix else []
    if wrong := [segment for segment in segments if not _SEGMENT.fullmatch(segment)]:
        raise ValueError(
            f"{wrong[0]!r} is no folder of a bucket: letters, digits and `_=+@,.-`, "
            "not beginning with a dot"
        )
    if len(prefix) > _MOST_CHARACTERS:
        raise ValueError(f"the folder has more than {_MOST_CHARACTERS} characters")
    return BucketAddress(bucket, prefix)
