"""The protocol of git, served by dulwich under the Hub's access rules, locks and checks."""

from __future__ import annotations

import tempfile
import zlib
from contextlib import nullcontext
from io import BytesIO
from typing import TYPE_CHECKING, cast

from dulwich.errors import GitProtocolError, HangupException
from dulwich.objects import ObjectID
from dulwich.protocol import ReceivableProtocol
from dulwich.repo import Repo
from dulwich.server import Backend, ReceivePackHandler, UploadPackHandler

from huggingnersc.hub_server.http_error import bad_request, too_large
from huggingnersc.hub_server.services.indexing import refresh
from huggingnersc.hub_server.services.push_rules import push_problem
from huggingnersc.hub_server.storage.durable import sync_folders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from tempfile import SpooledTemporaryFile

    from dulwich.refs import Ref
    from dulwich.server import BackendRepo

    from huggingnersc.hub_server.session import RepositorySession

SERVICES = frozenset({"git-upload-pack", "git-receive-pack"})
_IN_MEMORY_BYTES = 8 << 20
_HIDDEN = b"filter"


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
    """Receives a push under the repository's lock; each ref is checked before it moves."""

    session: RepositorySession

    def _on_update(self, ref_name: Ref, old_sha: ObjectID, new_sha: ObjectID) -> bytes | None:
        problem = push_problem(
            self.session, ref_name, old_sha.decode("ascii"), new_sha.decode("ascii")
        )
        if problem is None:
            self.session.hub.registry.mark_dirty(self.session.storage_id)
        return None if problem is None else problem.encode("utf-8", "replace")


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
        HttpError: 400 when the client does not speak git's protocol.
    """
    pushing = service == "git-receive-pack" and session.user is not None
    hub, repository = session.hub, session.git
    written = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES, dir=str(hub.lfs.incoming))  # noqa: SIM115
    try:
        with repository.writing() if pushing else nullcontext(), _open(session) as repo:
            read = _unpacked(body, hub.limits.git_body) if packed else body.read
            protocol = ReceivableProtocol(read, written.write)
            _handler(session, service, repo, protocol, advertise=False).handle()
            if pushing:
                sync_folders([repository.folder / "objects" / "pack"])
                refresh(hub, session.storage_id)
    except (GitProtocolError, HangupException, ValueError, KeyError, zlib.error) as error:
        written.close()
        raise bad_request(f"This is not git's protocol: {type(error).__name__}") from error
    except BaseException:
        written.close()
        raise
    return written


def _open(session: RepositorySession) -> Repo:
    repo = Repo(session.git.folder)
    repo.object_store.fsync_object_files = True
    return repo


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
            fresh = unpacking.decompress(packed, 1 << 20)
            total += len(fresh)
            if total > limit:
                raise too_large("The unpacked body", limit)
            waiting += fresh
        given, waiting = waiting[:size], waiting[size:]
        return given

    return read
