"""Asking before something is done, and waiting until somebody has seen enough."""

from __future__ import annotations

import select
import signal
import socket
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Generic, TypeVar

from huggingnersc.cli.output import prompt, show_plan
from huggingnersc.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rich.console import RenderableType

Result = TypeVar("Result")


class ConfirmPlan(Generic[Result]):
    """Shows what will be done and asks for it; given to a verb as `on_plan`.

    Args:
        view: shows the plan.
        question: what is asked; one line.
        answer: what must be typed; None asks for yes or no.
        yes: whether the answer was given on the command line; then nothing is shown or asked.
        as_json: whether the plan is printed as JSON; then nothing is asked.

    Attributes:
        has_shown: whether the plan was shown.
        told: its warnings, where it was.
    """

    def __init__(
        self,
        view: Callable[[Result], Iterable[RenderableType]],
        question: str,
        *,
        answer: str | None = None,
        yes: bool,
        as_json: bool,
    ) -> None:
        self._view, self._question, self._answer = view, question, answer
        self._yes, self._as_json = yes, as_json
        self.has_shown = False
        self.told: tuple[str, ...] = ()

    def __call__(self, planned: Result) -> None:
        """Show and ask.

        Raises:
            DatasetError: the answer is no, or there is nobody to ask.
        """
        if self._yes:
            return
        show_plan(planned, self._view, as_json=self._as_json)
        self.has_shown, self.told = True, getattr(planned, "warnings", ())
        if self._as_json or not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise DatasetError(
                "Nothing was touched: there is no terminal to ask on.",
                hint="Say it on the command line: --yes",
            )
        given = (prompt(self._question) or "").strip()
        agrees = given == self._answer if self._answer else given.lower() in {"y", "yes"}
        if not agrees:
            raise DatasetError("Nothing was touched: you did not agree.")


def wait_for_enter() -> None:
    """Return when a line or the end of the input comes; what was printed is out before.

    A signal ends it too, also one that came just before the wait: reading alone would sleep on.
    """
    sys.stdout.flush()
    if sys.stdin is None:  # closed, as by `<&-`
        return
    with _told_of_signals() as told:
        select.select([sys.stdin, told], [], [])
    sys.stdin.readline()


@contextmanager
def _told_of_signals() -> Iterator[socket.socket]:
    """Yield what becomes readable as soon as a signal comes."""
    told, tell = socket.socketpair()
    with told, tell:
        tell.setblocking(False)
        before = signal.set_wakeup_fd(tell.fileno())
        try:
            yield told
        finally:
            signal.set_wakeup_fd(before)
