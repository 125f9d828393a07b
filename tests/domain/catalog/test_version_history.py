from __future__ import annotations

import pytest

from huggingnersc.domain.catalog.version_history import VersionChange, VersionHistory
from tests.builders import make_version

HISTORY = VersionHistory(
    (
        make_version("v1", labels=("paper",)),
        make_version("v2", message="Fixed."),
        make_version("v3", retired=True),
    ),
    "Statistics.",
)


def test_current_version_is_the_newest_that_is_not_retired() -> None:
    assert (HISTORY.latest, HISTORY.current) == (HISTORY.find("v3"), HISTORY.find("v2"))
    assert VersionHistory().current is VersionHistory().latest is None


def test_nothing_but_what_is_given_changes() -> None:
    changed = HISTORY.revised(VersionChange(name="v2", labels=("paper", "x")))
    assert changed.find("v2") == make_version("v2", message="Fixed.", labels=("paper", "x"))
    others = [(one.find("v1"), one.find("v3"), one.statistics) for one in (changed, HISTORY)]
    assert others[0] == others[1]


def test_label_is_attached_once_and_taken_off() -> None:
    change = VersionChange(name="v1", labels=("new", "paper"), without_labels=("gone",))
    assert change.of(make_version(labels=("paper", "gone"))).labels == ("paper", "new")


def test_version_is_retired_and_used_again() -> None:
    retired = HISTORY.revised(VersionChange(name="v2", retired=True))
    assert retired.current == HISTORY.find("v1")
    again = retired.revised(VersionChange(name="v3", retired=False))
    assert again.current is not None
    assert again.current.name == "v3"


def test_message_is_replaced_and_removed() -> None:
    for message in ("Other.", ""):
        changed = HISTORY.revised(VersionChange(name="v2", message=message)).find("v2")
        assert changed is not None
        assert changed.message == message


def test_history_without_the_version_stays_as_it_is() -> None:
    assert HISTORY.revised(VersionChange(name="v9", retired=True)) is HISTORY


@pytest.mark.parametrize("name", ["", "..", "a/b", ".hidden", "a b", "x\n", "x.lock", "-x"])
def test_name_that_could_be_a_path_or_an_option_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of a version"):
        make_version(name)


@pytest.mark.parametrize("name", ["main", "HEAD", "Main", "0123456789" * 4, "ABCDEFabcd" * 4])
def test_name_of_a_branch_or_a_commit_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of a version"):
        make_version(name)


@pytest.mark.parametrize("name", ["main2", "v1", "20261122", "0123456789" * 4 + "a", "v.2", "a-b"])
def test_name_that_no_branch_and_no_commit_has_is_taken(name: str) -> None:
    assert make_version(name).name == name
