from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.adapters.engines import worker
from huggingnersc.errors import RunFailedError
from tests.adapters.engines.test_run_folder import made

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def upper(arguments: Mapping[str, Any], items: bytes) -> bytes:
    if items == b"bad":
        raise ValueError("it is\nbad")
    return f"{arguments['root']} ".encode() + items.upper()


@pytest.fixture(autouse=True)
def tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(worker.TASKS, "hash", f"{__name__}:upper")


def test_the_worker_makes_the_results_of_its_shards(tmp_path: Path) -> None:
    run = made(tmp_path, b"a", b"b", b"c")
    assert worker.main(["--run", str(run.path), "--shard", "2", "--shard", "0"]) == 0
    assert run.result(2) == b"/data/iris C"
    assert run.pending() == [1]


def test_a_shard_that_is_done_is_not_worked_again(tmp_path: Path) -> None:
    run = made(tmp_path, b"a")
    run.put_result(0, b"known")
    worker.work_shard(run, 0)
    assert run.result(0) == b"known"


def test_a_failed_shard_leaves_its_reason_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLURM_ARRAY_JOB_ID", "12")
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "3")
    run = made(tmp_path, b"bad", b"b")
    assert worker.main(["--run", str(run.path), "--shard", "0", "--shard", "1"]) == 1
    assert run.pending() == [0]
    (failure,) = run.failures()
    assert (failure.shard, failure.job) == (0, "12_3")
    assert failure.message == "ValueError: it is bad"


def test_a_failure_reaches_the_caller(tmp_path: Path) -> None:
    with pytest.raises(RunFailedError):
        worker.work_shard(made(tmp_path, b"bad"), 0)
