"""The one place that turns an exception of a handler into the HTTP error a client reads."""

from __future__ import annotations

import errno
import logging
import sqlite3
from traceback import format_exception
from typing import TYPE_CHECKING

from huggingnersc.domain.text.redact import redact
from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.storage.errors import (
    ContentMismatchError,
    EntryMissingError,
    FolderInTheWayError,
    HistoryTooLongError,
    InvalidOidError,
    ObjectDamagedError,
    PushRefusedError,
    QuarantinedError,
    RefConflictError,
    RefMovedError,
    RepositoryBusyError,
    RevisionMissingError,
    StorageError,
    TreeTooLargeError,
)

if TYPE_CHECKING:
    from starlette.types import Scope

log = logging.getLogger(__name__)

_STATUS: dict[type[StorageError], int] = {
    RevisionMissingError: 404,
    EntryMissingError: 404,
    RefConflictError: 409,
    RefMovedError: 412,
    ContentMismatchError: 422,
    FolderInTheWayError: 422,
    InvalidOidError: 422,
    PushRefusedError: 422,
    TreeTooLargeError: 422,
    HistoryTooLongError: 422,
    QuarantinedError: 403,
    ObjectDamagedError: 500,
    RepositoryBusyError: 503,
}
_CODE: dict[type[StorageError], str] = {
    RevisionMissingError: "RevisionNotFound",
    EntryMissingError: "EntryNotFound",
}
# SQLite has its own words for a full disk, and an I/O error where its journal cannot grow.
_SQLITE_FULL = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}
)


def http_error_of(error: Exception, *, asked: str) -> HttpError:
    """Return the HTTP error for any exception of a handler; an unexpected one is a logged 500.

    Args:
        error: what the handler raised.
        asked: method and path of the request, for the log.
    """
    if isinstance(error, HttpError):
        return error
    if isinstance(error, ObjectDamagedError):
        log.error("%s: %s", asked, error)
    if isinstance(error, StorageError):
        return _of_storage(error)
    if is_out_of_space(error):
        return HttpError(507, "No space is left where this Hub keeps its files")
    if isinstance(error, OSError):
        log.error("the storage of the Hub failed: %s", error)
        log.debug("%s failed:\n%s", asked, _traceback(error))
        return HttpError(500, f"The storage of this Hub failed: {error.strerror or 'I/O error'}")
    log_failure(error, asked=asked)
    return HttpError(500, "The embedded Hub failed; its log says why")


def log_failure(error: Exception, *, asked: str) -> None:
    """Log an unexpected error with its traceback, secrets masked.

    The traceback is part of the message, so that every handler of the log shows it.
    """
    log.error("%s failed:\n%s", asked, _traceback(error))


def asked_of(scope: Scope) -> str:
    """Return what a request asks for: without its query, which may hold a ticket."""
    path: bytes = scope["raw_path"]
    return f"{scope['method']} {path.decode('latin-1')}"


def _traceback(error: Exception) -> str:
    return redact("".join(format_exception(error))).rstrip()


def _of_storage(error: StorageError) -> HttpError:
    headers = {}
    if isinstance(error, EntryMissingError) and error.commit:
        headers["X-Repo-Commit"] = error.commit  # lets clients cache the absence
    if isinstance(error, RepositoryBusyError):
        headers["Retry-After"] = "5"
    kind = type(error)
    return HttpError(_STATUS[kind], str(error), code=_CODE.get(kind), headers=headers)


def is_out_of_space(error: Exception) -> bool:
    """Return whether the cause of an error is a full disk or quota."""
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) in _SQLITE_FULL
    return isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
