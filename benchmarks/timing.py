"""Timing whole processes side by side: one interleaved run, shuffled rounds, medians, ratios."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

# A user's Python keeps compiled modules; one that may not would be timed compiling ours.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def interleaved(
    cases: Mapping[str, Callable[[], float]], *, rounds: int, seed: int = 1
) -> dict[str, float]:
    """Run every case once a round, in a new order each round; give the median seconds by case.

    A case does its work and returns the seconds that count, so setting up is not timed.
    """
    order = random.Random(seed)  # noqa: S311 - a fair order, not a secret
    seconds: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        names = list(cases)
        order.shuffle(names)
        for name in names:
            seconds[name].append(cases[name]())
    return {name: statistics.median(values) for name, values in seconds.items()}


def process(
    command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None
) -> Callable[[], float]:
    """A case that runs `command` as a process; it must succeed."""

    def run() -> float:
        begun = time.perf_counter()
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
        elapsed = time.perf_counter() - begun
        if done.returncode != 0:
            raise SystemExit(f"{command} failed: {done.stderr.decode()}")
        return elapsed

    return run


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Write rows as a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)
