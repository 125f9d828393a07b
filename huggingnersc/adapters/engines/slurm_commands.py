"""The commands of Slurm, with an environment that holds no token."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

from huggingnersc.adapters.engines.slurm_states import states_of_sacct, states_of_scontrol
from huggingnersc.domain.text.redact import redact
from huggingnersc.domain.text.terminal import visible
from huggingnersc.errors import RunError, RunFailedError

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.adapters.engines.slurm_states import TaskState

_PASSED_ON = {
    *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ"),
    *("LD_LIBRARY_PATH", "SLURM_CONF"),
}
_TIMEOUT_S = 60
_UNKNOWN_JOB = "Invalid job id"
_JOB_ID = re.compile(r"[0-9]+")
_SACCT_FIELDS = "--format=JobID,State,ExitCode,NodeList"


class SlurmSilentError(RunError):
    """Slurm did not answer; what it does is not known."""


def submit_array(script: Path, *, name: str, tasks: int, at_a_time: int, folder: Path) -> str:
    """Submit a batch script as an array job and return its number.

    Raises:
        RunFailedError: Slurm refused it.
        SlurmSilentError: there was no answer; the job may have been submitted.
    """
    log = str(folder / "log").replace("%", "%%")
    done = _run(
        "sbatch",
        "--parsable",
        f"--job-name={name}",
        f"--array=0-{tasks - 1}%{at_a_time}",
        "--requeue",
        "--open-mode=append",
        "--signal=B:USR1@120",
        f"--chdir={folder}",
        f"--output={log}/%A_%a.txt",
        str(script),
    )
    job_id = done.stdout.strip().partition(";")[0]  # a cluster's name may follow
    if done.returncode == 0 and _JOB_ID.fullmatch(job_id):
        return job_id
    raise RunFailedError(
        f"Slurm refused the job: {_said(done)}",
        hint="Check engine.slurm in the site profile (docs/sites.md), and SBATCH_ACCOUNT.",
    )


def find_job(name: str) -> str:
    """Return the number of the job of this name; empty where there is none.

    Raises:
        SlurmSilentError: there was no answer.
    """
    done = _run("squeue", "--noheader", "--states=all", f"--name={name}", "--format=%A|%F")
    if done.returncode != 0:
        raise _silent("squeue", done)
    found = {line.partition("|")[2].strip() for line in done.stdout.splitlines()}
    return min(filter(_JOB_ID.fullmatch, found), default="") or _job_of_accounting(name)


def task_states(job_id: str) -> list[TaskState]:
    """Return the states of the tasks of an array job; none where Slurm has forgotten it.

    Raises:
        SlurmSilentError: there was no answer.
    """
    done = _run("scontrol", "--oneliner", "show", "job", job_id)
    if done.returncode == 0:
        return states_of_scontrol(done.stdout)
    if _UNKNOWN_JOB not in done.stderr:
        raise _silent("scontrol", done)
    text = _accounting(f"--jobs={job_id}", "--array", _SACCT_FIELDS)
    return [replace(state, job_id=job_id) for state in states_of_sacct(text)]


def cancel_job(job_id: str) -> None:
    """Cancel a job; nothing happens where it has ended.

    Raises:
        RunFailedError: Slurm refused.
        SlurmSilentError: there was no answer.
    """
    done = _run("scancel", job_id)
    if done.returncode != 0 and _UNKNOWN_JOB not in done.stderr:
        raise RunFailedError(f"Slurm did not cancel the job {job_id}: {_said(done)}")


def requeue_task(job_id: str, task: str) -> None:
    """Put a task back into the queue; if it runs, Slurm ends it.

    Raises:
        RunFailedError: Slurm refused.
        SlurmSilentError: there was no answer.
    """
    done = _run("scontrol", "requeue", f"{job_id}_{task}")
    if done.returncode != 0:
        raise RunFailedError(f"Slurm did not requeue the task {job_id}_{task}: {_said(done)}")


def slurm_environment() -> dict[str, str]:
    """Return the environment of the commands, and so of the jobs: no token, no open job.

    SBATCH_* are options of `sbatch` that the user has set for all jobs.
    """
    own = {name: value for name, value in os.environ.items() if name.startswith("SBATCH_")}
    return own | {name: os.environ[name] for name in _PASSED_ON if name in os.environ}


def _job_of_accounting(name: str) -> str:
    text = _accounting(f"--name={name}", "--format=JobID")
    return min((line.partition("_")[0] for line in text.split()), default="")


def _accounting(*options: str) -> str:
    """Return what `sacct` knows; empty at a site that keeps no accounts of jobs."""
    try:
        done = _run("sacct", "--noheader", "--parsable2", "--allocations", *options)
    except RunError:
        return ""
    return done.stdout if done.returncode == 0 else ""


def _run(program: str, *words: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            (program, *words),
            env=slurm_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="backslashreplace",
            timeout=_TIMEOUT_S,
            start_new_session=True,  # so that Ctrl-C does not lose its answer
            check=False,
        )
    except FileNotFoundError as error:
        raise RunError(
            f"There is no program {program} on this machine, so it has no Slurm.",
            hint="Do the work on this machine (engine local), or go to a machine with Slurm.",
        ) from error
    except subprocess.TimeoutExpired as error:
        raise SlurmSilentError(f"Slurm did not answer {program} in {_TIMEOUT_S} s.") from error


def _silent(program: str, done: subprocess.CompletedProcess[str]) -> SlurmSilentError:
    return SlurmSilentError(
        f"Slurm did not answer {program}: {_said(done)}",
        hint="Try again later; nothing that is done is lost.",
    )


def _said(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stderr or done.stdout).strip().splitlines() or [f"exit code {done.returncode}"]
    return redact(visible(" ".join(line.strip() for line in lines)[:500]))
