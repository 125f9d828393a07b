from __future__ import annotations

import pytest

from huggingnersc.adapters.engines.slurm_states import (
    TaskState,
    states_of_sacct,
    states_of_scontrol,
    task_numbers,
)

SCONTROL = (
    "JobId=13 ArrayJobId=12 ArrayTaskId=0 JobName=a JobState=FAILED Reason=NonZeroExitCode "
    "Dependency=(null) Requeue=1 Restarts=2 BatchFlag=1 ExitCode=7:0 NodeList=n1 "
    "Command=/run/jobs/00001.sh JobState=x\n"
    "JobId=12 ArrayJobId=12 ArrayTaskId=5-6,8%2 JobName=a JobState=PENDING Reason=Priority "
    "Restarts=0 ExitCode=0:0 NodeList=(null)\n"
)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("3", [3]), ("0-2,5,7-8%4", [0, 1, 2, 5, 7, 8]), ("", []), ("N/A", []), ("2-1", [])],
)
def test_lists_of_tasks_are_read(text: str, numbers: list[int]) -> None:
    assert list(task_numbers(text)) == numbers


def test_the_answer_of_scontrol_is_read() -> None:
    failed, *waiting = states_of_scontrol(SCONTROL)
    assert failed == TaskState(
        job_id="12",
        task=0,
        state="FAILED",
        reason="NonZeroExitCode",
        node="n1",
        exit_code="7:0",
        restarts=2,
    )
    assert [state.task for state in waiting] == [5, 6, 8]
    assert [(s.is_active, s.is_running, s.node, s.reason) for s in waiting] == [
        (True, False, "", "Priority")
    ] * 3
    assert not failed.is_active


def test_the_answer_of_sacct_is_read() -> None:
    text = "12_0|CANCELLED by 1000|0:15|n1\n12_[1-2%1]|PENDING|0:0|None assigned\n13|DONE"
    cancelled, *waiting = states_of_sacct(text)
    assert (cancelled.task, cancelled.state, cancelled.node) == (0, "CANCELLED", "n1")
    assert [state.task for state in waiting] == [1, 2]


def test_a_state_that_is_not_known_here_is_active() -> None:
    assert TaskState(job_id="1", task=0, state="STAGE_OUT").is_active


@pytest.mark.parametrize(
    ("state", "exit_code", "word"),
    [
        ("FAILED", "0:53", "folder of the run"),
        ("TIMEOUT", "0:15", "time limit"),
        ("FAILED", "7:0", "exit code 7"),
        ("FAILED", "0:9", "signal 9"),
        ("BOOT_FAIL", "", "BOOT_FAIL"),
    ],
)
def test_an_end_is_explained(state: str, exit_code: str, word: str) -> None:
    assert word in TaskState(job_id="1", task=0, state=state, exit_code=exit_code).end
