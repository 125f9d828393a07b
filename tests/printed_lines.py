"""Run Python as a visitor of a Hub does, with a cache of its own, and read the JSON it prints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def printed_lines(
    script: str,
    asked: Sequence[object],
    *,
    settings: Mapping[str, str],
    home: Path,
    cwd: Path | None = None,
) -> list[Any]:
    """Return the values that a script prints, one a line.

    Args:
        script: of Python; its argument is `asked` as JSON.
        asked: what it is to do.
        settings: variables of the Hub; there is no token but one of these.
        home: the folder of the Hub's caches.
        cwd: where it runs.
    """
    known = {name: value for name, value in os.environ.items() if name != "HF_TOKEN"}
    quiet = {"HF_UPDATE_DOWNLOAD_COUNTS": "0", "HF_HUB_DISABLE_TELEMETRY": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script, json.dumps(asked)],
        cwd=cwd,
        env={**known, **settings, **quiet, "HF_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
