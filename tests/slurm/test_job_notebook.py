"""The notebook that runs a batch job, executed against a real Slurm of two nodes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from huggingnersc.domain.planned_file import PlannedFile
from tests.builders import write_tree
from tests.slurm.conftest import JobNotebook

if TYPE_CHECKING:
    from tests.conftest import RunCommand
    from tests.slurm.cluster import Slurm

pytestmark = pytest.mark.system("slurm")

RANKS = Path(__file__).parent / "ranks"
LINK = "https://portal.nersc.gov/cfs/dasrepo/ranks"


@pytest.fixture
def notebook(run: RunCommand, slurm: Slurm, tmp_path: Path) -> JobNotebook:
    """The distributed stand-in, cataloged with its job notebook."""
    loader, metadata = RANKS / "ranks_loader.py", RANKS / "ranks_metadata.json"
    command = "catalog-new-dataset --json --job-notebook Ranks ranks"
    done = run(command, loader, LINK, metadata, RANKS / "ranks_batch.sh", "True")
    assert done.code == 0, done.err
    return JobNotebook(Path(json.loads(done.out)["job_notebook"]), tmp_path / "the job", slurm)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_tree(tmp_path, {"numbers.txt": "\n".join(map(str, range(1000)))}) / "numbers.txt"


def test_the_notebook_runs_the_loader_on_two_nodes_and_shows_what_it_printed(
    notebook: JobNotebook, data: Path
) -> None:
    done = notebook.run(ARGUMENTS=[str(data)])
    assert done.ended_by is None
    number = notebook.state()["job"]
    assert done.shown["submit"] == f"Job {number} is submitted from {notebook.work}.\n"
    assert done.shown["follow"].endswith(f"Job {number}: COMPLETED, exit code 0.\n")
    assert done.shown["output"] == (
        f"Job {number}: COMPLETED, exit code 0.\n"
        f"--- {notebook.work}/ranks-{number}.out\n"
        "world size 2, on the nodes n1, n2\n"
        "1000 examples, each read once\n\n"
    )
    assert done.shown["cancel"] == f"Job {number} was not canceled.\n"


def test_the_job_gets_the_files_as_they_are_on_the_hub(notebook: JobNotebook) -> None:
    notebook.run(until="submit", SBATCH_OPTIONS=["--hold"])
    record = json.loads((notebook.file.parent / "ranks_info.json").read_text(encoding="utf-8"))
    on_hub = {path: file["git_oid"] for path, file in record["hub_files"].items()}
    of_job = {
        file.name: PlannedFile(file.name, file.read_bytes()).git_oid
        for file in notebook.work.glob("[!.]*")
    }
    assert sorted(of_job) == ["ranks_batch.sh", "ranks_loader.py"]
    assert of_job.items() <= on_hub.items()


def test_a_failed_job_is_reported_with_its_exit_code_and_its_last_words(
    notebook: JobNotebook,
) -> None:
    done = notebook.run(ARGUMENTS=["/no/numbers.txt"])
    assert done.ended_by is None
    number = notebook.state()["job"]
    assert done.shown["follow"].endswith(f"Job {number}: FAILED, exit code 7.\n")
    assert "there is no data: /no/numbers.txt\n" in done.shown["output"]


def test_a_second_run_finds_the_job_and_submits_none_unless_asked(
    notebook: JobNotebook, data: Path
) -> None:
    notebook.run(until="submit", ARGUMENTS=[str(data)])
    before = notebook.slurm.job_ids()
    number = notebook.state()["job"]
    second = notebook.run(ARGUMENTS=[str(data)])
    assert second.shown["submit"].startswith(f"Job {number} was submitted from {notebook.work}")
    assert "each read once" in second.shown["output"]
    third = notebook.run(ARGUMENTS=[str(data)])  # Slurm is not even asked for its end
    assert third.shown["follow"] == f"Job {number}: COMPLETED, exit code 0.\n"
    assert third.shown["output"] == second.shown["output"]
    assert notebook.slurm.job_ids() == before
    notebook.run(until="submit", SUBMIT_AGAIN=True, SBATCH_OPTIONS=["--hold"])
    assert len(notebook.slurm.job_ids()) == len(before) + 1


def test_a_run_that_was_cut_off_before_it_could_note_the_job_finds_it_in_the_queue(
    notebook: JobNotebook,
) -> None:
    notebook.run(until="submit", SBATCH_OPTIONS=["--hold"])
    number, before = notebook.state()["job"], notebook.slurm.job_ids()
    notebook.state_file.unlink()
    again = notebook.run(until="submit")
    assert f"Job {number} was submitted" in again.shown["submit"]
    assert notebook.slurm.job_ids() == before


def test_stopping_the_cell_that_follows_leaves_the_job_and_cancelling_must_be_asked_for(
    notebook: JobNotebook,
) -> None:
    held = notebook.interrupted("follow", SBATCH_OPTIONS=["--hold"])
    number = notebook.state()["job"]
    assert f"{number} PENDING (JobHeldUser)" in held.shown["follow"]
    assert f"Job {number} continues; run this cell again" in held.shown["follow"]
    assert "was in the queue when last checked" in held.shown["output"]
    assert held.shown["cancel"] == f"Job {number} was not canceled.\n"
    assert number in notebook.slurm.ask("squeue", "--noheader", "--format=%A")
    last = notebook.interrupted("follow", last="CANCEL = True")
    assert f"Job {number} is canceled.\n" in last.shown["cancel"]
    assert number not in notebook.slurm.ask("squeue", "--noheader", "--format=%A").split()
    assert (
        notebook.run(until="follow")
        .shown["follow"]
        .endswith(f"Job {number}: CANCELLED, exit code 0.\n")
    )


def test_a_queue_that_does_not_answer_is_asked_in_another_way(
    notebook: JobNotebook, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = "#!/bin/sh\necho 'Socket timed out on send/recv operation' >&2\nexit 1\n"
    programs = write_tree(tmp_path / "bin", {"squeue": broken})
    (programs / "squeue").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    done = notebook.run(ARGUMENTS=[str(data)])
    assert done.shown["follow"].endswith(": COMPLETED, exit code 0.\n")
    assert "each read once" in done.shown["output"]


def test_without_sbatch_the_notebook_ends_with_one_sentence(
    notebook: JobNotebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = notebook.run()
    assert (
        done.text
        == done.ended_by
        == (
            "There is no sbatch on this machine, so no job can be submitted. "
            "Open the notebook where Slurm is available: on a login node or the center's Jupyter."
        )
    )
    assert not notebook.work.exists()


def test_a_refusal_of_sbatch_is_one_sentence_with_its_reason(
    notebook: JobNotebook, tmp_path: Path
) -> None:
    trap = tmp_path / "made by a shell"
    done = notebook.run(QOS="none such", SBATCH_OPTIONS=[f"--partition=$(touch '{trap}')"])
    assert not trap.exists()
    assert done.text == done.ended_by
    assert (done.ended_by or "").startswith("sbatch rejected the job (error: invalid partition")
    assert (done.ended_by or "").endswith("Fix the settings and run all cells again.")
    assert not notebook.state_file.exists()
