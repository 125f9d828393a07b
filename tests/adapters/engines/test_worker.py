from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.adapters.engines import shard_work, worker
from huggingnersc.adapters.engines.submission import Submission, write_submission
from tests.adapters.engines.test_run_folder import made

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from huggingnersc.adapters.engines.run_folder import RunFolder


def upper(arguments: Mapping[str, Any], items: bytes) -> bytes:
    if items == b"bad":
        raise ValueError("it is\nbad")
    if items.startswith(b"warn"):
        signal.raise_signal(signal.SIGUSR1)
    if items.endswith(b"slow"):
        time.sleep(5)
    return f"{arguments['root']} ".encode() + items.upper()


@pytest.fixture(autouse=True)
def tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(shard_work.TASKS, "hash", f"{__name__}:upper")


def task_of(run: RunFolder, root: Path | str, shards: list[int], *, inode: int = 0) -> int:
    """Work an array task with these shards."""
    submission = Submission(
        number=1, name="x", tasks=(tuple(shards),), root=str(root), root_inode=inode
    )
    write_submission(run, submission, "")
    return worker.main(["--run", str(run.path), "--submission", "1", "--task", "0"])


def test_the_worker_makes_the_results_of_its_shards(tmp_path: Path) -> None:
    run = made(tmp_path, b"a", b"b", b"c")
    assert worker.main(["--run", str(run.path), "--shard", "2"]) == 0
    assert run.result(2) == b"/data/iris C"
    assert run.pending() == [0, 1]


def test_a_failed_shard_leaves_its_reason_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLURM_ARRAY_JOB_ID", "12")
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "3")
    run = made(tmp_path, b"bad", b"b")
    assert task_of(run, "", [0, 1]) == 1
    assert run.pending() == [0]
    (failure,) = run.failures()
    assert (failure.shard, failure.job) == (0, "12_3")
    assert failure.message == "ValueError: it is bad"


def test_a_node_without_the_data_says_so_for_each_shard(tmp_path: Path) -> None:
    run = made(tmp_path, b"a", b"b")
    assert task_of(run, tmp_path / "missing", [0, 1], inode=7) == 1
    assert [failure.shard for failure in run.failures()] == [0, 1]
    assert str(tmp_path / "missing") in run.failures()[0].message


def test_an_empty_folder_in_the_place_of_the_data_is_not_taken_for_it(tmp_path: Path) -> None:
    run = made(tmp_path / "runs", b"a")
    data = tmp_path / "data"
    data.mkdir()
    assert task_of(run, data, [0], inode=data.stat().st_ino + 1) == 1
    assert run.pending() == [0]
    assert task_of(run, data, [0], inode=data.stat().st_ino) == 0
    assert run.pending() == []


def test_a_worker_of_an_unknown_run_explains_itself(tmp_path: Path) -> None:
    assert worker.main(["--run", str(tmp_path / "none"), "--shard", "0"]) == 1


@pytest.mark.parametrize("shards", [[0], [0, 1]])
def test_after_the_warning_a_shard_is_completed_and_the_rest_requeued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shards: list[int]
) -> None:
    requeued = requeues(monkeypatch)
    run = made(tmp_path, b"warn", b"b")
    assert task_of(run, "", shards) == 0
    assert run.pending() == [1]
    assert requeued == [("12", "3")] * (len(shards) - 1)


@pytest.mark.parametrize(("restarts", "code", "requeues_made"), [("0", 0, 1), ("1", 1, 0)])
def test_a_shard_that_takes_too_long_is_begun_twice_and_then_explained(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    restarts: str,
    code: int,
    requeues_made: int,
) -> None:
    requeued = requeues(monkeypatch)
    monkeypatch.setenv("SLURM_RESTART_COUNT", restarts)
    monkeypatch.setattr(
        signal, "alarm", lambda s: s and signal.setitimer(signal.ITIMER_REAL, 0.01)
    )
    run = made(tmp_path, b"warn slow", b"b")
    assert task_of(run, "", [0, 1]) == code
    assert run.pending() == [0, 1]
    assert len(requeued) == requeues_made
    assert [failure.shard for failure in run.failures()] == [0] * code


def requeues(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What is given to `scontrol requeue` from here on, by the task 12_3."""
    found: list[tuple[str, str]] = []
    monkeypatch.setattr(worker, "requeue_task", lambda *words: found.append(words))
    monkeypatch.setenv("SLURM_ARRAY_JOB_ID", "12")
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "3")
    return found
