"""Run command lines at the same time, each in a child of a process that imported everything.

`python -m tests.faults.crowd YEARS` reads a line of JSON, the environment and the command lines of
a crowd, and answers with one, how each of them ended. Its clock is wrong by that many years.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from tests.clean_environment import clean_environment
from tests.faults import wrong_clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tests.faults.world import Run

_ROOT = Path(__file__).parents[2]


class Crowd:
    """Runs command lines at the same time, in the environment that this process has then."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, lines: Iterable[Sequence[object]]) -> list[Run]:
        """Run each line in a process of its own, all at once; return how they ended."""
        from tests.faults.world import Run

        assert self._process.stdin
        assert self._process.stdout
        crowd = [[str(word) for word in words] for words in lines]
        self._process.stdin.write(f"{json.dumps([dict(os.environ), crowd])}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the crowd itself failed"
        return [Run(**values) for values in json.loads(answer)]


@contextmanager
def crowd_of_processes(*, years: int = 0) -> Iterator[Crowd]:
    """Start a crowd whose clock is wrong by some years."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.crowd", str(years)],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Crowd(process)


def main(years: int) -> None:
    """Answer each line of standard input."""
    import_module("pandas")  # it crashes Python where it first sees the shifted class
    wrong_clock.shift(years)
    clean_environment(os.environ["HF_HOME"])
    from tests.faults.scenarios import CATALOG, REMOVE, RESTORE, UPDATE
    from tests.faults.world import tasks, warm_up

    lines = tasks()  # before a command runs, which might read some of them
    warm_up((CATALOG, UPDATE, REMOVE, RESTORE))  # most of what a crowd runs
    for line in lines:
        environment, crowd = json.loads(line)
        sys.stdout.write(f"{json.dumps(_together(environment, crowd))}\n")
        sys.stdout.flush()


def _together(environment: dict[str, str], crowd: list[list[str]]) -> list[dict[str, object]]:
    from tests.faults.world import ended_child, run_here, started_child

    def run(words: list[str]) -> dict[str, object]:
        os.environ.clear()
        os.environ.update(environment)
        return asdict(run_here(words))

    children = [started_child(partial(run, words)) for words in crowd]
    return [ended_child(child)[1] for child in children]


if __name__ == "__main__":
    main(int(sys.argv[1]))
