"""Whatever goes wrong, wherever: the user reads why, and the same command again completes it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.data_files import DATA_EXTRA
from tests.faults.colleague import SWAPS, can_act
from tests.faults.sampling import sample
from tests.faults.scenarios import NEEDS_BUCKET, SCENARIOS
from tests.s3_server import S3_EXTRA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

# A family that finds fewer points has gone blind: today's counts less a tenth, or one request.
_LEAST_POINTS = {
    "requests": {
        "catalog": 116, "update": 116, "remove": 47, "delete": 47, "restore": 47, "republish": 116,
        "snapshot": 207, "download": 69, "upload": 558, "from-bucket": 23,
    },
    "disk": {
        "catalog": 144, "update": 95, "remove": 25, "delete": 32, "restore": 22, "republish": 118,
        "snapshot": 370, "export": 172, "download": 116, "pack": 80, "images": 107, "table": 80,
    },
    "kills": {
        "catalog": 104, "update": 55, "reveal": 46, "take": 57, "remove": 14, "delete": 18,
        "restore": 12, "republish": 65, "snapshot": 155, "rebuild": 138, "verify": 40,
        "export": 118, "download": 76, "pack": 49, "upload": 189,
        "images": 131, "table": 49, "to-bucket": 126,
    },
    "full": {"catalog": 31},
    "links": {"catalog": 820, "update": 440, "remove": 100, "restore": 88, "snapshot": 1829},
}  # fmt: skip
_OWN_MOUNTS = ["unshare", "--map-root-user", "--mount"]
_CAN_MOUNT = (
    shutil.which("unshare") is not None
    and not subprocess.run(
        [*_OWN_MOUNTS, "mount", "-t", "tmpfs", "faults", "/mnt"], capture_output=True, check=False
    ).returncode
)


_SCENARIOS = [
    (family, name)
    for family, names in _LEAST_POINTS.items()
    if family not in {"full", "links"}
    for name in names
]


def _step(family: str, scenario: str) -> int:
    """Return of how many points one is tried.

    A link's are as many at each change as links, and the client of a bucket takes long to start.
    """
    step = sample().step
    rarer = len(SWAPS) if family == "links" else 8 if scenario == "to-bucket" else 1
    return step * rarer + 1 if rarer > 1 and step > 1 else step


@contextmanager
def _suite(
    within: Sequence[str] = (), only: Sequence[str] = ()
) -> Iterator[subprocess.Popen[str]]:
    """Start the suite, which imports everything once for all the scenarios that it is given.

    Args:
        within: what starts it.
        only: the family and scenario where it is given no other.
    """
    with subprocess.Popen(
        [*within, sys.executable, "-m", "tests.faults", *only, "--serve", "--lanes", "1"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process


@pytest.fixture(scope="module")
def suite() -> Iterator[subprocess.Popen[str]]:
    with _suite() as process:
        yield process


@pytest.mark.parametrize(("family", "scenario"), _SCENARIOS)
def test_no_point_is_lost(
    suite: subprocess.Popen[str],
    family: str,
    scenario: str,
    record_property: Callable[[str, object], None],
) -> None:
    _try_some(suite, family, scenario, record_property)


@pytest.mark.system("unshare")
@pytest.mark.skipif(not _CAN_MOUNT, reason="this machine grants no file system of one's own")
def test_no_point_is_lost_on_a_disk_that_is_full(
    record_property: Callable[[str, object], None],
) -> None:
    with _suite(_OWN_MOUNTS, only=("full", "catalog")) as process:
        _try_some(process, "full", "catalog", record_property)


@pytest.mark.attack("second user")
@pytest.mark.skipif(not can_act(), reason="only root can act as a second user")
@pytest.mark.parametrize("scenario", _LEAST_POINTS["links"])
def test_no_link_of_a_second_user_is_followed(
    suite: subprocess.Popen[str],
    scenario: str,
    record_property: Callable[[str, object], None],
) -> None:
    _try_some(suite, "links", scenario, record_property)


def _try_some(
    suite: subprocess.Popen[str],
    family: str,
    scenario: str,
    record_property: Callable[[str, object], None],
) -> None:
    assert suite.stdin
    assert suite.stdout
    needs = SCENARIOS[scenario].needs
    if not all(map(find_spec, needs)):
        pytest.skip(S3_EXTRA if needs == NEEDS_BUCKET else DATA_EXTRA)
    step = _step(family, scenario)
    suite.stdin.write(f"{family} {scenario} {step} {sample().offset_of(step)}\n")
    suite.stdin.flush()
    answer = suite.stdout.readline()
    assert answer, "the suite itself failed"
    verdicts = json.loads(answer)
    lost = [verdict for verdict in verdicts if verdict["lost"]]
    record_property("faults", [len(verdicts), len(lost)])
    assert lost == []
    undisturbed, *tried = verdicts
    assert (undisturbed["fault"], undisturbed["code"]) == ("none", 0)
    points = undisturbed["at"]
    assert points >= _LEAST_POINTS[family][scenario]
    # One less, because ENOSPC and EACCES are sampled by themselves, each rounded down.
    assert len(tried) >= points // step - 1
