"""The checks of a bucket of an S3 storage, and of the settings for one."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from huggingnersc.adapters.transfer.s3_bucket import Bucket
from huggingnersc.adapters.transfer.s3_settings import s3_settings
from huggingnersc.adapters.transfer.s3_upload import is_read_by_everyone
from huggingnersc.domain.bucket_address import parse_bucket_address
from huggingnersc.domain.doctor.diagnosis import DiagnosisLine, fail, ok
from huggingnersc.errors import BucketError, InstallationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.bucket_address import BucketAddress

PROBE = "huggingnersc-probe.txt"
_PROBE_TEXT = b"HuggingNERSC tries whether it may write here. You may delete this file.\n"


def bucket_lines(bucket: str | None, *, write: bool) -> Iterator[DiagnosisLine]:
    """Check the settings for buckets where there are some, and a bucket that is named.

    Args:
        bucket: its address, such as `s3://my-bucket/digits`; None for none.
        write: whether to try to write there, with an object that is deleted again.
    """
    settings = s3_settings()
    if bucket is None and settings.is_empty:
        return
    named = (
        f"endpoint {settings.endpoint or 'of Amazon'}",
        *([f"profile {settings.profile}"] if settings.profile else []),
        *([f"region {settings.region}"] if settings.region else []),
        f"credentials in {', '.join(settings.credentials)}"
        if settings.credentials
        else "no credentials in variables or ~/.aws",
    )
    yield ok("S3 settings", "; ".join(named))
    if bucket is None:
        return
    try:
        address = parse_bucket_address(bucket)
        with Bucket(address) as opened:
            yield from _answers(opened, address, write=write)
    except ValueError as error:
        yield fail("bucket", str(error), "Name it as s3://BUCKET or s3://BUCKET/FOLDER.")
    except (BucketError, InstallationError) as error:
        yield fail("bucket", str(error), error.hint)


def _answers(bucket: Bucket, address: BucketAddress, *, write: bool) -> Iterator[DiagnosisLine]:
    bucket.require()
    yield ok("bucket", f"{address} answers and may be listed")
    if not write:
        yield ok("bucket rights", "writing was not tried (--write)")
        return
    bucket.put(PROBE, _PROBE_TEXT, sha256=sha256(_PROBE_TEXT).hexdigest())
    try:
        is_public = is_read_by_everyone(bucket, PROBE)
    finally:
        bucket.remove(PROBE)
    seen = "everyone may read it" if is_public else "it is read with credentials only"
    yield ok("bucket rights", f"an object was written and deleted; {seen}")
