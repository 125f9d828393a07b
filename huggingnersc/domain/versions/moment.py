"""Moments as records of versions and runs have them."""

from __future__ import annotations

MOMENT_FORM = "%Y-%m-%dT%H:%M:%SZ"  # in UTC
