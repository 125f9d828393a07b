"""A `serve-hub` process for a benchmark, and the client processes that use it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def serving(root: Path) -> Iterator[str]:
    """Run `serve-hub` as a process of its own; give its address and set HF_TOKEN."""
    with serving_process(root) as (endpoint, _):
        yield endpoint


@contextmanager
def serving_process(root: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run `serve-hub`; give its address and the process, and set HF_TOKEN."""
    command = [sys.executable, str(ROOT / "main.py"), "serve-hub", "--port", "0"]
    command += ["--root", str(root)]
    server = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        line = server.stderr.readline() if server.stderr else ""
        found = re.search(r"http://[\d.:]+", line)
        if not found:
            raise SystemExit(f"the Hub did not start: {line}")
        os.environ["HF_TOKEN"] = (root / "token").read_text(encoding="utf-8").strip()
        yield found[0], server
    finally:
        server.terminate()
        server.wait()


def peak_memory_mib(pid: int) -> float:
    """The most memory a process held so far, in MiB (VmHWM of Linux)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def client_environment(endpoint: str, home: Path) -> dict[str, str]:
    """What a client process sees: an empty home, the address, the token, no calls elsewhere."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "HF_HOME": str(home / "hf"),
        "HF_ENDPOINT": endpoint,
        "HF_TOKEN": os.environ["HF_TOKEN"],
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_UPDATE_CHECK": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    }
