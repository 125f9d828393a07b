"""Files of a bucket as the source of a transfer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.adapters.transfer.failures import (
    FileRefusedError,
    OtherContentError,
    TransferCutError,
)
from huggingnersc.adapters.transfer.s3_failures import is_about_object
from huggingnersc.errors import BucketAccessError, BucketError, BucketMissingError

if TYPE_CHECKING:
    from huggingnersc.adapters.transfer.s3_bucket import Bucket, ObjectBytes
    from huggingnersc.adapters.transfer.wanted_file import WantedFile


class S3Source:
    """The objects below a folder of a bucket.

    Args:
        bucket: the folder; the caller closes it.
    """

    def __init__(self, bucket: Bucket) -> None:
        self._bucket, self.label = bucket, str(bucket.address)

    def connected(self) -> S3Connection:
        """Return a way to the objects for one thread; all share the connections of the client."""
        return S3Connection(self._bucket)


class S3Connection:
    """A way to the objects of a bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._found: ObjectBytes | None = None

    def open(self, file: WantedFile, start: int, stop: int, validator: str) -> S3Body:
        """Return the bytes of an object from `start` up to `stop`.

        Raises:
            TransferCutError: it failed, and may succeed later.
            OtherContentError: the object is another one than that of the validator.
            FileRefusedError: it is not there, or has another size.
            TransferError: nothing can be had of this bucket.
        """
        path = file.path.decode("utf-8", "surrogateescape")
        try:
            found = self._bucket.open(path, start, stop, etag=validator)
        except BucketMissingError as error:
            raise FileRefusedError("is not in the bucket") from error
        except BucketAccessError:
            raise
        except BucketError as error:
            raise _cut(error) from error
        if found is None:
            raise OtherContentError("it was replaced meanwhile", is_answered=True)
        if found.size_bytes != file.size_bytes:
            found.close()
            raise FileRefusedError(
                f"has {found.size_bytes:,} bytes there and should have {file.size_bytes:,}"
            )
        self._found = found
        return S3Body(found, start, stop)

    def abort(self) -> None:
        """Let a call of another thread that waits for bytes end with TransferCutError."""
        if self._found:
            self._found.close()

    def close(self) -> None:
        """Leave the connections to the client."""


class S3Body:
    """The bytes of a range of an object."""

    def __init__(self, found: ObjectBytes, start: int, stop: int) -> None:
        self._found, self._left = found, stop - start
        self.start, self.stop, self.validator = start, stop, found.etag

    def readinto(self, buffer: memoryview) -> int:
        """Put bytes into `buffer` and return how many; 0 at the end.

        Raises:
            TransferCutError: they ended early.
        """
        if self._left == 0 or not buffer:
            return 0
        try:
            data = self._found.read(min(len(buffer), self._left))
        except BucketError as error:
            raise _cut(error) from error
        if not data:
            raise TransferCutError("the connection was cut")
        buffer[: len(data)] = data
        self._left -= len(data)
        return len(data)

    def close(self) -> None:
        """Let go of it."""
        self._found.close()


def _cut(error: BucketError) -> TransferCutError:
    """Return a failure; a storage that is busy or away is so for every object."""
    return TransferCutError(str(error).rstrip("."), is_answered=is_about_object(error))
