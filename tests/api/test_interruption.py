"""A cataloging run that is killed is completed by the same command."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.builders import IRIS, IRIS_LINK
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

POINTS = 16


def test_run_killed_at_any_point_is_completed_by_the_same_command(tmp_path: Path) -> None:
    command: list[str | Path] = [
        sys.executable, "-m", "tests.kill_points", tmp_path / "killed", str(POINTS),
        "catalog-new-dataset", "Fisher's Iris Data", "iris", IRIS / "iris_loader.py", IRIS_LINK,
        IRIS / "iris_metadata.json",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    undisturbed, *killed = map(json.loads, done.stdout.splitlines())
    assert undisturbed["code"] == 0
    assert undisturbed["files"] >= 6
    assert len(killed) >= POINTS
    assert all(result["killed"] == 9 for result in killed)
    assert [result for result in killed if result["code"] != 0 or not result["same"]] == []
