"""Which files an inventory reads."""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    """Which files are read; of the others the hash is that which is known."""

    REUSE = "reuse"  # those whose hash is not known
    FULL = "full"  # all
    SAMPLE = "sample"  # some, chosen by chance
    QUICK = "quick"  # none
