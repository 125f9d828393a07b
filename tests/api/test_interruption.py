"""A run that is killed, whatever the verb, is completed by the same command."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.builders import IRIS, IRIS_LINK
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

CATALOG = [
    "catalog-new-dataset", "Fisher's Iris Data", "iris", IRIS / "iris_loader.py", IRIS_LINK,
    IRIS / "iris_metadata.json",
]  # fmt: skip
UPDATE = ["update-dataset", "iris", "--official-name", "Iris", "--distributed", "--private", "-y"]
REMOVE = ["remove-dataset", "iris", "--yes"]
DELETE = [*REMOVE, "--delete"]
RESTORE = ["restore-dataset", "iris"]


@pytest.mark.parametrize(
    ("points", "commands"),
    [
        pytest.param(16, [CATALOG], id="catalog"),
        pytest.param(12, [CATALOG, UPDATE], id="update"),
        pytest.param(8, [CATALOG, REMOVE], id="remove"),
        pytest.param(8, [CATALOG, DELETE], id="delete"),
        pytest.param(8, [CATALOG, REMOVE, RESTORE], id="restore"),
        pytest.param(8, [CATALOG, DELETE, RESTORE], id="restore what was deleted"),
    ],
)
def test_run_killed_at_any_point_is_completed_by_the_same_command(
    tmp_path: Path, points: int, commands: list[list[str | Path]]
) -> None:
    words: list[str | Path] = []
    for command in commands:
        words += ["--then", *command] if words else command
    home = tmp_path / "killed"
    done = subprocess.run(
        [sys.executable, "-m", "tests.kill_points", home, str(points), *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    undisturbed, *killed = map(json.loads, done.stdout.splitlines())
    assert undisturbed["code"] == 0
    assert undisturbed["files"] >= 4
    assert len(killed) >= min(points, undisturbed["changes"])
    assert all(result["killed"] == 9 for result in killed)
    assert [result for result in killed if result["code"] != 0 or not result["same"]] == []
