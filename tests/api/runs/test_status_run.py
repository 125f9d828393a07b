from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.engines.run_folder import Failure, RunFolder
from huggingnersc.adapters.engines.submission import write_job_id, write_submission
from huggingnersc.api.runs.cancel_run import cancel_run
from huggingnersc.api.runs.status_run import RunState, status_run, status_runs
from huggingnersc.errors import RunDamagedError, RunError, RunUnknownError
from huggingnersc.fixes import Verb
from tests.adapters.engines.test_run_folder import SPEC, made
from tests.adapters.engines.test_submission import a_submission

if TYPE_CHECKING:
    from huggingnersc.domain.site import Site


def a_run(site: Site, *shards: bytes, run_id: str = SPEC.run_id) -> RunFolder:
    spec = replace(SPEC, run_id=run_id)
    return made(Path(site.run_root), *shards, spec=spec)


def test_the_status_says_what_is_done(site: Site) -> None:
    run = a_run(site, b"a", b"bcd", b"e")
    run.put_result(0, b"")
    run.put_result(1, b"")
    status = status_run(SPEC.run_id, site=site)
    assert (status.shards_done, status.shards) == (2, 3)
    assert (status.files_done, status.files) == (2, 3)
    assert (status.bytes_done, status.size_bytes) == (4, 5)
    assert (status.verb, status.engine, status.data) == (
        Verb.SNAPSHOT_DATASET,
        "local",
        "/data/iris",
    )
    assert (status.state, status.is_listed) == (RunState.STOPPED, True)
    assert status.folder == run.path


def test_the_rate_is_of_what_was_done_after_the_first_part(site: Site) -> None:
    run = a_run(site, b"a", b"bcd", b"e")
    for number, second in ((0, 1000), (1, 1002)):
        run.put_result(number, b"")
        os.utime(run.path / f"done/{number:05}", (second, second))
    with run.locked():
        status = status_run(SPEC.run_id, site=site)
    assert status.state is RunState.RUNNING
    assert (status.bytes_per_s, status.seconds_left) == (1.5, 1 / 1.5)
    assert status_run(SPEC.run_id, site=site).seconds_left is None


def test_a_run_whose_work_is_done_waits_to_be_completed(site: Site) -> None:
    a_run(site, b"a").put_result(0, b"")
    assert status_run(SPEC.run_id, site=site).state is RunState.DONE


def test_a_run_whose_files_are_not_all_listed_says_so(site: Site) -> None:
    run = RunFolder.create(Path(site.run_root), SPEC)
    run.add_shard(b"a", files=1, size_bytes=1)
    run.put_result(0, b"")
    status = status_run(SPEC.run_id, site=site)
    assert (status.state, status.is_listed, status.shards) == (RunState.STOPPED, False, 1)


def test_failures_are_shown_with_the_end_of_the_log(site: Site) -> None:
    run = a_run(site, b"a", b"b")
    run.put_failure(Failure(shard=1, host="n1", job="7_0", message="no data"))
    log = "".join(f"line {number}\n\n" for number in range(9)).encode() + b"\xff\n"
    (run.path / "log/7_0.txt").write_bytes(log)
    status = status_run(SPEC.run_id, site=site)
    assert (status.state, status.failure_count) == (RunState.FAILED, 1)
    (failure,) = status.failures
    assert (failure.shard, failure.host, failure.message) == (1, "n1", "no data")
    assert failure.log == ("line 5", "line 6", "line 7", "line 8", "\ufffd")


def test_of_many_failures_20_are_shown(site: Site) -> None:
    run = a_run(site, *[b"a"] * 30)
    for number in range(30):
        run.put_failure(Failure(shard=number, host="n1", job="", message="no data"))
    status = status_run(SPEC.run_id, site=site)
    assert (len(status.failures), status.failure_count) == (20, 30)


def test_an_unknown_run_is_answered_with_those_that_are_alike(site: Site) -> None:
    a_run(site)
    with pytest.raises(RunUnknownError) as caught:
        status_run("snapshot-iris-v2", site=site)
    assert SPEC.run_id in str(caught.value.hint)
    for run_id in ("", "../x", "\x1b[31m"):
        with pytest.raises(RunUnknownError):
            status_run(run_id, site=site)


def test_all_runs_are_listed_the_oldest_first_and_damaged_ones_named(site: Site) -> None:
    assert status_runs(site=site).runs == ()
    a_run(site, run_id="b")
    spec = replace(SPEC, run_id="a", created_at="2027-01-01T00:00:00Z")
    RunFolder.create(Path(site.run_root), spec)
    (a_run(site, run_id="c").path / "run.json").write_text("x", encoding="utf-8")
    listed = status_runs(site=site)
    assert [run.run_id for run in listed.runs] == ["b", "a"]
    assert [problem.where for problem in listed.problems] == ["c"]
    assert len(listed.warnings) == 1
    with pytest.raises(RunDamagedError):
        status_run("c", site=site)


def test_where_there_is_no_slurm_the_status_of_the_jobs_is_not_known(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run = a_run(site, b"a", b"b")
    run.update(replace(run.spec, engine="slurm"))
    write_submission(run, a_submission(1), "")
    write_job_id(run, 1, "12")
    monkeypatch.setenv("PATH", str(tmp_path))
    status = status_run(SPEC.run_id, site=site)
    assert (status.state, status.jobs, len(status.warnings)) == (RunState.STOPPED, (), 1)


def test_a_folder_of_runs_that_cannot_be_read_is_explained(site: Site, tmp_path: Path) -> None:
    run = a_run(site, b"a")
    shutil.rmtree(run.path / "done")
    (run.path / "done").symlink_to("done")  # a loop
    with pytest.raises(RunError):
        status_run(SPEC.run_id, site=site)
    assert [problem.where for problem in status_runs(site=site).problems] == [SPEC.run_id]
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(RunError):
        status_runs(site=replace(site, run_root=PurePosixPath(tmp_path / "loop")))


@pytest.mark.parametrize("draft", [None, "/drafts/iris"])
def test_a_planned_version_is_made_or_its_run_removed(site: Site, draft: str | None) -> None:
    data = draft and "/data/iris"
    request = {"nickname": "iris", "is_agreed": False, "draft": draft, "data_path": data}
    run = made(Path(site.run_root), b"a", spec=replace(SPEC, request=request))
    assert status_run(SPEC.run_id, site=site).state is RunState.STOPPED
    run.put_result(0, b"")
    status = status_run(SPEC.run_id, site=site)
    assert status.state is RunState.PLANNED
    places = ", draft='/drafts/iris', data_path='/data/iris'" if draft else ""
    assert str(status.next_step) == f"snapshot_dataset('iris'{places})"
    assert str(status.removal) == f"cancel_run('{SPEC.run_id}', delete=True)"
    with run.locked():
        assert status_run(SPEC.run_id, site=site).state is RunState.DONE
    cancel_run(SPEC.run_id, delete=True, site=site)
    assert status_runs(site=site).runs == ()


def test_work_that_was_agreed_to_is_resumed(site: Site) -> None:
    request = {"nickname": "iris", "is_agreed": True}
    run = made(Path(site.run_root), b"a", spec=replace(SPEC, request=request))
    run.put_result(0, b"")
    status = status_run(SPEC.run_id, site=site)
    assert (status.state, status.removal) == (RunState.DONE, None)
    assert str(status.next_step) == f"resume_run('{SPEC.run_id}')"
