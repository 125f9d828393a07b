"""Snapshots that are planned, cut off or overtaken, and how each is completed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import (
    plan_snapshot,
    resume_run,
    update_dataset,
)
from huggingnersc.api.versions import make_version, publish_version
from huggingnersc.api.versions.prepare_version import Preparation
from huggingnersc.api.versions.snapshot_result import planned_snapshot
from huggingnersc.domain.versions.snapshot_options import SnapshotOptions
from huggingnersc.errors import (
    DatasetBusyError,
    RunDamagedError,
    RunExistsError,
)
from tests.api.iris import api, commits, tree
from tests.api.versions.publishing import tags
from tests.api.versions.snapshots import cut_off_at, record, runs, snapshot

if TYPE_CHECKING:
    from tests.api.conftest import Centre

pytestmark = pytest.mark.usefixtures("settled")


def test_a_colleagues_snapshot_meanwhile_stops_this_one(
    centre: Centre, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    planned = planned_snapshot

    def colleague(*given: Any) -> Any:
        monkeypatch.setattr(make_version, "planned_snapshot", planned)
        monkeypatch.setenv("XDG_DATA_HOME", str(data.parent / "colleague"))
        snapshot(centre, message="Theirs")
        return planned(*given)

    monkeypatch.setattr(make_version, "planned_snapshot", colleague)
    with pytest.raises(DatasetBusyError):
        snapshot(centre, message="Mine")
    assert [one.message for one in record(centre).history.versions] == ["Theirs"]
    monkeypatch.delenv("XDG_DATA_HOME")
    assert snapshot(centre).outcome == "unchanged"


def test_a_run_that_was_only_planned_is_not_published_by_its_id(
    centre: Centre, data: Path, clean_env: Path
) -> None:
    planned = snapshot(centre, message="Asked first", dry_run=True)
    assert [run.name for run in runs(clean_env)] == [planned.run]
    resumed = resume_run(str(planned.run), site=str(centre.profile))
    assert (resumed.result.outcome, resumed.result.hashed_files) == ("planned", 0)
    assert tags(centre) == {}
    assert data.is_dir()


def test_a_run_that_was_agreed_to_is_completed_by_its_id(
    centre: Centre, data: Path, clean_env: Path
) -> None:
    with cut_off_at(Preparation, "version"):
        snapshot(centre, message="Asked first")
    (run,) = runs(clean_env)
    assert resume_run(run.name, site=str(centre.profile)).result.outcome == "made"
    assert [one.message for one in record(centre).history.versions] == ["Asked first"]
    assert runs(clean_env) == []
    assert data.is_dir()


def test_a_run_of_other_data_is_not_completed(centre: Centre, data: Path, clean_env: Path) -> None:
    snapshot(centre, dry_run=True)
    moved = data.rename(data.with_name("moved"))
    update_dataset("iris", data_path=moved, site=str(centre.profile))
    with pytest.raises(RunDamagedError):
        resume_run(runs(clean_env)[0].name, site=str(centre.profile))


def test_a_publication_that_was_cut_off_is_completed_and_no_other_begun(
    centre: Centre, data: Path
) -> None:
    with cut_off_at(publish_version, "publish_version"):
        snapshot(centre, message="Agreed")
    with pytest.raises(RunExistsError):
        snapshot(centre, version="v2")
    (data / "later.csv").write_text("x\n")
    assert snapshot(centre, dry_run=True).outcome == "planned"
    assert snapshot(centre).version == "v1"
    (version,) = record(centre).history.versions
    assert (version.message, version.files) == ("Agreed", 1)
    assert snapshot(centre).summary == "1 file added"


def test_a_dry_run_changes_nothing_of_a_publication_that_was_cut_off(
    centre: Centre, data: Path, clean_env: Path
) -> None:
    with cut_off_at(publish_version, "publish_version"):
        snapshot(centre, message="Agreed")
    (run,) = runs(clean_env)
    before = tree(run)
    assert snapshot(centre, dry_run=True, message="Another").outcome == "planned"
    assert tree(run) == before
    assert resume_run(run.name, site=str(centre.profile)).result.outcome == "made"
    assert data.is_dir()


def test_a_publication_that_someone_else_overtook_is_given_up(
    centre: Centre, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with cut_off_at(publish_version, "publish_version"):
        snapshot(centre, message="Mine")
    with monkeypatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(data.parent / "colleague"))
        snapshot(centre, message="Theirs")
    assert snapshot(centre).outcome == "unchanged"
    assert [one.message for one in record(centre).history.versions] == ["Theirs"]


def test_a_plan_that_is_not_applied_leaves_all_as_it_was(centre: Centre, data: Path) -> None:
    before = commits(centre)
    with plan_snapshot("iris", SnapshotOptions(), site=str(centre.profile)) as pending:
        assert pending.plan.outcome == "planned"
        with pytest.raises(DatasetBusyError):
            update_dataset("iris", site=str(centre.profile))
    assert (commits(centre), tags(centre)) == (before, {})
    assert not (centre.catalog / "iris/versions").exists()
    assert api(centre).dataset_info("NERSC/iris").private is False
    assert data.is_dir()
