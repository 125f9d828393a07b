"""Whatever goes wrong, wherever: the user is told why, and the same command again completes it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.faults.sampling import sample

if TYPE_CHECKING:
    from collections.abc import Callable

# A family that finds fewer points has gone blind: today's counts less a tenth, or one request.
_LEAST_POINTS = {
    "requests": {
        "catalog": 100, "update": 100, "remove": 40, "delete": 40, "restore": 40, "republish": 100,
    },
    "disk": {
        "catalog": 144, "update": 80, "remove": 25, "delete": 32, "restore": 22, "republish": 118,
    },
    "kills": {
        "catalog": 81, "update": 46, "reveal": 46, "remove": 14, "delete": 18, "restore": 12,
        "republish": 65,
    },
    "full": {"catalog": 31},
}  # fmt: skip
_OWN_MOUNTS = ["unshare", "--map-root-user", "--mount"]
_CAN_MOUNT = (
    shutil.which("unshare") is not None
    and not subprocess.run(
        [*_OWN_MOUNTS, "mount", "-t", "tmpfs", "faults", "/mnt"], capture_output=True, check=False
    ).returncode
)


@pytest.mark.parametrize(
    ("family", "scenario"),
    [
        (family, name)
        for family, names in _LEAST_POINTS.items()
        if family != "full"
        for name in names
    ],
)
def test_no_point_is_lost(
    family: str, scenario: str, record_property: Callable[[str, object], None]
) -> None:
    _try_some([family, scenario], [], record_property)


@pytest.mark.system("unshare")
@pytest.mark.skipif(not _CAN_MOUNT, reason="this machine grants no file system of one's own")
def test_no_point_is_lost_on_a_disk_that_is_full(
    record_property: Callable[[str, object], None],
) -> None:
    _try_some(["full", "catalog"], _OWN_MOUNTS, record_property)


def _try_some(
    which: list[str], within: list[str], record_property: Callable[[str, object], None]
) -> None:
    chosen = sample()
    share = ["--step", str(chosen.step), "--offset", str(chosen.offset)]
    done = subprocess.run(
        [*within, sys.executable, "-m", "tests.faults", *which, *share, "--lanes", "1", "--json"],
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
    assert (undisturbed["fault"], undisturbed["code"]) == ("none", 0)
    points = undisturbed["at"]
    assert points >= _LEAST_POINTS[which[0]][which[1]]
    assert len(tried) >= points // chosen.step
