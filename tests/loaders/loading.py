"""A drafted loader as a reader uses it: as a module, and on its command line."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def names_of(loader: Path) -> dict[str, Any]:
    """Return what a loader defines."""
    names: dict[str, Any] = {"__name__": "loader"}
    exec(compile(loader.read_text("utf-8"), "loader", "exec"), names)  # noqa: S102 - just made
    return names


def run(*arguments: str | Path, cwd: Path) -> str:
    """Return what a script prints; it must succeed without a word on stderr."""
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def number(example: Any) -> int:
    """Return which of the traced examples this is."""
    return int(example if isinstance(example, str) else example["id"])
