"""Run as a program: a command line on a machine whose clock is wrong.

python -m tests.faults.wrong_clock YEARS WORD...
"""

from __future__ import annotations

import datetime
import sys
import time

_SHIFT_S = int(sys.argv[1]) * 365 * 86_400
_time, _datetime = time.time, datetime.datetime


class _Shifted(datetime.datetime):
    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> _Shifted:
        return cls.fromtimestamp(time.time(), tz)


time.time = lambda: _time() + _SHIFT_S
datetime.datetime = _Shifted  # type: ignore[misc]


def main() -> int:
    """Run the words after the years."""
    from huggingnersc.cli.app import main as run

    return run(sys.argv[2:], program="huggingnersc")


if __name__ == "__main__":
    sys.exit(main())
