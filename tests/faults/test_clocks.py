"""No clock, ten years behind or ahead, changes what is cataloged or which removal is the last."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from tests.conftest import ROOT
from tests.faults.scenarios import CATALOG, DELETE, REMOVE, RESTORE, Words


def _at(years: int, words: Words) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.wrong_clock", str(years), *words, "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    value: dict[str, Any] = json.loads(done.stdout)
    return value


def _titled(title: str) -> Words:
    return ("update-dataset", "iris", "--official-name", title, "--yes")


def test_verbs_agree_under_clocks_that_do_not() -> None:
    assert _at(10, CATALOG)["outcome"] == "cataloged"
    assert _at(-10, CATALOG)["outcome"] == "unchanged"
    assert _at(-10, _titled("Before"))["outcome"] == "updated"
    first = _at(10, REMOVE)
    assert _at(0, RESTORE)["removed_at"] == first["removed_at"]
    assert _at(0, _titled("After"))["outcome"] == "updated"
    second = _at(-10, DELETE)
    assert _at(0, RESTORE)["removed_at"] == second["removed_at"]
    assert _at(10, ("update-dataset", "iris", "--dry-run"))["outcome"] == "unchanged"


def test_last_removal_is_the_newest_although_the_clock_went_back() -> None:
    _at(0, CATALOG)
    first = _at(10, DELETE)
    again = ("catalog-new-dataset", "Second", *CATALOG[2:])
    assert _at(-10, again)["outcome"] == "cataloged"
    second = _at(-10, DELETE)
    assert second["removed_at"] > first["removed_at"] > "2030"
    assert _at(0, RESTORE)["official_name"] == "Second"
