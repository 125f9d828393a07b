"""What a client did wrong, with the status and code it will read.

`X-Error-Code` is how the official client picks its exception on plain http, so every error that
has a code there carries it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class HttpError(Exception):
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


def repository_missing(*, anonymous: bool) -> HttpError:
    """The repository does not exist or is hidden: the two must look the same."""
    return HttpError(401 if anonymous else 404, "Repository not found", code="RepoNotFound")


def bad_request(message: str) -> HttpError:
    """The request cannot be understood."""
    return HttpError(400, message)


def forbidden(message: str) -> HttpError:
    """This user may not do this."""
    return HttpError(403, message)


def too_large(what: str, limit_bytes: int) -> HttpError:
    """A body or file is over its limit."""
    return HttpError(413, f"{what} is larger than the {limit_bytes} bytes this Hub accepts")
