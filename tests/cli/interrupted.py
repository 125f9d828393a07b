"""Run one command line, Ctrl-C pressed at a chosen step, once for each step, and print the ends.

A step is a request of the embedded Hub that came in, or an answer that went out. Each run is a
forked child of this process, in which everything is imported already.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import threading
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import FrameType

_STEPS = {"RequestResponseCycle.__init__", "H11Protocol.on_response_complete"}


class Steps:
    """A profile function for threads that presses Ctrl-C at the step of a number."""

    def __init__(self, at: int) -> None:
        self.at, self.count = at, 0

    def __call__(self, frame: FrameType, event: str, _arg: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_qualname in _STEPS:
            self.count += 1
            if self.count == self.at + 1:
                os.kill(os.getpid(), signal.SIGINT)


def run_in_child(home: Path, words: list[str], at: int) -> dict[str, Any]:
    """Run a command line in a child; return how it ended and whether the step was reached."""
    report = home.parent / "report"
    child = os.fork()
    if child == 0:
        os.environ["HOME"] = str(home)
        for descriptor in (1, 2):
            file = os.open(f"{report}{descriptor}", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
            os.dup2(file, descriptor)
        os._exit(_run(words, Steps(at), report))
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    out, err = (Path(f"{report}{descriptor}").read_text() for descriptor in (1, 2))
    steps = int(report.read_text())
    return {"code": code, "out": out, "err": err, "steps": steps}


def _run(words: list[str], steps: Steps, report: Path) -> int:
    from huggingnersc.__main__ import run

    sys.argv = ["huggingnersc", *words]
    threading.setprofile(steps)
    try:
        run()
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        sys.stdout.flush()
        report.write_text(str(steps.count))
    return 70


def main(folder: Path, words: list[str]) -> None:
    """Print a JSON line for each step: the end of the interrupted run, and of the next one."""
    from huggingnersc.cli.app import main as run_here

    os.environ["HOME"] = str(folder / "warm")
    assert run_here([*words, "--quiet"]) == 0  # imports everything
    for at in count():
        home = folder / "home"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        interrupted = run_in_child(home, words, at)
        again = run_in_child(home, words, -1)
        sys.stdout.write(json.dumps([interrupted, again]) + "\n")
        sys.stdout.flush()  # or the next child writes it, too
        if interrupted["steps"] <= at:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
