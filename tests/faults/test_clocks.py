"""No clock, ten years behind or ahead, changes what is cataloged or which removal is the last."""

from __future__ import annotations

import json
from contextlib import ExitStack
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.crowd import crowd_of_processes
from tests.faults.scenarios import CATALOG, DELETE, REMOVE, RESTORE, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    At = Callable[[int, Words], dict[str, Any]]


@pytest.fixture(scope="module")
def at() -> Iterator[At]:
    """Run a command line in a process whose clock is wrong by some years."""
    with ExitStack() as stack:
        crowd = cache(lambda years: stack.enter_context(crowd_of_processes(years=years)))

        def run(years: int, words: Words) -> dict[str, Any]:
            (done,) = crowd(years).run([[*words, "--json"]])
            assert done.code == 0, done.err
            value: dict[str, Any] = json.loads(done.out)
            return value

        yield run


def _titled(title: str) -> Words:
    return ("update-dataset", "iris", "--official-name", title, "--yes")


def test_verbs_agree_under_clocks_that_do_not(at: At) -> None:
    assert at(10, CATALOG)["outcome"] == "cataloged"
    assert at(-10, CATALOG)["outcome"] == "unchanged"
    assert at(-10, _titled("Before"))["outcome"] == "updated"
    first = at(10, REMOVE)
    assert at(0, RESTORE)["removed_at"] == first["removed_at"]
    assert at(0, _titled("After"))["outcome"] == "updated"
    second = at(-10, DELETE)
    assert at(0, RESTORE)["removed_at"] == second["removed_at"]
    assert at(10, ("update-dataset", "iris", "--dry-run"))["outcome"] == "unchanged"


def test_last_removal_is_the_newest_although_the_clock_went_back(at: At) -> None:
    at(0, CATALOG)
    first = at(10, DELETE)
    again = ("catalog-new-dataset", "Second", *CATALOG[2:])
    assert at(-10, again)["outcome"] == "cataloged"
    second = at(-10, DELETE)
    assert second["removed_at"] > first["removed_at"] > "2030"
    assert at(0, RESTORE)["official_name"] == "Second"
