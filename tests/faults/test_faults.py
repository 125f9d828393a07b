"""Whatever goes wrong, wherever: the user is told, and the same command again completes it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.faults.scenarios import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Callable

# On a desk every second point of the two largest families; FAULTS=all, as in CI, tries each.
_STEPS = {"requests": 2, "kills": 1, "disk": 2}
_OWN_MOUNTS = ["unshare", "--map-root-user", "--mount"]
_CAN_MOUNT = (
    shutil.which("unshare") is not None
    and not subprocess.run(
        [*_OWN_MOUNTS, "mount", "-t", "tmpfs", "faults", "/mnt"], capture_output=True, check=False
    ).returncode
)


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("family", _STEPS)
def test_no_point_is_lost(
    family: str, scenario: str, record_property: Callable[[str, object], None]
) -> None:
    step = 1 if os.environ.get("FAULTS") == "all" else _STEPS[family]
    _try_all([family, scenario, "--step", str(step), "--lanes", "2"], [], record_property)


@pytest.mark.system("unshare")
@pytest.mark.skipif(not _CAN_MOUNT, reason="this machine grants no file system of one's own")
def test_no_point_is_lost_on_a_disk_that_is_full(
    record_property: Callable[[str, object], None],
) -> None:
    _try_all(["full", "catalog"], _OWN_MOUNTS, record_property)


def _try_all(
    which: list[str], within: list[str], record_property: Callable[[str, object], None]
) -> None:
    done = subprocess.run(
        [*within, sys.executable, "-m", "tests.faults", *which, "--json"],
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
