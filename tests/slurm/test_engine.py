"""The engine `slurm` on a real Slurm: what Slurm, the node or the user ends is completed later."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.engines.choice import EngineChoice
from huggingnersc.adapters.engines.run_folder import RunFolder
from huggingnersc.adapters.engines.slurm import submitted_tasks
from huggingnersc.adapters.engines.submission import submissions
from huggingnersc.api.runs.cancel_run import CancelOutcome, cancel_run
from huggingnersc.api.runs.status_run import RunState, status_run
from huggingnersc.api.versions.take_inventory import take_inventory
from huggingnersc.domain.engine_name import EngineName
from huggingnersc.domain.engine_settings import EngineSettings
from huggingnersc.errors import RunFailedError, RunPendingError
from tests.builders import make_site
from tests.conftest import ROOT
from tests.inventories import make_run, make_tree, quiet, take
from tests.slurm.submitter import gated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from huggingnersc.adapters.engines.slurm_states import TaskState
    from huggingnersc.api.runs.status_run import RunStatus
    from tests.slurm.cluster import Slurm

END_S = 60
OWN_SHARD = 256 << 20  # a file of this size is a shard of its own; all of it is one hole
SETTINGS = EngineSettings(slurm=("--time=2", "--cpus-per-task=2"), slurm_tasks=2)


@dataclass(frozen=True)
class Work:
    """The inventory of data with a few shards, to be taken by Slurm.

    Attributes:
        data: the folder of the data.
        manifest: what this machine makes of it.
        run: the run in which Slurm does the same.
        slurm: the Slurm.
    """

    data: Path
    manifest: bytes
    run: RunFolder
    slurm: Slurm

    def complete(self, *setup: str) -> bytes:
        """Let Slurm do what is left, and return the manifest."""
        return self._take(wait=True, setup=setup)

    def submit(self, *setup: str, tasks: int = 2) -> str:
        """Submit what is left and return the number of the job."""
        with pytest.raises(RunPendingError) as pending:
            self._take(wait=False, setup=setup, tasks=tasks)
        return pending.value.job_id

    def _take(self, *, wait: bool, setup: tuple[str, ...], tasks: int = 2) -> bytes:
        settings = replace(SETTINGS, slurm_setup=setup)
        choice = EngineChoice(engine=EngineName.SLURM, wait=wait, jobs=tasks, settings=settings)
        run = RunFolder.open(self.run.path)
        taken = take_inventory(self.data, run, engine=choice, progress=quiet)
        return taken.manifest.read_bytes()

    def wait_for_end(self) -> None:
        """Wait until no task is active."""
        wait_until(lambda: not any(task.is_active for task in submitted_tasks(self.run)))

    @property
    def status(self) -> RunStatus:
        site = make_site(run_root=PurePosixPath(self.run.path.parent))
        return status_run(self.run.spec.run_id, site=site)

    def worker(self) -> int:
        """Wait until a worker is at work; return its process."""
        found: list[int] = []

        def is_there() -> bool:
            run = os.fsencode(self.run.path)
            found[:] = [pid for pid, words in processes() if {run, b"--task"} <= {*words}]
            return bool(found)

        wait_until(is_there)
        return found[0]


def processes() -> Iterator[tuple[int, list[bytes]]]:
    for folder in Path("/proc").iterdir():
        with suppress(OSError):  # it has ended
            if folder.name.isdecimal():
                yield int(folder.name), (folder / "cmdline").read_bytes().split(b"\0")


def wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + END_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """Data, and the manifest that this machine makes of it."""
    folder = tmp_path_factory.mktemp("engine")
    data = folder / "data"
    make_tree(data)
    for name in ("big1", "big2", "big3"):
        (data / name).touch()
        os.truncate(data / name, OWN_SHARD)
    return data, take(data, make_run(folder / "runs", data)).manifest.read_bytes()


@pytest.fixture
def work(slurm: Slurm, data: tuple[Path, bytes], tmp_path: Path) -> Work:
    return Work(*data, make_run(tmp_path / "runs", data[0], "by-slurm"), slurm)


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """A file; as long as it is there, the tasks of `gated` wait."""
    gate = tmp_path / "gate"
    gate.touch()
    return gate


def test_slurm_makes_the_same_bytes_and_no_token_reaches_it(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    noted = work.run.path / "noted"
    setup = ("export MY_TOKEN=1", f"trap 'compgen -e > {noted}' DEBUG")
    assert work.complete(*setup) == work.manifest
    tasks = submitted_tasks(work.run)
    assert {task.state.node for task in tasks if task.state} == {"n1", "n2"}
    names = set(noted.read_text(encoding="utf-8").split())
    assert "PATH" in names
    assert not names & {"HF_TOKEN", "MY_TOKEN"}


def test_the_submitter_may_be_killed_and_its_answer_lost(work: Work, gate: Path) -> None:
    words = [sys.executable, "-m", "tests.slurm.submitter"]
    words += map(str, (work.run.path, work.data, gate))
    submitter = subprocess.Popen(words, cwd=ROOT)
    answer = work.run.path / "jobs/00001.id"
    wait_until(answer.exists)
    submitter.kill()
    submitter.wait()
    job_id = answer.read_text(encoding="ascii").strip()
    answer.unlink()  # as if it had been killed before it could note the answer
    assert {task.submission.job_id for task in submitted_tasks(work.run)} == {job_id}
    assert work.status.state is RunState.RUNNING
    gate.unlink()
    assert work.complete() == work.manifest
    assert len(submissions(work.run)) == 1


def test_a_killed_worker_is_explained_and_its_work_completed(work: Work) -> None:
    job_id = work.submit()
    os.kill(work.worker(), signal.SIGKILL)
    work.wait_for_end()
    status = work.status
    assert status.state is RunState.FAILED
    assert {failure.job.partition("_")[0] for failure in status.failures} == {job_id}
    assert work.complete() == work.manifest
    assert len(submissions(work.run)) == 2


def test_a_failed_shard_is_explained_and_the_others_are_kept(work: Work, gate: Path) -> None:
    work.submit(gated(gate))
    run = RunFolder.open(work.run.path)
    first = run.pending()[0]
    file = run.path / f"shards/{first:05}"
    file.rename(run.path / "aside")
    gate.unlink()
    with pytest.raises(RunFailedError) as failed:
        work.complete()
    assert run.spec.run_id in str(failed.value.hint)
    assert run.pending() == [first]
    (failure,) = work.status.failures
    assert (failure.shard, failure.host in {"n1", "n2"}, bool(failure.log)) == (first, True, True)
    (run.path / "aside").rename(file)
    assert work.complete() == work.manifest


def test_before_the_time_limit_the_rest_is_requeued(work: Work) -> None:
    job_id = work.submit(tasks=1)
    run = RunFolder.open(work.run.path)
    worker = work.worker()
    wait_until(lambda: bool(run.done()))
    os.kill(worker, signal.SIGSTOP)  # so that it is not done before the warning comes
    work.slurm.ask("scancel", "--signal=USR1", "--batch", f"{job_id}_0")
    time.sleep(0.2)
    os.kill(worker, signal.SIGCONT)
    wait_until(lambda: _state(work).restarts == 1 and _state(work).state == "PENDING")
    assert run.pending()
    time.sleep(2)  # a node refuses a job in the second in which it ended; Slurm waits two minutes
    work.slurm.ask("scontrol", "update", f"jobid={job_id}_0", "StartTime=now")
    assert work.complete() == work.manifest
    assert len(submissions(work.run)) == 1


def _state(work: Work) -> TaskState:
    (task,) = submitted_tasks(work.run)
    assert task.state
    return task.state


@pytest.mark.parametrize("hidden", ["data", "runs"])
def test_a_node_without_the_data_or_the_run_says_so(work: Work, hidden: str) -> None:
    folder = work.data if hidden == "data" else work.run.path.parent
    program = f"mount -t tmpfs none {folder} && exec bash $0"
    hide = (
        'if [ "$SLURMD_NODENAME" = n2 ] && [ -z "$HIDDEN" ]; then export HIDDEN=1;'
        f' exec unshare --user --map-root-user --mount bash -c "{program}" "$0"; fi'
    )
    work.submit(hide)
    work.wait_for_end()
    status = work.status
    assert status.state is RunState.FAILED
    assert {failure.host for failure in status.failures} == {"n2"}
    said = [text for failure in status.failures for text in (failure.message, *failure.log)]
    assert any(str(folder) in text for text in said)
    assert work.complete() == work.manifest


def test_a_cancelled_run_is_completed_later(work: Work, gate: Path) -> None:
    job_id = work.submit(gated(gate))
    site = make_site(run_root=PurePosixPath(work.run.path.parent))
    cancelled = cancel_run("by-slurm", site=site)
    assert (cancelled.outcome, cancelled.jobs) == (CancelOutcome.CANCELLED, (job_id,))
    assert work.status.state is RunState.FAILED
    assert work.complete() == work.manifest
    work.wait_for_end()  # a task ends a moment after its last result
    assert cancel_run("by-slurm", site=site).outcome is CancelOutcome.UNCHANGED


def test_a_refused_job_is_explained_and_forgotten(work: Work) -> None:
    settings = EngineSettings(slurm=("--partition=none",))
    run = work.run
    with pytest.raises(RunFailedError):
        take_inventory(
            work.data,
            run,
            engine=EngineChoice(engine=EngineName.SLURM, settings=settings),
            progress=quiet,
        )
    assert submissions(run) == []
