from __future__ import annotations

import errno
import logging
import sqlite3

import pytest

from huggingnersc.hub_server.error_mapping import http_error_of
from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.storage import errors
from huggingnersc.hub_server.storage.errors import StorageError

STATUS = {
    errors.RevisionMissingError("dev"): (404, "RevisionNotFound"),
    errors.EntryMissingError("a.txt", commit="ab" * 20): (404, "EntryNotFound"),
    errors.RefConflictError("taken"): (409, None),
    errors.RefMovedError(): (412, None),
    errors.ContentMismatchError(): (422, None),
    errors.FolderInTheWayError("d"): (422, None),
    errors.InvalidOidError(): (422, None),
    errors.RepositoryBusyError("busy"): (503, None),
    errors.PushRefusedError("too much"): (422, None),
    errors.TreeTooLargeError("too deep"): (422, None),
    errors.HistoryTooLongError(3): (422, None),
    errors.ObjectDamagedError("ab" * 20): (500, None),
    errors.QuarantinedError("damaged"): (403, None),
}


def failed(text: str) -> Exception:
    try:
        raise ZeroDivisionError(text)
    except ZeroDivisionError as error:
        return error


def test_every_storage_error_has_a_status() -> None:
    assert {type(error) for error in STATUS} == set(StorageError.__subclasses__())


@pytest.mark.parametrize("error", STATUS, ids=lambda error: type(error).__name__)
def test_a_storage_error_becomes_its_status_and_code(error: StorageError) -> None:
    found = http_error_of(error, asked="GET /")
    assert (found.status, found.code) == STATUS[error]
    assert found.message == str(error)


def test_clients_may_cache_an_absence_and_retry_a_busy_repository() -> None:
    missing = http_error_of(errors.EntryMissingError("a", commit="c"), asked="")
    assert missing.headers == {"X-Repo-Commit": "c"}
    assert http_error_of(errors.EntryMissingError("a"), asked="").headers == {}
    busy = http_error_of(errors.RepositoryBusyError("busy"), asked="")
    assert busy.headers == {"Retry-After": "5"}


def test_damage_is_logged_with_its_request(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert http_error_of(errors.ObjectDamagedError(), asked="GET /bad").status == 500
    (record,) = caplog.records
    assert "GET /bad" in record.getMessage()


def test_a_full_disk_is_a_507_in_all_its_words() -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    for error in (OSError(errno.ENOSPC, "full"), OSError(errno.EDQUOT, "quota"), full):
        assert http_error_of(error, asked="").status == 507
    assert http_error_of(OSError(errno.EIO, "broken"), asked="").status == 500


def test_a_bug_is_logged_with_its_request_and_an_answer_is_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    expected = HttpError(418, "short and stout")
    with caplog.at_level(logging.ERROR):
        assert http_error_of(expected, asked="GET /") is expected
        assert caplog.records == []
        assert http_error_of(failed("hf_" + "x" * 40), asked="GET /bug").status == 500
    (message,) = caplog.messages
    assert "GET /bug" in message
    assert "in failed" in message  # the traceback
    assert "xxx" not in message
