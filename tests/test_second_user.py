"""Another user of the machine, really: a process that changes its user id and then tries."""

from __future__ import annotations

import http.client
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from huggingnersc.adapters.hub.connection import connected
from huggingnersc.api.site import resolve_site
from tests.adapters.catalogs import NOBODY, needs_root, umask
from tests.builders import IRIS, IRIS_LINK
from tests.faults.world import in_child

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import RunCommand

pytestmark = [needs_root, pytest.mark.attack("second user")]
NEW = f"catalog-new-dataset --site local Iris iris '{IRIS}/iris_loader.py' {IRIS_LINK}"


def as_stranger(action: Callable[[], list[str]]) -> list[str]:
    """Return what another user, who shares no group, makes of an action."""

    def do() -> list[str]:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        return action()

    _, said = in_child(do)
    assert isinstance(said, list)
    return said


@pytest.fixture(params=[0, 0o022, 0o077], ids="umask {:03o}".format)
def home(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, run: RunCommand
) -> Iterator[Path]:
    """A home folder that others may enter, after its user did a bit of everything."""
    with tempfile.TemporaryDirectory() as folder, umask(request.param):
        home = Path(folder)
        home.chmod(0o755)
        monkeypatch.setenv("HOME", str(home))
        log = f"--log-file {home / 'run.log'}"
        lines = (
            f"{NEW} '{IRIS}/iris_metadata.json' --private {log}",
            f"update-dataset iris --official-name Flowers --site local --yes {log}",
            "remove-dataset iris --site local --yes",
            "restore-dataset iris --site local",
        )
        assert [run(line).code for line in lines] == [0] * len(lines)
        yield home


def test_a_stranger_changes_nothing(home: Path) -> None:
    paths = [home, *home.rglob("*")]
    assert len(paths) > 20

    def attempt() -> list[str]:
        return [f"{way.__name__} {path}" for path in paths for way in WAYS if way(path)]

    assert as_stranger(attempt) == []


def test_a_stranger_reads_nothing_of_the_hub_nor_of_the_log(home: Path) -> None:
    hub = home / ".local/share/huggingnersc/hub"
    private = [home / "run.log", hub, *hub.rglob("*")]
    assert {"token", "hub.sqlite3"} <= {path.name for path in private}
    assert as_stranger(lambda: [str(path) for path in private if readable(path)]) == []


def test_a_stranger_sees_nothing_private_through_the_loopback_address(home: Path) -> None:
    site = resolve_site("local")
    with connected(site) as hub:
        assert hub.repository("NERSC/iris"), home
        address = urlsplit(hub.endpoint).netloc
        paths = ("/api/datasets", "/api/datasets/NERSC/iris", "/datasets/NERSC/iris")

        def ask() -> list[str]:
            client = http.client.HTTPConnection(address, timeout=30)
            answers = []
            for path in paths:
                client.request("GET", path)
                answers.append(client.getresponse().read().decode())
            return answers

        assert not any(
            "Flowers" in answer or "iris_loader" in answer for answer in as_stranger(ask)
        )


def readable(path: Path) -> bool:
    try:
        return bool(list(path.iterdir()) if path.is_dir() else path.read_bytes())
    except OSError:
        return False


def written(path: Path) -> bool:
    try:
        if path.is_dir():
            (path / "stranger").mkdir()
        else:
            path.open("ab").close()
    except OSError:
        return False
    return True


def opened_to_all(path: Path) -> bool:
    try:
        path.chmod(0o777)
    except OSError:
        return False
    return True


def replaced(path: Path) -> bool:
    try:
        path.rename(path.with_name("stranger's"))
    except OSError:
        return False
    return True


WAYS = (written, opened_to_all, replaced)
