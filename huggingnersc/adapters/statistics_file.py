"""Read the statistics of a version, and make sure that they are those that were made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from huggingnersc.adapters.version_document import read_document
from huggingnersc.assets import schema_file
from huggingnersc.domain.versions.statistics import (
    MAX_STATISTICS_BYTES,
    STATISTICS_SCHEMA,
    parse_statistics,
)
from huggingnersc.domain.versions.version import STATISTICS_FILE

if TYPE_CHECKING:
    from huggingnersc.adapters.version_store import VersionStore
    from huggingnersc.domain.versions.statistics import Statistics
    from huggingnersc.domain.versions.version import Version


def statistics_of(version: Version, store: VersionStore) -> Statistics | None:
    """Return the statistics of a version; None where it was made without.

    Raises:
        The errors of `read_document`.
    """
    return read_document(version, store, STATISTICS_FILE, _parsed, most=MAX_STATISTICS_BYTES)


def _parsed(data: bytes) -> Statistics:
    return parse_statistics(data, json.loads(schema_file(STATISTICS_SCHEMA).read_bytes()))
