"""When to try again, and when to give up."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass

from huggingnersc.adapters.transfer.failures import TransferCutError
from huggingnersc.errors import TransferError

LONGEST_PAUSE_S = 60.0  # a longer one is an error, and the user may come back
_PAUSES_S = (0.25, 1.0, 2.0, 4.0, 8.0, 15.0)
_JITTER = 0.2


@dataclass(slots=True)
class Retries:
    """The attempts at one piece of work, of which each that moves something begins the count.

    Attributes:
        label: what messages call the other side.
        failed: how many attempts in a row moved nothing.
    """

    label: str
    failed: int = 0

    def pause_after(self, cut: TransferCutError, *, has_moved: bool) -> float | None:
        """Return how long to wait before the next attempt; None where there should be none.

        Args:
            cut: how the last one ended.
            has_moved: whether it moved something.

        Raises:
            TransferError: the other side asks for a pause that is too long to wait for.
        """
        self.failed = 1 if has_moved else self.failed + 1
        if cut.pause_s is not None and cut.pause_s > LONGEST_PAUSE_S:
            raise TransferError(
                f"{self.label} asks to wait {cut.pause_s:.0f} s.",
                hint="What is done is kept; run the same command again after that time.",
            )
        if self.failed > len(_PAUSES_S):
            return None
        chance = random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - spreads many clients
        return max(cut.pause_s or 0.0, _PAUSES_S[self.failed - 1] * chance)


def pause(seconds: float, stop: threading.Event) -> None:
    """Wait, in the main thread so that Ctrl-C ends it, in another until `stop` is set."""
    if threading.current_thread() is threading.main_thread():
        time.sleep(seconds)
    else:
        stop.wait(seconds)
