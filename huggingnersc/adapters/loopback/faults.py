"""What a client did wrong, with the status and code it will read.

`X-Error-Code` is how the official client picks its exception on plain http, so every fault that
has a code there carries it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Fault(Exception):  # noqa: N818 - an answer to a client, not an error of ours
    """An answer other than success.

    Args:
        status: the HTTP status.
        message: one sentence; goes into the body and `X-Error-Message`.
        code: the `X-Error-Code`, None when there is no agreed one.
        headers: further headers of the answer.
        extra: further keys of the JSON body.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})


def repository_missing(*, anonymous: bool) -> Fault:
    """The repository does not exist or is hidden: the two must look the same."""
    return Fault(401 if anonymous else 404, "Repository not found", code="RepoNotFound")


def revision_missing(revision: str) -> Fault:
    """No branch, tag or commit is called `revision`."""
    return Fault(404, f"Invalid rev id: {revision}", code="RevisionNotFound")


def entry_missing(path: str, *, commit: str | None = None) -> Fault:
    """No file or folder `path` at this revision; the commit lets clients cache the absence."""
    headers = {"X-Repo-Commit": commit} if commit else {}
    return Fault(404, f"Entry not found: {path}", code="EntryNotFound", headers=headers)


def bad_request(message: str) -> Fault:
    """The request cannot be understood."""
    return Fault(400, message)


def forbidden(message: str) -> Fault:
    """This user may not do this."""
    return Fault(403, message)


def too_large(what: str, limit_bytes: int) -> Fault:
    """A body or file is over its limit."""
    return Fault(413, f"{what} is larger than the {limit_bytes} bytes this Hub accepts")
