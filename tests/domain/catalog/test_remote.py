from __future__ import annotations

import pytest

from huggingnersc.domain.catalog.remote import Account, RemoteRepository, write_problem


@pytest.mark.parametrize(
    "account",
    [
        Account("ada", {"NERSC": "admin"}, "write"),
        Account("ada", {"NERSC": "write"}, "write"),
        Account("ada", {"NERSC": "contributor"}, "write"),
        Account("ada", {"nersc": ""}, ""),
        Account("nersc", {}, "write"),
        Account("ada", {"NERSC": "write"}, "fineGrained", frozenset({"NERSC"})),
        Account("ada", {"NERSC": "write"}, "fineGrained", frozenset({"x", "nersc"})),
    ],
)
def test_who_may_write_has_no_problem(account: Account) -> None:
    assert write_problem(account, "NERSC") is None


@pytest.mark.parametrize(
    ("account", "reported"),
    [
        (Account("ada", {}, "write"), "is not a member of the organization NERSC"),
        (Account("ada", {"OLCF": "admin"}, "write"), "is not a member"),
        (Account("ada", {"NERSC": "read"}, "write"), 'has the role "read" in NERSC'),
        (Account("ada", {"NERSC": "no_access"}, "write"), 'has the role "no_access"'),
        (Account("ada", {"NERSC": "admin"}, "read"), "the token of ada may only read"),
        (Account("NERSC", {}, "read"), "may only read"),
        (Account("ada", {"NERSC": "admin"}, "fineGrained"), "the fine-grained token of ada"),
        (
            Account("ada", {"NERSC": "admin"}, "fineGrained", frozenset({"ada"})),
            "may not write repositories of NERSC",
        ),
    ],
)
def test_who_may_not_write_reads_why(account: Account, reported: str) -> None:
    assert reported in str(write_problem(account, "NERSC"))


def remote(files: dict[str, str]) -> RemoteRepository:
    return RemoteRepository("NERSC/iris", None, None, private=False, files=files)


def test_a_repository_is_fresh_while_it_holds_what_the_hub_puts_there() -> None:
    assert remote({}).is_fresh
    assert remote({".gitattributes": "1"}).is_fresh
    assert not remote({"README.md": "1"}).is_fresh


def test_a_repository_holds_exactly_its_files() -> None:
    files = {"README.md": "1", "a.py": "2"}
    assert remote({".gitattributes": "9", **files}).holds(files)
    assert not remote({**files, "b.py": "3"}).holds(files)
    assert not remote({"README.md": "1"}).holds(files)
    assert not remote({**files, "a.py": "3"}).holds(files)
    assert remote({}).holds({})
