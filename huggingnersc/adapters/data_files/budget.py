"""How much of a shared machine may be used for counting."""

from __future__ import annotations

import math
import time


class Budget:
    """A limit on time and on bytes read; login nodes are shared.

    Args:
        seconds: of wall time, from now on; None for no limit.
        size_bytes: to read in all; None for no limit.
    """

    def __init__(self, *, seconds: float | None = None, size_bytes: int | None = None) -> None:
        self._end = time.monotonic() + (math.inf if seconds is None else seconds)
        self._bytes_left = math.inf if size_bytes is None else size_bytes

    def spend(self, size_bytes: int) -> None:
        """Count bytes that were read."""
        self._bytes_left -= size_bytes

    @property
    def is_spent(self) -> bool:
        """Whether it is time to stop."""
        return self._bytes_left <= 0 or time.monotonic() >= self._end
