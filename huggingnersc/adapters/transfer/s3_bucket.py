"""A folder in a bucket of an S3 storage, through s3fs.

The endpoint, the region and the credentials are those of the AWS tools: the variables
AWS_ENDPOINT_URL, AWS_REGION, AWS_PROFILE, AWS_ACCESS_KEY_ID and so on, and the files in ~/.aws.
"""

from __future__ import annotations

import hashlib
import os
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from huggingnersc.adapters.transfer.s3_failures import code_of, require_s3, translated
from huggingnersc.errors import BucketError, BucketMissingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from huggingnersc.domain.bucket_address import BucketAddress

DIGEST_KEY = "sha256"  # of an object's metadata: x-amz-meta-sha256
_ATTEMPTS = 8
_CONNECT_TIMEOUT_S = 10
_MOST_CONNECTIONS = 64
_READ_TIMEOUT_S = 60
_AMAZON = ".amazonaws.com"
_READ_BYTES = 1 << 20
_REPLACED = frozenset({"412", "PreconditionFailed"})


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object in a bucket.

    Attributes:
        size_bytes: its size.
        sha256: what its metadata say of its bytes; empty where they say nothing.
        etag: what tells this content from another under the same key.
    """

    size_bytes: int
    sha256: str
    etag: str


@dataclass(frozen=True, slots=True)
class UnfinishedObject:
    """An object that is sent in parts; no one sees it before it is completed.

    Attributes:
        path: below the folder.
        upload_id: what the storage calls it.
    """

    path: str
    upload_id: str


class ObjectBytes:
    """The bytes of a range of an object, as they come.

    Attributes:
        size_bytes: of the whole object.
        etag: of the object.
    """

    def __init__(self, bucket: Bucket, where: str, answer: dict[str, Any]) -> None:
        self._bucket, self._where, self._body = bucket, where, answer["Body"]
        total = str(answer.get("ContentRange", "")).rpartition("/")[2]
        self.size_bytes = int(total) if total.isdigit() else int(answer["ContentLength"])
        self.etag = str(answer.get("ETag", ""))
        self._kept = b""

    def read(self, most_bytes: int) -> bytes:
        """Return up to so many of the next bytes; none at the end.

        Raises:
            BucketError: the connection was cut.
        """
        if not self._kept:
            self._kept = self._bucket.wait(self._where, self._body.read, _READ_BYTES)
        data, self._kept = self._kept[:most_bytes], self._kept[most_bytes:]
        return data

    def close(self) -> None:
        """Let go of it, and of its connection where it was not read to its end."""
        self._bucket.call_soon(self._body.close)


class Bucket:
    """The objects below a folder of a bucket; used by several threads at once.

    A request that fails for a moment is sent again, later each time, up to AWS_MAX_ATTEMPTS times.

    Args:
        address: the folder.
        anonymous: send no credentials, as a visitor of a public bucket.
        endpoint: the address of the storage in place of that of the settings.

    Raises:
        InstallationError: s3fs is not installed.
    """

    def __init__(
        self, address: BucketAddress, *, anonymous: bool = False, endpoint: str = ""
    ) -> None:
        require_s3()
        from s3fs import S3FileSystem

        self.address = address
        self._system = S3FileSystem(
            anon=anonymous,
            endpoint_url=endpoint or None,
            skip_instance_cache=True,
            use_listings_cache=False,
            config_kwargs=_client_settings(),
        )
        self._system.retries = 1  # the client below it sends again

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        creator = getattr(self._system, "_s3creator", None)
        if creator is not None:
            from fsspec.asyn import sync

            sync(self._system.loop, creator.__aexit__, None, None, None)

    @property
    def endpoint(self) -> str:
        """The address of the storage; empty for Amazon's own.

        Raises:
            BucketError: the settings cannot be read.
        """
        with translated(self.address.bucket, f"use {self.address}"):
            url = str(self._system.s3.meta.endpoint_url)
        return "" if url.rstrip("/").endswith(_AMAZON) else url.rstrip("/")

    def require(self) -> None:
        """Make sure that the bucket is there and its folder may be listed.

        Raises:
            BucketError: it is not, or may not; the sentence says why.
        """
        self._call("list", "", "list_objects_v2", Prefix=self._key(""), MaxKeys=1)

    def stored(self, path: str) -> StoredObject | None:
        """Return what is known of an object; None where there is none.

        Raises:
            BucketError: the storage refused or failed.
        """
        try:
            found = self._call("look for", path, "head_object", Key=self._key(path))
        except BucketMissingError:
            return None
        metadata = {key.lower(): value for key, value in found.get("Metadata", {}).items()}
        return StoredObject(
            found["ContentLength"], metadata.get(DIGEST_KEY, ""), found.get("ETag", "")
        )

    def put(self, path: str, data: bytes, *, sha256: str) -> None:
        """Store an object, whole or not at all; the storage checks that it got these bytes.

        Raises:
            BucketError: the storage refused or failed.
        """
        self._call(
            "write",
            path,
            "put_object",
            Key=self._key(path),
            Body=data,
            ContentMD5=_md5(data),
            Metadata={DIGEST_KEY: sha256},
        )

    def begin(self, path: str, *, sha256: str) -> UnfinishedObject:
        """Begin an object that is sent in parts.

        Raises:
            BucketError: the storage refused or failed.
        """
        begun = self._call(
            "write",
            path,
            "create_multipart_upload",
            Key=self._key(path),
            Metadata={DIGEST_KEY: sha256},
        )
        return UnfinishedObject(path, begun["UploadId"])

    def put_part(self, begun: UnfinishedObject, number: int, data: bytes) -> str:
        """Store a part and return its ETag; the storage checks that it got these bytes.

        Args:
            begun: the object.
            number: from 1 to 10,000.
            data: of at least 5 MiB, but for the last one.

        Raises:
            BucketError: the storage refused or failed.
        """
        stored = self._call(
            "write",
            begun.path,
            "upload_part",
            **self._of(begun),
            PartNumber=number,
            Body=data,
            ContentMD5=_md5(data),
        )
        return str(stored["ETag"])

    def complete(self, begun: UnfinishedObject, etags: list[str]) -> None:
        """Make one object of the parts; from now on everyone sees it.

        Raises:
            BucketError: the storage refused or failed.
        """
        parts = [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, 1)]
        self._call(
            "write",
            begun.path,
            "complete_multipart_upload",
            **self._of(begun),
            MultipartUpload={"Parts": parts},
        )

    def abandon(self, begun: UnfinishedObject) -> None:
        """Remove the parts of an object that is not completed; nothing where it is gone already.

        Raises:
            BucketError: the storage refused or failed.
        """
        with suppress(BucketMissingError):
            self._call("clear", begun.path, "abort_multipart_upload", **self._of(begun))

    def unfinished(self) -> Iterator[UnfinishedObject]:
        """Yield the objects below the folder that were begun and not completed.

        Raises:
            BucketError: the storage refused or failed.
        """
        start, begin = dict[str, str](), self._key("")
        while True:
            page = self._call("list", "", "list_multipart_uploads", Prefix=begin, **start)
            for one in page.get("Uploads", ()):
                yield UnfinishedObject(str(one["Key"]).removeprefix(begin), one["UploadId"])
            if not page.get("IsTruncated"):
                return
            start = {
                "KeyMarker": page["NextKeyMarker"],
                "UploadIdMarker": page["NextUploadIdMarker"],
            }

    def read(self, path: str, *, most_bytes: int) -> bytes | None:
        """Return the bytes of a small object; None where there is none.

        Raises:
            BucketError: the storage refused or failed, or it has more than `most_bytes`.
        """
        found = self.stored(path)
        if found is None:
            return None
        if found.size_bytes > most_bytes:
            raise BucketError(f"{self.address.of(path)} has {found.size_bytes:,} bytes.")
        body = self.open(path, 0, found.size_bytes, etag="")
        return b"".join(iter(lambda: body.read(_READ_BYTES), b"")) if body else None

    def open(self, path: str, start: int, stop: int, *, etag: str) -> ObjectBytes | None:
        """Return the bytes of an object from `start` up to `stop`.

        Args:
            path: below the folder.
            start: the first byte.
            stop: the one after the last.
            etag: of an earlier answer; empty where none is known.

        Returns:
            None where the object is no longer that of the ETag.

        Raises:
            BucketMissingError: there is none.
            BucketError: the storage refused or failed.
        """
        asked = {"Range": f"bytes={start}-{stop - 1}"} if stop > start else {}
        same = {"IfMatch": etag} if etag else {}
        try:
            answer = self._call("read", path, "get_object", Key=self._key(path), **asked, **same)
        except BucketError as error:
            if etag and code_of(error.__cause__) in _REPLACED:
                return None
            raise
        return ObjectBytes(self, self.address.of(path), answer)

    def wait(self, where: str, function: Callable[..., Any], *arguments: object) -> Any:
        """Return what a coroutine of the client returns.

        Raises:
            BucketError: the storage refused or failed.
        """
        from fsspec.asyn import sync

        with translated(self.address.bucket, f"read {where}"):
            return sync(self._system.loop, function, *arguments)

    def call_soon(self, function: Callable[[], Any]) -> None:
        """Call a function in the thread of the client, which is not this one."""
        self._system.loop.call_soon_threadsafe(function)

    def remove(self, path: str) -> None:
        """Delete an object; nothing where there is none.

        Raises:
            BucketError: the storage refused or failed.
        """
        self._call("delete", path, "delete_object", Key=self._key(path))

    def _key(self, path: str) -> str:
        return self.address.object_key(path) if path else _folder(self.address.prefix)

    def _of(self, begun: UnfinishedObject) -> dict[str, str]:
        return {"Key": self._key(begun.path), "UploadId": begun.upload_id}

    def _call(self, verb: str, path: str, operation: str, **arguments: Any) -> dict[str, Any]:
        where = self.address.of(path) if path else self.address
        with translated(self.address.bucket, f"{verb} {where}"):
            answer: dict[str, Any] = self._system.call_s3(
                operation, Bucket=self.address.bucket, **arguments
            )
            return answer


def _folder(prefix: str) -> str:
    return f"{prefix}/" if prefix else ""


def _md5(data: bytes) -> str:
    """Return the checksum that every S3 storage verifies, also those without newer ones."""
    return b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


def _client_settings() -> dict[str, Any]:
    """Return the settings of the client that its variables do not set."""
    settings: dict[str, Any] = {
        "connect_timeout": _CONNECT_TIMEOUT_S,
        "max_pool_connections": _MOST_CONNECTIONS,
        "read_timeout": _READ_TIMEOUT_S,
        # Content-MD5 is sent instead: storages other than Amazon's refuse the newer checksums.
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
    }
    if not os.environ.get("AWS_MAX_ATTEMPTS"):
        settings["retries"] = {"mode": "standard", "total_max_attempts": _ATTEMPTS}
    return settings
