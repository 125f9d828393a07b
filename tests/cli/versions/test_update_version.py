"""The command `update-version`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.api.iris import catalog_iris, tree
from tests.api.iris_versions import add_version, history_of

if TYPE_CHECKING:
    from tests.api.conftest import Centre
    from tests.conftest import Run, RunCommand


@pytest.fixture
def versioned(centre: Centre) -> Centre:
    """Iris with a version, as the Hub has it."""
    from huggingnersc import update_dataset

    catalog_iris(centre)
    add_version(centre, "v1", tag=False)
    update_dataset("iris", site=str(centre.profile))
    return centre


def update(run: RunCommand, centre: Centre, *words: str) -> Run:
    return run("update-version iris@v1", *words, "--site", centre.profile)


def test_options_become_what_is_recorded(run: RunCommand, versioned: Centre) -> None:
    words = ("--message", "m", "--tag", "a", "--tag", "b", "--retire", "--yes")
    assert update(run, versioned, *words).code == 0
    (version,) = history_of(versioned).versions
    assert (version.message, version.labels, version.retired) == ("m", ("a", "b"), True)
    back = ("--message", "", "--no-tag", "a", "--unretire", "--yes", "--json")
    done = update(run, versioned, *back)
    assert (done.code, json.loads(done.out)["outcome"]) == (0, "updated")
    (version,) = history_of(versioned).versions
    assert (version.message, version.labels, version.retired) == ("", ("b",), False)


def test_without_agreement_nothing_happens(run: RunCommand, versioned: Centre) -> None:
    before = tree(versioned.catalog)
    done = update(run, versioned, "--retire")
    assert (done.code, "retired" in done.out) == (3, True)
    done = update(run, versioned, "--retire", "--dry-run")
    assert (done.code, "retired" in done.out) == (0, True)
    assert tree(versioned.catalog) == before


def test_nothing_given_is_a_usage_error(run: RunCommand, versioned: Centre) -> None:
    assert update(run, versioned).code == 2


def test_problems_name_the_options(run: RunCommand, versioned: Centre) -> None:
    done = update(run, versioned, "--tag", "a b", "--message", "x" * 5_000, "--yes")
    assert done.code == 1
    assert "  --tag: " in done.err
    assert "  --message: " in done.err
