"""The clock."""

from __future__ import annotations

from datetime import UTC, datetime

from huggingnersc.domain.versions.moment import MOMENT_FORM


def moment_now() -> str:
    """Return this moment as records of versions and runs have it: `2026-11-22T17:00:00Z`."""
    return datetime.now(UTC).strftime(MOMENT_FORM)
