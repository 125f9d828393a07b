from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.engines.choice import LocalBudget, WorkProgress
from huggingnersc.adapters.engines.local import run_local
from huggingnersc.adapters.engines.local_process import started
from huggingnersc.adapters.engines.local_worker import DONE
from huggingnersc.adapters.engines.run_folder import RunFolder
from huggingnersc.adapters.inventory.shard_result import decoded
from huggingnersc.errors import RunBudgetError, RunFailedError
from tests.inventories import make_run, quiet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NO_LIMIT = LocalBudget(processes=2, seconds=None, size_bytes=None)
OTHERS: set[int] = set()  # processes of other tests, such as a Hub that a module shares


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


def add(run: RunFolder, file: Path, content: bytes = b"x") -> int:
    file.write_bytes(content)
    return run.add_shard(file.name.encode() + b"\n", files=1, size_bytes=len(content))


def test_shards_are_worked_while_they_are_listed(root: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path, root)

    def shards() -> Iterator[int]:
        for number in range(20):
            yield add(run, root / f"{number}")
            if number == 10:
                wait_until(lambda: run.is_done(0))  # though the list is not complete
                yield add(run, root / "another")

    told: list[WorkProgress] = []
    run_local(run, shards=shards(), budget=NO_LIMIT, report=told.append)
    run.seal()
    assert run.pending() == []
    done = WorkProgress(files=21, size_bytes=21, of_files=21, of_bytes=21)
    assert replace(told[-1], is_listed=True) == done  # the list may end after the last shard
    assert not told[0].is_listed


def test_a_single_shard_is_worked_here(root: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path, root)
    run_local(run, shards=[add(run, root / "0")], budget=NO_LIMIT, report=quiet)
    run.seal()
    assert run.pending() == []
    assert not (run.path / "log" / "local").exists()


def test_a_shard_that_fails_is_explained(root: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path, root)
    shards = [add(run, root / f"{number}") for number in range(2)]
    shutil.rmtree(root)
    with pytest.raises(RunFailedError):
        run_local(run, shards=shards, budget=NO_LIMIT, report=quiet)
    run.seal()
    assert run.failures()[0].message


def test_the_shard_of_a_killed_process_is_tried_again(root: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path, root)
    shards = [add(run, root / f"{number}") for number in range(30)]
    killed: list[int] = []

    def kill_one(_: WorkProgress) -> None:
        if not killed:
            killed.extend(children())
            os.kill(killed[0], signal.SIGKILL)

    run_local(run, shards=shards, budget=NO_LIMIT, report=kill_one)
    run.seal()
    assert run.pending() == []
    assert killed[0] not in children()
    assert all(decoded(run.result(number) or b"").counts.files == 1 for number in shards)


def test_a_shard_whose_process_dies_twice_is_explained(root: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path, root)
    shards = [add(run, root / f"{number}") for number in range(5)]

    def kill_all(_: WorkProgress) -> None:
        for child in children():
            os.kill(child, signal.SIGKILL)

    with pytest.raises(RunFailedError):
        run_local(run, shards=shards, budget=NO_LIMIT, report=kill_all)
    assert children() == []


def test_a_process_with_one_thread_is_copied(root: Path, tmp_path: Path) -> None:
    script = f"""
import os
from pathlib import Path
from huggingnersc.adapters.engines.local_process import started
from huggingnersc.adapters.engines.run_folder import RunFolder

process = started(RunFolder.open(Path({str(tmp_path / "run")!r})))
os.write(process.input, b"0\\n")
assert os.read(process.output, 9) == b"d"
own, its = (Path(f"/proc/{{pid}}/cmdline").read_bytes() for pid in ("self", process.pid))
print(own == its)
print(*sorted(map(int, os.listdir(f"/proc/{{process.pid}}/fd"))))
assert process.kill() == -9
"""
    run = make_run(tmp_path, root)
    add(run, root / "0")
    done = subprocess.run(
        (sys.executable, "-c", script), capture_output=True, check=True, text=True, close_fds=False
    )
    assert done.stdout.splitlines() == ["True", "0 1 2"]  # it holds no lock and no other file
    assert run.is_done(0)


def test_a_process_with_several_threads_is_not_copied(root: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path, root)
    add(run, root / "0")
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    process = started(run)
    try:
        os.write(process.input, b"0\n")
        assert os.read(process.output, 9) == DONE
        command = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        assert b"huggingnersc.adapters.engines.local_worker" in command
    finally:
        end.set()
        thread.join()
        process.kill()
    assert run.is_done(0)


def test_ctrl_c_ends_the_processes(root: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path, root)
    shards = [add(run, root / f"{number}") for number in range(5)]

    def interrupt(_: WorkProgress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_local(run, shards=shards, budget=NO_LIMIT, report=interrupt)
    assert children() == []


@pytest.mark.parametrize("budget", [{"size_bytes": 3}, {"seconds": 0}])
def test_work_beyond_the_budget_is_refused(
    root: Path, tmp_path: Path, budget: dict[str, int | None]
) -> None:
    run = make_run(tmp_path, root)
    shards = [add(run, root / f"{number}") for number in range(5)]
    limits = {"size_bytes": None, "seconds": None} | budget
    with pytest.raises(RunBudgetError):
        run_local(run, shards=shards, budget=LocalBudget(processes=2, **limits), report=quiet)
    assert children() == []


def all_children() -> set[int]:
    """Return the processes that this one has started and that have not been waited for."""
    own = Path("/proc/self/task") / str(os.getpid()) / "children"
    return set(map(int, own.read_text().split()))


@pytest.fixture(autouse=True)
def _spare_others() -> None:
    OTHERS.clear()
    OTHERS.update(all_children())


def children() -> list[int]:
    """Return the processes that this test has started and that have not been waited for."""
    return sorted(all_children() - OTHERS)


def wait_until(is_true: Callable[[], bool]) -> None:
    """Wait for something that happens soon."""
    end = time.monotonic() + 30
    while not is_true():
        assert time.monotonic() < end
        time.sleep(0.01)
