"""A limit for the bytes that all connections together move in a second."""

from __future__ import annotations

import threading
import time

_LEAST_TAKEN = 1 << 14
_SHARE_OF_A_SECOND = 0.1


class RateLimit:
    """Lets bytes through at a rate.

    Args:
        bytes_per_s: the rate; None for no limit.
    """

    def __init__(self, bytes_per_s: int | None) -> None:
        self._rate, self._lock = bytes_per_s, threading.Lock()
        self._free_at = 0.0

    @property
    def most_bytes(self) -> int | None:
        """The most bytes to move at a time; None for no limit."""
        if self._rate is None:
            return None
        return max(_LEAST_TAKEN, int(self._rate * _SHARE_OF_A_SECOND))

    def passed(self, count: int) -> None:
        """Wait as long as bytes that were just moved take at this rate."""
        if self._rate is None:
            return
        with self._lock:
            now = time.monotonic()
            self._free_at = max(now, self._free_at) + count / self._rate
            wait_s = self._free_at - now
        time.sleep(wait_s)
