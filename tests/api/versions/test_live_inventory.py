from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.engines.choice import EngineChoice, no_report
from huggingnersc.adapters.engines.run_folder import RunFolder
from huggingnersc.api.versions.live_inventory import inventory_of, inventory_run
from huggingnersc.errors import RunError
from huggingnersc.fixes import Verb
from tests.builders import make_site, write_tree

if TYPE_CHECKING:
    from huggingnersc.domain.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return replace(make_site(), run_root=PurePosixPath(tmp_path / "runs"))


def taken(data: Path, site: Site) -> int:
    """Take the inventory of some data; return how many files there are."""
    choice = EngineChoice.of(site)
    run = inventory_run(data, Verb.VERIFY_DATASET, "iris", choice=choice, site=site, request={})
    with inventory_of(run, choice=choice, report=no_report) as inventory:
        return inventory.files


def test_run_is_removed_while_no_other_process_can_take_it(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = write_tree(tmp_path / "data", {"a": "1", "b/c": "2"})
    was_locked = []
    remove = RunFolder.remove

    def observed(run: RunFolder) -> None:
        was_locked.append(RunFolder.open(run.path).is_locked)
        remove(run)

    monkeypatch.setattr(RunFolder, "remove", observed)
    assert taken(data, site) == 2
    assert was_locked == [True]
    assert not list(Path(site.run_root).iterdir())


def test_run_that_cannot_be_removed_takes_no_result_away(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = write_tree(tmp_path / "data", {"a": "1"})

    def refused(_run: RunFolder) -> None:
        raise RunError("The run cannot be removed: in use.")

    with monkeypatch.context() as patched:
        patched.setattr(RunFolder, "remove", refused)
        assert taken(data, site) == 1
    assert taken(data, site) == 1
    assert not list(Path(site.run_root).iterdir())
