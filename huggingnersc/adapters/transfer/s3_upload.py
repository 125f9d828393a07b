"""Send files to a bucket: in parts, several at a time, each whole or not at all.

One thread reads and computes digests, the others send what it read: so memory holds as many parts
as there are senders, and one large file is sent as fast as many small ones.
"""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from huggingnersc.domain.packing.damaged_files import OTHER_CONTENT, damaged_file, damaged_files
from huggingnersc.errors import (
    BucketAccessError,
    BucketConflictError,
    BucketError,
    PackFilesDamagedError,
)
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from huggingnersc.adapters.transfer.s3_bucket import Bucket, StoredObject, UnfinishedObject

PART_BYTES = 16 << 20
_MOST_PARTS = 10_000
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class BucketFile:
    """A file that is to be an object of a bucket.

    Attributes:
        path: below the folder of the bucket.
        file: what is sent.
        size_bytes: its size.
        sha256: of its bytes, 64 hexadecimal digits.
    """

    path: str
    file: Path
    size_bytes: int
    sha256: str

    @property
    def part_bytes(self) -> int:
        """The size of a part, so that there are not more than S3 takes."""
        if self.size_bytes <= PART_BYTES * _MOST_PARTS:
            return PART_BYTES
        return -(-self.size_bytes // (_MOST_PARTS * _MIB)) * _MIB

    def is_same(self, found: StoredObject | None) -> bool:
        """Return whether an object holds this file, by its size and its recorded digest."""
        return found is not None and (found.size_bytes, found.sha256) == (
            self.size_bytes,
            self.sha256,
        )


def files_to_send(
    bucket: Bucket, files: Sequence[BucketFile], *, jobs: int
) -> tuple[BucketFile, ...]:
    """Return those of `files` that the bucket does not hold yet.

    Raises:
        BucketConflictError: it holds others under their names; `problems` names each.
        BucketError: the storage refused or failed.
    """
    with ThreadPoolExecutor(jobs) as pool:
        there = tuple(pool.map(lambda file: bucket.stored(file.path), files))
    pairs = tuple(zip(files, there, strict=True))
    problems = [
        Problem(bucket.address.of(file.path), _difference(file, found))
        for file, found in pairs
        if found is not None and not file.is_same(found)
    ]
    if problems:
        raise BucketConflictError(
            f"{bucket.address} holds other files under the names of these.",
            problems=problems,
            hint="Nothing is replaced in a bucket, because readers would get a mixture. Name "
            "another folder, such as one for each version, or delete the objects first.",
        )
    return tuple(file for file, found in pairs if found is None)


def _difference(file: BucketFile, found: StoredObject) -> str:
    if found.size_bytes != file.size_bytes:
        return f"it has {found.size_bytes:,} bytes there and {file.size_bytes:,} here"
    if not found.sha256:
        return "it was put there by another program, which did not record its SHA-256"
    return f"its SHA-256 is {found.sha256} there and {file.sha256} here"


def clear_unfinished(bucket: Bucket, files: Sequence[BucketFile]) -> None:
    """Remove the parts that a killed upload of these files left, which would be paid for.

    Raises:
        BucketError: the storage refused or failed.
    """
    paths = {file.path for file in files}
    with suppress(BucketAccessError):  # to list them is a right of its own
        for begun in bucket.unfinished():
            if begun.path in paths:
                bucket.abandon(begun)


def is_read_by_everyone(bucket: Bucket, path: str) -> bool:
    """Return whether a visitor without credentials may read an object.

    Raises:
        BucketError: the storage failed.
    """
    from huggingnersc.adapters.transfer.s3_bucket import Bucket

    with Bucket(bucket.address, anonymous=True) as visitor:
        try:
            return visitor.stored(path) is not None
        except BucketAccessError:
            return False


class S3Upload:
    """Sends files; what is not complete when it ends is taken back.

    Args:
        bucket: where to.
        jobs: how many requests at a time.
        on_bytes: called with paths and numbers of bytes as they are sent, from several threads.
        on_sent: called with each file after it is there, from several threads.
    """

    def __init__(
        self,
        bucket: Bucket,
        *,
        jobs: int,
        on_bytes: Callable[[str, int], None],
        on_sent: Callable[[BucketFile], None],
    ) -> None:
        self._bucket, self._on_bytes, self._on_sent = bucket, on_bytes, on_sent
        self._pool = ThreadPoolExecutor(jobs, thread_name_prefix="s3-upload")
        self._room = threading.BoundedSemaphore(jobs + 1)  # for parts in memory
        self._begun: dict[str, UnfinishedObject] = {}
        self._failure: BaseException | None = None
        self._damaged: list[Problem] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        self._pool.shutdown(cancel_futures=kind is not None)
        if kind is None and self._failure is None and not self._damaged:
            return
        for begun in self._begun.values():
            with suppress(BucketError):
                self._bucket.abandon(begun)
        if kind is None:
            raise self._failure or damaged_files(self._damaged)

    def send(self, file: BucketFile) -> None:
        """Read a file and hand it to the senders.

        One whose bytes are not what was recorded is left out, and named when all others are sent:
        the end of the `with` block raises a `PackFilesDamagedError`.

        Raises:
            BucketError: the storage refused or failed, for this file or an earlier one.
        """
        try:
            self._send(file)
        except PackFilesDamagedError as error:
            self._damaged += error.problems

    def _send(self, file: BucketFile) -> None:
        digest = hashlib.sha256()
        if file.size_bytes <= file.part_bytes:
            data = b"".join(self._pieces(file, digest.update))
            with self._freed_on_failure():
                _require_digest(file, digest.hexdigest())
            self._submit(self._put, file, data)
            return
        begun = self._bucket.begin(file.path, sha256=file.sha256)
        self._begun[file.path] = begun
        parts = [
            self._submit(self._put_part, begun, number, data)
            for number, data in enumerate(self._pieces(file, digest.update), 1)
        ]
        _require_digest(file, digest.hexdigest())
        self._pool.submit(self._watched, self._complete, file, begun, parts)

    def _pieces(self, file: BucketFile, update: Callable[[bytes], None]) -> Iterator[bytes]:
        """Yield the parts of a file, each after there is room for it."""
        left = file.size_bytes
        try:
            with file.file.open("rb") as stream:
                while True:
                    self._wait()
                    with self._freed_on_failure():
                        data = stream.read(file.part_bytes)
                        update(data)
                        left -= len(data)
                        if left < 0 or (left and not data):
                            raise damaged_file(file.path, OTHER_CONTENT)
                    yield data
                    if left == 0:
                        return
        except OSError as error:
            raise damaged_file(file.path, f"it cannot be read: {error.strerror}") from error

    def _wait(self) -> None:
        while not self._room.acquire(timeout=1):
            self._raise_failure()
        with self._freed_on_failure():
            self._raise_failure()

    @contextmanager
    def _freed_on_failure(self) -> Iterator[None]:
        """Free the room for a part where the block fails."""
        try:
            yield
        except BaseException:
            self._room.release()
            raise

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _submit(self, work: Callable[..., str], *arguments: object) -> Future[str]:
        future = self._pool.submit(self._watched, work, *arguments)
        future.add_done_callback(lambda _: self._room.release())
        return future

    def _watched(self, work: Callable[..., str], *arguments: object) -> str:
        """Do a piece of work, and keep its failure for the thread that reads."""
        self._raise_failure()
        try:
            return work(*arguments)
        except BaseException as error:
            self._failure = self._failure or error
            raise

    def _put(self, file: BucketFile, data: bytes) -> str:
        self._bucket.put(file.path, data, sha256=file.sha256)
        self._on_bytes(file.path, len(data))
        self._verify(file)
        return ""

    def _put_part(self, begun: UnfinishedObject, number: int, data: bytes) -> str:
        etag = self._bucket.put_part(begun, number, data)
        self._on_bytes(begun.path, len(data))
        return etag

    def _complete(
        self, file: BucketFile, begun: UnfinishedObject, parts: list[Future[str]]
    ) -> str:
        self._bucket.complete(begun, [part.result() for part in parts])
        self._begun.pop(file.path, None)
        self._verify(file)
        return ""

    def _verify(self, file: BucketFile) -> None:
        found = self._bucket.stored(file.path)
        if not file.is_same(found):
            raise BucketError(
                f"{self._bucket.address.of(file.path)} is not what was sent: "
                f"{_difference(file, found) if found else 'it is not there'}.",
                hint="Another program may write there too. Name another folder.",
            )
        self._on_sent(file)


def _require_digest(file: BucketFile, found: str) -> None:
    if found != file.sha256:
        raise damaged_file(file.path, OTHER_CONTENT)
