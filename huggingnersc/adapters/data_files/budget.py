"""How much of a shared machine may be used for counting."""

from __future__ import annotations

import math
import time


class Budget:
    """A limit on time, on bytes read and on files opened; login nodes are shared.

    Args:
        seconds: of wall time, from now on; None for no limit.
        size_bytes: to read in all; None for no limit.
        files: to open in all; None for no limit.
    """

    def __init__(
        self,
        *,
        seconds: float | None = None,
        size_bytes: int | None = None,
        files: int | None = None,
    ) -> None:
        self._end = time.monotonic() + (math.inf if seconds is None else seconds)
        self._bytes_left = math.inf if size_bytes is None else size_bytes
        self._files_left = math.inf if files is None else files

    def spend(self, size_bytes: int) -> None:
        """Count bytes that were read."""
        self._bytes_left -= size_bytes

    def open_file(self) -> None:
        """Count a file that is opened."""
        self._files_left -= 1

    @property
    def is_spent(self) -> bool:
        """Whether it is time to stop."""
        is_used_up = self._bytes_left <= 0 or self._files_left <= 0
        return is_used_up or time.monotonic() >= self._end
