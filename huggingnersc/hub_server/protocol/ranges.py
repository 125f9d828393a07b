"""Partial and conditional requests for one file."""

from __future__ import annotations

import re
from dataclasses import dataclass

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `start` to `stop` (not included) of a file."""

    start: int
    stop: int

    @property
    def size_bytes(self) -> int:
        """How many bytes that is."""
        return self.stop - self.start


class RangeError(ValueError):
    """The range begins behind the end of the file."""


def parse_range(header: str | None, size_bytes: int) -> Span | None:
    """Return the one range a request asks for; None when the whole file is to be sent.

    Several ranges, other units and nonsense count as no range, as HTTP allows.

    Raises:
        RangeError: no byte of the file is in the range (status 416).
    """
    found = _RANGE.fullmatch((header or "").strip())
    if found is None or (not found[1] and not found[2]):
        return None
    if not found[1]:
        length = int(found[2])
        if length == 0 or size_bytes == 0:
            raise RangeError
        return Span(max(size_bytes - length, 0), size_bytes)
    start = int(found[1])
    stop = min(int(found[2]) + 1, size_bytes) if found[2] else size_bytes
    if start >= size_bytes:
        raise RangeError
    return Span(start, stop) if stop > start else None


def matches(header: str | None, etag: str) -> bool:
    """Return whether an `If-None-Match` header names this (quoted) etag."""
    if header is None:
        return False
    named = {part.strip().removeprefix("W/") for part in header.split(",")}
    return "*" in named or etag in named


def range_allowed(if_range: str | None, etag: str) -> bool:
    """Return whether an `If-Range` header lets a range be served."""
    return if_range is None or if_range.strip() == etag
