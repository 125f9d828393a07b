"""What the errors of the client of S3 storages mean to a user."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from huggingnersc.domain.text.redact import redact
from huggingnersc.errors import (
    BucketAccessError,
    BucketError,
    BucketMissingError,
    InstallationError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

CREDENTIALS_HINT = (
    "Name a profile of ~/.aws in AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
)
_REGION_HINT = "Set AWS_REGION to the region of the bucket, or AWS_ENDPOINT_URL to its server."
_RIGHTS_HINT = (
    "Ask the owner of the bucket for s3:ListBucket, s3:GetObject, s3:PutObject and "
    "s3:AbortMultipartUpload, or use another AWS_PROFILE."
)
_LATER_HINT = "Run the same command again later; what was sent is not sent again."
_MISSING_HINT = "Check the address and AWS_ENDPOINT_URL; someone may have removed it. "
_MOST_REASON_CHARS = 200
_WRONG_CREDENTIALS = frozenset(
    {"InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"}
)
_REFUSED = frozenset({"AccessDenied", "AllAccessDisabled", "AccountProblem", "Forbidden", "403"})
_ELSEWHERE = frozenset(
    {
        "301",
        "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException",
        "PermanentRedirect",
        "TemporaryRedirect",
    }
)
_BUSY = frozenset(
    {
        "429",
        "500",
        "502",
        "503",
        "504",
        "InternalError",
        "ServiceUnavailable",
        "SlowDown",
        "TooManyRequests",
    }
)


def require_s3() -> None:
    """Make sure that the client of S3 storages is installed.

    Raises:
        InstallationError: it is not; the hint is the command that installs it.
    """
    try:
        import s3fs  # noqa: F401
    except ImportError as error:
        raise InstallationError(
            "Buckets (s3://) need s3fs, which is not installed.",
            hint='pip install -e ".[s3]" (or pip install s3fs)',
        ) from error


def code_of(error: BaseException | None) -> str:
    """Return the code in the answer that an error is about; empty where there was none."""
    for one in (error, error.__cause__) if error else ():
        response = getattr(one, "response", None)
        if isinstance(response, dict):
            return str(response.get("Error", {}).get("Code", ""))
    return ""


def is_about_object(error: BucketError) -> bool:
    """Return whether a storage answered and is not too busy, so that other objects may be had."""
    return code_of(error.__cause__) not in _BUSY | {""}


@contextmanager
def translated(bucket: str, action: str) -> Iterator[None]:
    """Turn errors of the client into such as explain why an action at a bucket failed.

    Args:
        bucket: its name.
        action: such as `write s3://bucket/key`.

    Raises:
        BucketError: the action failed; no credentials are shown.
    """
    from aiohttp import ClientError
    from botocore.exceptions import BotoCoreError

    try:
        yield
    except (OSError, BotoCoreError, ClientError) as error:
        raise _explained(error, bucket, action) from error


def _explained(error: Exception, bucket: str, action: str) -> BucketError:
    from botocore.exceptions import (
        ConnectionError as UnreachableError,
    )
    from botocore.exceptions import (
        HTTPClientError,
        NoCredentialsError,
        PartialCredentialsError,
        ProfileNotFound,
    )

    what = f"Cannot {action}"
    if isinstance(error, NoCredentialsError | PartialCredentialsError | ProfileNotFound):
        return BucketAccessError(f"{what}: {_reason(error)}.", hint=CREDENTIALS_HINT)
    if isinstance(error, UnreachableError | HTTPClientError):
        hint = "Check AWS_ENDPOINT_URL and the network (compute nodes often have none). "
        return BucketError(f"{what}: {_reason(error)}.", hint=hint + _LATER_HINT)
    code = code_of(error)
    if code == "NoSuchBucket":
        hint = f"Check its name and AWS_ENDPOINT_URL, or create it: aws s3 mb s3://{bucket}"
        return BucketMissingError(f"{what}: there is no bucket {bucket}.", hint=hint)
    if code in _WRONG_CREDENTIALS:
        return BucketAccessError(
            f"{what}: the credentials are wrong or expired ({code}).", hint=CREDENTIALS_HINT
        )
    if code in _REFUSED:
        return BucketAccessError(f"{what}: the storage refuses it ({code}).", hint=_RIGHTS_HINT)
    if code in _ELSEWHERE:
        return BucketError(f"{what}: the bucket is in another region.", hint=_REGION_HINT)
    if code in _BUSY:
        return BucketError(f"{what}: the storage is too busy ({code}).", hint=_LATER_HINT)
    if isinstance(error, FileNotFoundError):
        return BucketMissingError(f"{what}: it is not there.", hint=_MISSING_HINT + _LATER_HINT)
    return BucketError(f"{what}: {_reason(error)}.", hint=_LATER_HINT)


def _reason(error: Exception) -> str:
    words = redact(" ".join(str(error).split())).rstrip(".") or type(error).__name__
    return words if len(words) <= _MOST_REASON_CHARS else f"{words[:_MOST_REASON_CHARS]}..."
