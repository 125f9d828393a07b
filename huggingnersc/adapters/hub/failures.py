"""What the errors of huggingface_hub's client mean to a user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.adapters.hub import request_log
from huggingnersc.errors import (
    HubAccessError,
    HubAnswerError,
    HubConflictError,
    HubError,
    HubFullError,
    HubMissingError,
    HubUnreachableError,
)
from huggingnersc.fixes import Fix, Message, Verb

if TYPE_CHECKING:
    from huggingface_hub.errors import HfHubHTTPError

LOGIN_HINT = "Log in with `hf auth login`, or set HF_TOKEN."
LOGIN_AGAIN_HINT = (
    "Log in again with `hf auth login`; HF_TOKEN has precedence, so replace or unset it."
)
_MISSING_HINT = "Check on the Hub whether it was renamed or deleted, then run the command again."
_MAX_REASON_CHARS = 200
# What Python raises where an answer is not what the client expects, beside errors of HTTP.
MISUNDERSTANDINGS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


class UnexpectedAnswerError(ValueError):
    """An answer is not what the protocol promises; the message says where and why."""


def explained(
    error: BaseException, action: str, *, endpoint: str, has_token: bool
) -> HubError | None:
    """Return the error that explains why an action at a Hub failed; None for a bug.

    The client checks few answers and raises whatever an odd one leads to. So an error that begins
    in the client is about the answer; one that begins in this package is a bug.
    """
    from huggingface_hub.errors import (  # type: ignore[attr-defined]
        HfHubHTTPError,
        HTTPError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
    )

    cause = error.__cause__
    if isinstance(error, RuntimeError) and isinstance(cause, HTTPError):  # an upload's
        return explained(cause, action, endpoint=endpoint, has_token=has_token)
    if isinstance(error, OfflineModeIsEnabled):
        return HubUnreachableError(
            f"Cannot {action}: offline mode is on.",
            hint="Unset HF_HUB_OFFLINE and run the command again.",
        )
    if isinstance(error, HfHubHTTPError):
        is_hidden = error.response.status_code != 401 or not has_token
        if isinstance(error, RepositoryNotFoundError) and is_hidden:
            return HubMissingError(
                f"Cannot {action}: {endpoint} has no such repository, or it is hidden from "
                "this account.",
                hint=_MISSING_HINT,
            )
        hint = LOGIN_AGAIN_HINT if has_token else LOGIN_HINT
        return _by_status(error, f"Cannot {action} at {endpoint}", login_hint=hint)
    if isinstance(error, HTTPError) or (isinstance(error, OSError) and error.errno is None):
        request_log.log_failure(error)
        return HubUnreachableError(
            f"Cannot {action}: no answer from {endpoint} ({str(error) or type(error).__name__}).",
            hint="Check the network (compute nodes often have none), then run it again.",
        )
    if isinstance(error, OSError) or _begins_here(error):
        return None
    return HubAnswerError(
        f"Cannot {action}: the answer of {endpoint} is incomplete or not that of a Hub "
        f"({_reason(error)}).",
        hint=Message(
            "Run the command again. If this persists, check the address and the proxy: ",
            Fix(Verb.DOCTOR),
        ),
    )


def _begins_here(error: BaseException) -> bool:
    """Return whether the code that raised an error is of this package, and no check of answers."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    module = str(place.tb_frame.f_globals.get("__name__")) if place else ""
    is_own = module.partition(".")[0] == __name__.partition(".")[0]
    return is_own and not isinstance(error, UnexpectedAnswerError)


def _reason(error: BaseException) -> str:
    named = "" if isinstance(error, UnexpectedAnswerError) else f"{type(error).__name__}: "
    words = " ".join(f"{named}{error}".split())
    return words if len(words) <= _MAX_REASON_CHARS else f"{words[:_MAX_REASON_CHARS]}..."


def _by_status(error: HfHubHTTPError, what: str, *, login_hint: str) -> HubError:
    status = error.response.status_code
    reason = (error.server_message or "").strip().rstrip(".") or "the request failed"
    sentence = f"{what}: {reason} (HTTP {status})."
    if status == 401:
        return HubAccessError(sentence, hint=login_hint)
    if status == 403:
        return HubAccessError(sentence, hint="Ask an administrator of the organization.")
    if status == 404:
        return HubMissingError(sentence, hint=_MISSING_HINT)
    if status in {409, 412}:
        return HubConflictError(
            sentence, hint="The repository changed meanwhile. Review it and run the command again."
        )
    if status == 507:
        return HubFullError(sentence, hint="Free space there, then run the command again.")
    if status == 429 or status >= 500:
        return HubUnreachableError(sentence, hint="Run the command again later.")
    return HubError(sentence, hint="The message of the Hub is the only information available.")
