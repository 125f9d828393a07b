"""What a published script says of the shards of a dataset, for those who have no record of it.

It is `load_<nickname>.py`, whose constants `templates/load/shards_constants.py.j2` writes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from huggingnersc.domain.loading.upload import UploadBucket, place_problems
from huggingnersc.domain.repo_names import VERSION_NAME

_VERSION = re.compile(rb'^SHARDS_VERSION = "([^"\\\n]+)"$', re.MULTILINE)
_SHARDS = re.compile(rb"^SHARDS = \{", re.MULTILINE)
_BUCKET = re.compile(
    rb'^BUCKET = "(?P<address>[^"\\\n]+)"[^\n]*\n'
    rb'STORAGE = \{(?P<public>"anon": True)?(?:, )?'
    rb'(?:"endpoint_url": "(?P<endpoint>[^"\\\n]+)")?\}[^\n]*\n'
    rb'PACK_JSON = \([^\n]*\n    (?P<size>[0-9]{1,18}),\n    "(?P<sha256>[0-9a-f]{64})",\n\)$',
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class PublishedUpload:
    """The shards of a dataset, as its repository describes them.

    Attributes:
        version: the version that was packed; empty where that is not known.
        bucket: where they are when they are not on the Hub.
        pack_sha256: the SHA-256 of the `pack.json` in the bucket; else empty.
    """

    version: str
    bucket: UploadBucket | None = None
    pack_sha256: str = ""


def published_upload(script: bytes) -> PublishedUpload | None:
    """Return what a script says of shards; None where it says nothing, or what is not sound."""
    if not _SHARDS.search(script):
        return None
    named = _VERSION.search(script)
    version = named[1].decode("utf-8", "replace") if named else ""
    if version and not VERSION_NAME.fullmatch(version):
        return None
    found = _BUCKET.search(script)
    if found is None:
        return PublishedUpload(version)
    bucket = UploadBucket(
        address=found["address"].decode("utf-8", "replace"),
        endpoint=(found["endpoint"] or b"").decode("utf-8", "replace"),
        is_public=found["public"] is not None,
        pack_bytes=int(found["size"]),
    )
    if any(True for _ in place_problems(bucket)):
        return None
    return PublishedUpload(version, bucket, found["sha256"].decode())
