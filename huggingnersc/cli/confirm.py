"""Ask for agreement before something is done, and wait until the user has seen enough."""

from __future__ import annotations

import select
import signal
import socket
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from huggingnersc.cli.output import prompt, show_plan
from huggingnersc.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from huggingnersc.api.catalog.pending import Pending
    from huggingnersc.cli.columns import Columns

Result = TypeVar("Result")


def confirm(
    pending: Pending[Result],
    view: Callable[[Result], Iterable[str | Columns]],
    question: str,
    *,
    answer: str | None = None,
    yes: bool,
    as_json: bool,
) -> bool:
    """Show a plan and ask for agreement, unless there is nothing to do or `yes` was given.

    Args:
        pending: the planned change.
        view: shows the plan.
        question: the question; one line.
        answer: what must be typed; None asks for yes or no.
        yes: whether the command line agrees already.
        as_json: whether the plan is printed as JSON; then there is no question.

    Returns:
        Whether the plan was shown.

    Raises:
        DatasetError: the answer is no, or there is no terminal to ask on.
    """
    if yes or not pending.can_change:
        return False
    show_plan(pending.plan, view, as_json=as_json)
    if as_json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise DatasetError(
            "Nothing was touched: there is no terminal to ask on.",
            hint="Agree on the command line: --yes",
        )
    typed = (prompt(question) or "").strip()
    if typed != answer if answer else typed.lower() not in {"y", "yes"}:
        raise DatasetError("Nothing was touched: you did not agree.")
    return True


def wait_for_enter() -> None:
    """Return when a line or the end of the input comes; what was printed is out before.

    A signal ends it too, also one that came just before the wait: reading alone would sleep on.
    """
    sys.stdout.flush()
    if sys.stdin is None:  # closed, as by `<&-`
        return
    with _signal_socket() as signaled:
        select.select([sys.stdin, signaled], [], [])
    sys.stdin.readline()


@contextmanager
def _signal_socket() -> Iterator[socket.socket]:
    """Yield a socket that becomes readable as soon as a signal comes."""
    receiver, sender = socket.socketpair()
    with receiver, sender:
        sender.setblocking(False)
        before = signal.set_wakeup_fd(sender.fileno())
        try:
            yield receiver
        finally:
            signal.set_wakeup_fd(before)
