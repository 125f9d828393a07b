"""A clock that is wrong by years, for the modules that are imported after it."""

from __future__ import annotations

import datetime
import time


def shift(years: int) -> None:
    """Let the clock of this process be wrong by some years."""
    seconds = years * 365 * 86_400
    right_time = time.time

    class _Shifted(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> _Shifted:
            return cls.fromtimestamp(time.time(), tz)

    time.time = lambda: right_time() + seconds
    datetime.datetime = _Shifted  # type: ignore[misc]
