from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hub_server.wire import text_file, wired

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.hub_server.wire import Wire


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    """A Hub with the users ada, bob and eve, and the organizations NERSC and Closed."""
    with wired(tmp_path / "hub") as running:
        yield running


@pytest.fixture(scope="module")
def iris(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """One Hub for a whole module, with the datasets NERSC/iris (a file a.txt) and NERSC/secret."""
    with wired(tmp_path_factory.mktemp("shared") / "hub") as running:
        running.create("NERSC/iris")
        running.commit("NERSC/iris", text_file("a.txt", "x"))
        running.create("NERSC/secret", private=True)
        yield running
