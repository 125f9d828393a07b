from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.adapters.engines.run_folder import ShardSize
from huggingnersc.adapters.engines.submission import (
    MOST_TASKS,
    Submission,
    submissions,
    tasks_of,
    write_job_id,
    write_submission,
)
from huggingnersc.errors import RunDamagedError
from tests.adapters.engines.test_run_folder import made

if TYPE_CHECKING:
    from pathlib import Path

SIZES = st.dictionaries(
    st.integers(0, 10**5),
    st.builds(ShardSize, st.integers(0, 5000), st.integers(0, 10**13)),
    min_size=1,
    max_size=50,
)


@given(SIZES, st.integers(1, 40))
def test_every_shard_is_in_one_task_and_no_task_is_empty(
    sizes: dict[int, ShardSize], at_a_time: int
) -> None:
    tasks = tasks_of(sizes, at_a_time=at_a_time)
    assert sorted(shard for task in tasks for shard in task) == sorted(sizes)
    assert all(tasks)
    assert len(tasks) >= min(len(sizes), at_a_time)


def test_an_array_has_at_most_1000_tasks_of_the_same_work() -> None:
    sizes = {number: ShardSize(1, 10**12) for number in range(2500)}
    tasks = tasks_of(sizes, at_a_time=8)
    assert len(tasks) == MOST_TASKS
    assert {len(task) for task in tasks} == {2, 3}


def test_little_work_makes_as_many_tasks_as_run_at_a_time() -> None:
    sizes = {number: ShardSize(10, 10**6) for number in range(100)}
    assert [len(task) for task in tasks_of(sizes, at_a_time=4)] == [25] * 4


def test_tasks_are_balanced_by_bytes() -> None:
    sizes = {0: ShardSize(1, 9 * 10**9), **{n: ShardSize(1, 10**9) for n in range(1, 10)}}
    assert tasks_of(sizes, at_a_time=2) == ((0,), tuple(range(1, 10)))


def a_submission(number: int) -> Submission:
    return Submission(
        number=number, name=f"x.{number}", tasks=((0,), (1,)), root="/data", root_inode=7
    )


def test_submissions_are_read_as_they_were_written(tmp_path: Path) -> None:
    run = made(tmp_path, b"a", b"b")
    assert submissions(run) == []
    script = write_submission(run, a_submission(1), "#!/bin/bash\n")
    write_submission(run, a_submission(2), "")
    write_job_id(run, 2, "12")
    assert script.read_text(encoding="utf-8") == "#!/bin/bash\n"
    first, second = submissions(run)
    assert first == a_submission(1)
    assert (second.number, second.job_id) == (2, "12")


def test_a_damaged_submission_is_explained(tmp_path: Path) -> None:
    run = made(tmp_path)
    write_submission(run, a_submission(1), "")
    (run.path / "jobs/00001.json").write_text("{}", encoding="utf-8")
    with pytest.raises(RunDamagedError):
        submissions(run)
