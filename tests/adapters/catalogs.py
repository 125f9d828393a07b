"""What is written to catalog folders in tests, and other users and processes to share them."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.templates import render
from huggingnersc.domain.catalog.plan import Plan, make_plan
from huggingnersc.domain.planned_file import PlannedFile
from tests.builders import make_entry, make_site

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NOBODY = 65534
OTHER_GROUP = 12345
needs_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can become another user, change groups and mount"
)
HOLDER = """
import sys
from pathlib import Path
from huggingnersc.adapters.catalog_folder import CatalogFolder
with CatalogFolder(Path(sys.argv[1])).lock(sys.argv[2]):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def acting_as(user: int, group: int) -> Iterator[None]:
    _rehearse()
    os.setegid(group)
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@cache
def _rehearse() -> None:
    """Load every module there is need of: another user may not be able to read this Python."""
    with tempfile.TemporaryDirectory() as folder:
        catalog = CatalogFolder(Path(folder))
        with catalog.lock("iris"):
            write_dataset(Path(folder))
        catalog.record("iris")


def know_users(monkeypatch: pytest.MonkeyPatch, groups: Mapping[int, list[int]]) -> None:
    """Let the system know these users, each with the groups that it is in."""
    ask = pwd.getpwuid

    def getpwuid(number: int) -> pwd.struct_passwd:
        if number not in groups:
            return ask(number)
        name = str(number)
        return pwd.struct_passwd((name, "x", number, groups[number][0], "", "/", "/bin/sh"))

    monkeypatch.setattr(pwd, "getpwuid", getpwuid)
    monkeypatch.setattr(os, "getgrouplist", lambda name, _: groups[int(name)])


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def held_elsewhere(root: Path, nickname: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLDER, str(root), nickname]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        try:
            yield holder
        finally:
            holder.kill()


def plan_of(nickname: str = "iris", **changes: object) -> Plan:
    return make_plan(make_entry(nickname=nickname, **changes), make_site(), render)


def catalog_files(nickname: str = "iris") -> tuple[PlannedFile, ...]:
    return plan_of(nickname).catalog_files


def write_dataset(root: Path, nickname: str = "iris") -> Path:
    catalog = CatalogFolder(root)
    return catalog.promote(nickname, catalog.stage(nickname, catalog_files(nickname)))


def tree_of(root: Path) -> dict[str, bytes | None]:
    found = sorted(root.rglob("*"))
    return {str(p.relative_to(root)): p.read_bytes() if p.is_file() else None for p in found}
