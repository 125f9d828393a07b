"""Read the statistics of a version, and make sure that they are those that were made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from huggingnersc.assets import schema_file
from huggingnersc.domain.text.shell import shown
from huggingnersc.domain.versions.statistics import (
    MAX_STATISTICS_BYTES,
    STATISTICS_SCHEMA,
    parse_statistics,
)
from huggingnersc.domain.versions.version import STATISTICS_FILE, digest_of
from huggingnersc.errors import VersionDamagedError

if TYPE_CHECKING:
    from huggingnersc.adapters.version_store import VersionStore
    from huggingnersc.domain.versions.statistics import Statistics
    from huggingnersc.domain.versions.version import Version


def statistics_of(version: Version, store: VersionStore) -> Statistics | None:
    """Return the statistics of a version; None where it was made without.

    Raises:
        VersionDamagedError: they cannot be read, or are not as they were made.
        DatasetError: the file system refuses to read them.
    """
    document = version.documents.get(STATISTICS_FILE)
    if document is None:
        return None
    data = store.read_bytes(version.name, STATISTICS_FILE, most=MAX_STATISTICS_BYTES + 1)
    if digest_of(data) != document.sha256:
        raise _damaged(version, store, "it is not as it was made")
    try:
        return parse_statistics(data, json.loads(schema_file(STATISTICS_SCHEMA).read_bytes()))
    except ValueError as error:
        raise _damaged(version, store, str(error)) from error


def _damaged(version: Version, store: VersionStore, reason: str) -> VersionDamagedError:
    return VersionDamagedError(
        f"{shown(store.path / version.name / STATISTICS_FILE)} is damaged: {reason}.",
        hint="Bring the folder back from a snapshot of the file system.",
    )
