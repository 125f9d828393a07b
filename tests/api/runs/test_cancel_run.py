from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from huggingnersc.api.runs.cancel_run import CancelOutcome, cancel_run
from huggingnersc.errors import RunBusyError, RunDamagedError, RunUnknownError
from tests.adapters.engines.test_run_folder import SPEC, made

if TYPE_CHECKING:
    from huggingnersc.domain.site import Site


def test_a_run_without_jobs_is_left_as_it_is(site: Site) -> None:
    run = made(Path(site.run_root), b"a")
    cancelled = cancel_run(SPEC.run_id, site=site)
    assert (cancelled.outcome, cancelled.jobs) == (CancelOutcome.UNCHANGED, ())
    assert run.shard(0) == b"a"


def test_a_deleted_run_is_gone(site: Site) -> None:
    run = made(Path(site.run_root), b"a")
    assert cancel_run(SPEC.run_id, delete=True, site=site).outcome is CancelOutcome.DELETED
    assert not run.path.exists()


@pytest.mark.parametrize("delete", [False, True])
def test_a_run_that_a_process_works_on_is_not_ended_from_elsewhere(
    site: Site, *, delete: bool
) -> None:
    run = made(Path(site.run_root), b"a")
    with run.locked(), pytest.raises(RunBusyError):
        cancel_run(SPEC.run_id, delete=delete, site=site)
    assert run.path.exists()


def test_a_damaged_run_can_be_deleted(site: Site) -> None:
    run = made(Path(site.run_root), b"a")
    (run.path / "run.json").unlink()
    (run.path / "run.json").symlink_to("/etc/passwd")
    with pytest.raises(RunDamagedError):
        cancel_run(SPEC.run_id, site=site)
    cancel_run(SPEC.run_id, delete=True, site=site)
    assert not run.path.exists()


@pytest.mark.attack("runs of others")
def test_of_a_link_in_the_place_of_a_run_the_link_is_deleted(site: Site, tmp_path: Path) -> None:
    target = made(tmp_path / "other", b"a").path
    Path(site.run_root).mkdir()
    (Path(site.run_root) / "link").symlink_to(target)
    cancel_run("link", delete=True, site=site)
    assert (target / "run.json").exists()
    assert not (Path(site.run_root) / "link").is_symlink()


@pytest.mark.parametrize("run_id", ["none", "..", "a/b"])
def test_an_unknown_run_is_explained(site: Site, run_id: str) -> None:
    with pytest.raises(RunUnknownError):
        cancel_run(run_id, delete=True, site=site)
