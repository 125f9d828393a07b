"""Hubs that are killed, one after the other: children of a process that has imported everything.

`python -m tests.forked_hubs ROOT PORT` starts a Hub for each line of standard input, prints its
process id, and a line when it has ended.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

_TREE = Path(__file__).parents[1]


class ForkedHubs:
    """Starts `serve-hub` on one folder and port as often as a test kills it."""

    def __init__(self, root: Path, port: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.forked_hubs", root, str(port)],
            cwd=_TREE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._pid = 0

    def start(self) -> None:
        """Start the Hub and wait until it listens."""
        assert self._process.stdin
        assert self._process.stderr
        self._process.stdin.write("start\n")
        self._process.stdin.flush()
        self._pid = int(self._answer())
        while line := self._process.stderr.readline():
            if "running at http://" in line:
                return
        raise AssertionError("the Hub did not start")

    def end(self, number: signal.Signals) -> None:
        """Send the Hub a signal and wait until it has ended."""
        os.kill(self._pid, number)
        self._answer()
        self._pid = 0

    def _answer(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pid:
            self.end(signal.SIGKILL)
        self._process.communicate()


def main(root: str, port: str) -> None:
    """Start a Hub for each line of standard input."""
    from huggingnersc.cli.app import main as run
    from huggingnersc.hub_server import running_hub

    with tempfile.TemporaryDirectory() as folder, running_hub(Path(folder) / "hub"):
        pass  # imports everything
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os._exit(run(["serve-hub", "--root", root, "--port", port], program="huggingnersc"))
        _print(str(child))
        os.waitpid(child, 0)
        _print("ended")


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
