"""Sizes as people write them."""

from __future__ import annotations

import re
from fractions import Fraction

_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([kKMGT]?)(i?)[bB]?")


def parse_size(text: str) -> int:
    """Read a size such as `512MB`, `2GiB` or `1000000`.

    Raises:
        ValueError: it is none, or zero.
    """
    found = _SIZE.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text!r} is no size, such as 512MB or 2GiB")
    base = 1024 if found[3] else 1000
    size = int(Fraction(found[1]) * base ** "_kmgt".index(found[2].lower() or "_"))
    if not size:
        raise ValueError("it is zero")
    return size
