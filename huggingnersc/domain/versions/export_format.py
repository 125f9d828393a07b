"""The forms in which other tools read a manifest."""

from __future__ import annotations

from enum import StrEnum


class ExportFormat(StrEnum):
    """A form in which another tool reads a manifest."""

    SHA256SUM = "sha256sum"
