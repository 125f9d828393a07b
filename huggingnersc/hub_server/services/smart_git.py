"""The protocol of git, served by dulwich under the Hub's access rules, locks and checks."""

from __future__ import annotations

import tempfile
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, cast

from dulwich.errors import (
    FileFormatException,
    GitProtocolError,
    HangupException,
    NotGitRepository,
    ObjectMissing,
)
from dulwich.protocol import CAPABILITY_ATOMIC, ReceivableProtocol
from dulwich.repo import Repo
from dulwich.server import Backend, ReceivePackHandler, UploadPackHandler

from huggingnersc.hub_server.http_error import HttpError, bad_request, too_large
from huggingnersc.hub_server.services.indexing import refresh
from huggingnersc.hub_server.services.push_rules import (
    ZERO,
    RefMove,
    content_problem,
    move_problem,
)
from huggingnersc.hub_server.storage.errors import (
    ObjectDamagedError,
    PushRefusedError,
    RefConflictError,
    RefMovedError,
    StorageError,
)
from huggingnersc.hub_server.storage.quarantine import quarantined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from tempfile import SpooledTemporaryFile

    from dulwich.objects import ObjectID
    from dulwich.refs import Ref
    from dulwich.server import BackendRepo

    from huggingnersc.hub_server.hub_context import HubContext
    from huggingnersc.hub_server.session import RepositorySession
    from huggingnersc.hub_server.storage.refs import Refs

RECEIVE = "git-receive-pack"
SERVICES = frozenset({"git-upload-pack", RECEIVE})
_IN_MEMORY_BYTES = 8 << 20
_HIDDEN = b"filter"
_DAMAGED = (FileFormatException, KeyError, ObjectMissing)


class _OneRepository(Backend):
    def __init__(self, repo: Repo) -> None:
        self._repo = repo

    def open_repository(self, path: str) -> BackendRepo:  # noqa: ARG002 - there is only one
        return cast("BackendRepo", self._repo)


class _Upload(UploadPackHandler):
    def capabilities(self) -> list[bytes]:
        # A clone with a blob filter would lack its files, so it is not offered.
        return [item for item in super().capabilities() if item != _HIDDEN]

    def set_client_capabilities(self, caps: Iterable[bytes]) -> None:
        # git names the filter even where it was not offered, and then takes everything.
        super().set_client_capabilities([item for item in caps if not item.startswith(_HIDDEN)])


class _Receive(ReceivePackHandler):
    """Receives a push: checks it in quarantine, then keeps it and moves its references."""

    session: RepositorySession
    proto: ReceivableProtocol

    def _apply_pack(
        self, refs: list[tuple[ObjectID, ObjectID, Ref]]
    ) -> Iterator[tuple[bytes, bytes]]:
        moves = [
            # A name that is not UTF-8 is refused as such.
            RefMove(name.decode("utf-8", "surrogateescape"), old.decode(), new.decode())
            for old, new, name in refs
        ]
        try:
            answers = self._receive(moves)
        except PushRefusedError as error:
            yield b"unpack", str(error).encode()
            answers = [str(error)] * len(moves)
        else:
            yield b"unpack", b"ok"
        for (_, _, name), answer in zip(refs, answers, strict=True):
            yield name, answer.encode("utf-8", "replace")

    def _receive(self, moves: Sequence[RefMove]) -> list[str]:
        session, git = self.session, self.session.git
        most = git.objects.limits.references
        if len(moves) > most:
            raise PushRefusedError(f"This Hub moves {most} references at once: push fewer")
        kept = [move for move in moves if move.new != ZERO]
        if not kept:  # then the client sends no pack
            return self._move(moves, lambda: None)
        with quarantined(self.proto.recv, git.objects, session.hub.lfs.incoming) as pushed:
            problem = content_problem(session, pushed, kept)
            return [problem] * len(moves) if problem else self._move(moves, pushed.migrate)

    def _move(self, moves: Sequence[RefMove], keep: Callable[[], None]) -> list[str]:
        session = self.session
        with session.git.writing():
            problems = [move_problem(session, move) for move in moves]
            if any(problems) and self.has_capability(CAPABILITY_ATOMIC):
                return [problem or "atomic push failed" for problem in problems]
            if all(problems):
                return [problem or "" for problem in problems]
            keep()
            session.hub.registry.mark_dirty(session.storage_id)
            answers = [
                problem or _move_ref(session.git.refs, move)
                for move, problem in zip(moves, problems, strict=True)
            ]
            refresh(session.hub, session.storage_id)
        return answers


class _BoundedProtocol(ReceivableProtocol):
    """The wire of one request; a client may send only so many lines."""

    lines_left: int

    def read_pkt_line(self) -> bytes | None:
        self.lines_left -= 1
        if self.lines_left < 0:
            raise HttpError(413, "This is more than one request of git may ask for")
        try:
            return super().read_pkt_line()
        except AssertionError as error:  # a line with a length and nothing in it
            raise GitProtocolError("an empty line") from error


class _PushProtocol(_BoundedProtocol):
    """The wire of a push. From a shallow clone it begins with where that ends; all is here."""

    def read_pkt_line(self) -> bytes | None:
        line = super().read_pkt_line()
        while line is not None and line.startswith(b"shallow "):
            line = super().read_pkt_line()
        return line


def body_limit(hub: HubContext, service: str) -> int:
    """Return how many bytes a client of `service` may send."""
    return hub.limits.git_body if service == RECEIVE else hub.limits.git_request


def advertisement(session: RepositorySession, service: str) -> bytes:
    """Return the list of refs a client of `service` asks for first."""
    written = BytesIO()
    with _open(session) as repo:
        protocol = ReceivableProtocol(BytesIO().read, written.write)
        handler = _handler(session, service, repo, protocol, advertise=True)
        handler.proto.write_pkt_line(b"# service=" + service.encode() + b"\n")
        handler.proto.write_pkt_line(None)
        handler.handle()
    return written.getvalue()


def exchange(
    session: RepositorySession, service: str, body: SpooledTemporaryFile[bytes], packed: bool
) -> SpooledTemporaryFile[bytes]:
    """Return the answer to one request of a client as a file the caller closes.

    Raises:
        HttpError: 400 for what is not git's protocol, 413 for a request that asks for too much.
        ObjectDamagedError: the repository cannot be read.
        RepositoryBusyError: another writer held the repository for too long.
    """
    hub = session.hub
    written = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES, dir=str(hub.lfs.incoming))  # noqa: SIM115
    try:
        with _open(session) as repo:
            read = _unpacked(body, body_limit(hub, service)) if packed else body.read
            wire = _PushProtocol if service == RECEIVE else _BoundedProtocol
            protocol = wire(read, written.write)
            protocol.lines_left = hub.limits.git.lines
            _handler(session, service, repo, protocol, advertise=False).handle()
    except StorageError:
        written.close()
        raise
    except _DAMAGED as error:
        written.close()
        raise ObjectDamagedError from error
    except (GitProtocolError, HangupException, ValueError, zlib.error) as error:
        written.close()
        raise bad_request(f"This is not git's protocol: {type(error).__name__}") from error
    except BaseException:
        written.close()
        raise
    return written


def _move_ref(refs: Refs, move: RefMove) -> str:
    """Move or delete a reference and return git's answer: `ok` or why not."""
    try:
        if move.new == ZERO:
            refs.delete(move.ref)
        else:
            refs.write(move.ref, move.new, old=None if move.old == ZERO else move.old)
    except (RefConflictError, RefMovedError) as error:
        return str(error)
    return "ok"


def _open(session: RepositorySession) -> Repo:
    try:
        return Repo(session.git.folder)
    except NotGitRepository as error:
        raise ObjectDamagedError from error


def _handler(
    session: RepositorySession,
    service: str,
    repo: Repo,
    protocol: ReceivableProtocol,
    *,
    advertise: bool,
) -> UploadPackHandler | ReceivePackHandler:
    backend = _OneRepository(repo)
    if service == "git-upload-pack":
        return _Upload(backend, ["/"], protocol, stateless_rpc=True, advertise_refs=advertise)
    made = _Receive(backend, ["/"], protocol, stateless_rpc=True, advertise_refs=advertise)
    made.session = session
    return made


def _unpacked(body: SpooledTemporaryFile[bytes], limit: int) -> Callable[[int], bytes]:
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    waiting, total = b"", 0

    def read(size: int) -> bytes:
        nonlocal waiting, total
        while len(waiting) < size and not unpacking.eof:
            packed = unpacking.unconsumed_tail or body.read(65_536)
            if not packed:
                break
            fresh = unpacking.decompress(packed, 1 << 16)
            total += len(fresh)
            if total > limit:
                raise too_large("The unpacked body", limit)
            waiting += fresh
        given, waiting = waiting[:size], waiting[size:]
        return given

    return read
