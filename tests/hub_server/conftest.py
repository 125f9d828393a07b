from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from huggingnersc.hub_server.hub_context import Limits
from tests.hub_server.in_process import in_process
from tests.hub_server.wire import text_file, wired

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.hub_server.in_process import InProcess
    from tests.hub_server.wire import Wire


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    """An event loop."""
    with asyncio.Runner() as made:
        yield made


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    """An empty Hub behind a socket, for git, for unmodified clients and for what HTTP limits."""
    with wired(tmp_path / "hub") as running:
        yield running


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[InProcess]:
    """An empty Hub of the test's own."""
    with in_process(tmp_path / "hub") as running:
        yield running


@pytest.fixture
def filled(fresh: InProcess) -> InProcess:
    """A Hub of the test's own with the dataset NERSC/iris and its file a.txt of ten bytes."""
    fresh.create("NERSC/iris")
    fresh.commit("NERSC/iris", text_file("a.txt", "0123456789"))
    return fresh


@pytest.fixture
def parted(tmp_path: Path) -> Iterator[InProcess]:
    """A Hub with an empty NERSC/iris that takes files of 5,000 bytes in parts of 4,000."""
    with in_process(tmp_path / "hub", limits=Limits(multipart_from=5_000, part=4_000)) as running:
        running.create("NERSC/iris")
        yield running


@pytest.fixture(scope="module")
def iris(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcess]:
    """One Hub for a whole module, with the datasets NERSC/iris (a file a.txt) and NERSC/secret."""
    with in_process(tmp_path_factory.mktemp("shared") / "hub") as running:
        running.create("NERSC/iris")
        running.commit("NERSC/iris", text_file("a.txt", "x"))
        running.create("NERSC/secret", private=True)
        yield running
