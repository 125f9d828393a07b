"""Send large files to the Hub piece by piece, each read once and hashed while it is sent.

The SHA-256 is known before, from the pack, so the Hub can say at once which it has. What is read
must have it; else nothing of the file is committed. A file is hashed even where it seems
unchanged: a pack is the same bytes on any machine, so it holds no times to tell by, and a Hub that
hashes later would have a commit of a shard that no one can load.
"""

from __future__ import annotations

import hashlib
import io
import threading
import time
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.packing.damaged_files import OTHER_CONTENT, damaged_file, damaged_files
from huggingnersc.errors import HubError, HuggingNerscError, PackFilesDamagedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from huggingface_hub import CommitOperationAdd, HfApi

    from huggingnersc.problems import Problem

_TICK_S = 0.2  # between two looks at how far it is
_BLOCK_BYTES = 1 << 20
_SAMPLE_BYTES = 512  # the Hub looks at them to tell large files from texts


@dataclass(frozen=True, slots=True, kw_only=True)
class HubFile:
    """A file on disk that is sent to a repository.

    Attributes:
        path: in the repository.
        source: on disk.
        size_bytes: its size.
        sha256: of its bytes, as it was recorded.
    """

    path: str
    source: Path
    size_bytes: int
    sha256: str


class Sending:
    """How far files are that are being sent; the counts are right for several threads.

    Args:
        on_sent: called after a file is there, by the thread that sends all.
        on_tick: called every now and then, by the same thread, with the bytes that were sent of
            each file so far that is under way.
    """

    def __init__(
        self,
        on_sent: Callable[[HubFile], None] | None = None,
        on_tick: Callable[[dict[str, int]], None] | None = None,
    ) -> None:
        self._on_sent, self._on_tick = on_sent, on_tick
        self._lock, self._under_way = threading.Lock(), dict[str, int]()
        self._reporter, self._due = threading.get_ident(), 0.0

    def add(self, file: HubFile, size_bytes: int) -> None:
        """Count bytes of a file."""
        with self._lock:
            self._under_way[file.path] = self._under_way.get(file.path, 0) + size_bytes
        if threading.get_ident() == self._reporter and time.monotonic() >= self._due:
            self.tick()

    def sent(self, file: HubFile) -> None:
        """Count a file that is there."""
        self.drop(file)
        if self._on_sent:
            self._on_sent(file)

    def drop(self, file: HubFile) -> None:
        """Count a file no more among those that are under way."""
        with self._lock:
            self._under_way.pop(file.path, None)

    def tick(self) -> None:
        """Report how far it is."""
        self._due = time.monotonic() + _TICK_S
        with self._lock:
            under_way = dict(self._under_way)
        if self._on_tick:
            self._on_tick(under_way)


def send_files(
    api: HfApi,
    repo_id: str,
    files: Sequence[HubFile],
    *,
    jobs: int,
    sending: Sending,
) -> None:
    """Send files to the Hub's storage; no commit names them yet.

    What the Hub has already is not read. A damaged file is left out, so that all of them are
    named at the end; the first failure of the Hub ends all.

    Args:
        api: the client.
        repo_id: the dataset repository.
        files: what to send.
        jobs: how many are sent at a time.
        sending: counts what was sent.

    Raises:
        PackFilesDamagedError: files are not what was recorded, or cannot be read; the others are
            sent.
        HubError: the repository would not store a file as a large one.
    """
    stop = threading.Event()
    damaged: dict[str, tuple[Problem, ...]] = {}

    def send(file: HubFile) -> HubFile | None:
        if stop.is_set():
            return None
        try:
            _send(api, repo_id, _Source(file, sending, stop))
        except PackFilesDamagedError as error:
            sending.drop(file)
            damaged[file.path] = error.problems
            return None
        return file

    with _large_pieces():
        if jobs == 1:  # in this thread, which also reports how far it is
            for file in files:
                if sent := send(file):
                    sending.sent(sent)
        else:
            _send_at_once(send, files, jobs, sending, stop)
    if damaged:
        raise damaged_files([one for path in sorted(damaged) for one in damaged[path]])


def _send_at_once(
    send: Callable[[HubFile], HubFile | None],
    files: Sequence[HubFile],
    jobs: int,
    sending: Sending,
    stop: threading.Event,
) -> None:
    """Send several files at a time; the first failure stops the others.

    Args:
        send: sends a file and returns it; None where it is left out.
        files: what to send.
        jobs: how many at a time.
        sending: counts what was sent.
        stop: is set for those that are under way.
    """
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        pending = {pool.submit(send, file) for file in files}
        try:
            while pending:
                done, pending = wait(pending, return_when=FIRST_EXCEPTION, timeout=_TICK_S)
                for one in sorted(done, key=lambda one: one.exception() is not None):
                    if sent := one.result():
                        sending.sent(sent)
                sending.tick()
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _large_pieces() -> Iterator[None]:
    """Let the client take larger pieces of a file, which saves a quarter of its processor time."""
    from httpx2._content import IteratorByteStream

    usual = IteratorByteStream.CHUNK_SIZE
    IteratorByteStream.CHUNK_SIZE = _BLOCK_BYTES
    try:
        yield
    finally:
        IteratorByteStream.CHUNK_SIZE = usual


def commit_of_sent(files: Sequence[HubFile]) -> list[CommitOperationAdd]:
    """Return the operations of a commit of files that were sent."""
    operations = [_operation(_Source(file, Sending(), threading.Event())) for file in files]
    for one in operations:
        one._upload_mode, one._is_uploaded, one._should_ignore = "lfs", True, False
    return operations


def _send(api: HfApi, repo_id: str, source: _Source) -> None:
    operation = _operation(source)
    try:
        api.preupload_lfs_files(
            repo_id, [operation], repo_type="dataset", num_threads=1, free_memory=False
        )
    except RuntimeError as error:  # the client's, around what went wrong in an upload
        if isinstance(error.__cause__, HuggingNerscError):
            raise error.__cause__ from None
        raise
    if operation._upload_mode != "lfs" or operation._should_ignore:
        raise HubError(
            f"{repo_id} does not store {source.file.path} as a large file (LFS).",
            hint="Look at its .gitattributes and .gitignore on the Hub: they should be those of a "
            "new repository.",
        )


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the bytes of a file come from, and what counts them."""

    file: HubFile
    sending: Sending
    stop: threading.Event

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        try:
            with self.file.source.open("rb", buffering=0) as raw:
                yield _HashedReader(raw, self)  # type: ignore[misc]
        except OSError as error:
            if error.filename is None:  # the network's
                raise
            raise damaged_file(self.file.path, f"it cannot be read: {error.strerror}") from error


class _HashedReader(io.BufferedIOBase):
    """A file as the client reads it, from its beginning or, in parts, from elsewhere.

    What is read after what was hashed is hashed; a part that is sent again is not. It is read and
    hashed in blocks, whatever the client takes at a time, as each leaves the interpreter to other
    threads for a moment.
    """

    def __init__(self, raw: io.FileIO, source: _Source) -> None:
        self._raw, self._source = raw, source
        self._hash, self._hashed = hashlib.sha256(), 0
        self._block, self._taken = b"", 0

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(_BLOCK_BYTES), b""))
        if self._taken == len(self._block):
            self._next_block()
        begin = self._taken
        self._taken = min(begin + size, len(self._block))
        return self._block[begin : self._taken]

    def _next_block(self) -> None:
        if self._source.stop.is_set():
            raise InterruptedError("the upload was stopped")
        begin = self._raw.tell()
        self._block, self._taken = self._raw.read(_BLOCK_BYTES) or b"", 0
        fresh = self._block[self._hashed - begin :] if begin <= self._hashed else b""
        if fresh:
            self._hash.update(fresh)
            self._hashed += len(fresh)
            self._source.sending.add(self._source.file, len(fresh))
        self._check(at_end=not self._block)

    def _check(self, *, at_end: bool) -> None:
        """Stop before the last bytes are sent where they are not those that were recorded."""
        file = self._source.file
        if self._hashed < file.size_bytes and not at_end:
            return
        if self._hashed != file.size_bytes or self._hash.hexdigest() != file.sha256:
            raise damaged_file(file.path, OTHER_CONTENT)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if whence == io.SEEK_CUR:
            offset, whence = offset + self.tell(), io.SEEK_SET
        self._block, self._taken = b"", 0
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell() - len(self._block) + self._taken

    def fileno(self) -> int:
        return self._raw.fileno()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True


def _operation(source: _Source) -> CommitOperationAdd:
    return _operation_type()(source)  # type: ignore[no-any-return]


@cache
def _operation_type() -> Any:
    from huggingface_hub import CommitOperationAdd
    from huggingface_hub.lfs import UploadInfo

    class Addition(CommitOperationAdd):
        """A file whose SHA-256 is known, and which is hashed again while it is sent."""

        def __init__(self, source: _Source) -> None:
            self.path_in_repo = source.file.path
            self.path_or_fileobj = str(source.file.source)
            self.upload_info = UploadInfo(
                size=source.file.size_bytes,
                sample=_sample(source.file),
                sha256=bytes.fromhex(source.file.sha256),
            )
            self._upload_mode = self._should_ignore = self._remote_oid = None
            self._is_uploaded = self._is_committed = False
            self._source = source

        @contextmanager
        def as_file(self, with_tqdm: bool = False) -> Iterator[BinaryIO]:  # noqa: ARG002
            with self._source.opened() as file:
                yield file

    return Addition


def _sample(file: HubFile) -> bytes:
    try:
        with file.source.open("rb") as stream:
            return stream.read(_SAMPLE_BYTES)
    except OSError as error:
        raise damaged_file(file.path, f"it cannot be read: {error.strerror}") from error
