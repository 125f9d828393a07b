"""Whatever goes wrong, wherever: the user is told, and the same command again completes it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.faults.scenarios import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Callable

# In the normal suite every second point of the largest family; FAULTS=all tries each.
_STEPS = {"requests": 2, "kills": 1, "disk": 1}


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("family", _STEPS)
def test_no_point_is_lost(
    family: str, scenario: str, record_property: Callable[[str, object], None]
) -> None:
    step = 1 if os.environ.get("FAULTS") == "all" else _STEPS[family]
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", family, scenario, "--json", "--step", str(step)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = [json.loads(line) for line in done.stdout.splitlines()]
    lost = [verdict for verdict in verdicts if verdict["lost"]]
    record_property("faults", [len(verdicts), len(lost)])
    assert lost == []
    assert done.returncode == 0, done.stderr
    undisturbed, *tried = verdicts
    assert undisturbed["fault"] == "none"
    assert len(tried) > 10
    assert any(verdict["code"] != 0 for verdict in tried)
