"""The cells of the job notebook where a real Slurm would have to be broken: stand-ins answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from huggingnersc.domain.catalog.scripts import Script
from tests.builders import make_entry, write_tree
from tests.odd_entries import file_of, plan_of

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = make_entry(batch_script=Script("job.sh", "#!/bin/bash\nhostname\n"), job_notebook=True)
UNKNOWN = "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1"
SILENT = "echo 'Unable to contact slurm controller' >&2; exit 1"
ARRAY = """\
JobId=13 ArrayJobId=12 ArrayTaskId=1 JobName=a StdOut=b
   UserId=me(1) GroupId=me(1) MCS_label=N/A
   JobState=COMPLETED Reason=None Dependency=(null)
   Requeue=1 Restarts=0 BatchFlag=1 Reboot=0 ExitCode=0:0
   StdErr=/x y/12_1.out
   StdIn=/dev/null
   StdOut=/x y/12_1.out

JobId=12 ArrayJobId=12 ArrayTaskId=0 JobName=a
   JobState=FAILED Reason=NonZeroExitCode Dependency=(null)
   Requeue=1 Restarts=0 BatchFlag=1 Reboot=0 ExitCode=0:9
   StdErr=/x y/12_0.err
   StdOut=/x y/12_0.out

"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An own PATH beside /usr/bin's: what the test puts there comes first."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/bin")
    return folder


def program(folder: Path, **bodies: str) -> None:
    for name, body in bodies.items():
        write_tree(folder, {name: f"#!/bin/sh\n{body}\n"})
        (folder / name).chmod(0o755)


def run_cells(work: Path, *names: str, **settings: Any) -> dict[str, Any]:
    """Run the settings, the files, the tools and then the cells `names`, in this process."""
    notebook = nbformat.reads(file_of(plan_of(ENTRY), "iris_job.ipynb"), as_version=4)
    sources = {cell.id: cell.source for cell in notebook.cells}
    names_set: dict[str, Any] = {}
    exec(sources["settings"], names_set)  # noqa: S102 - the cell we wrote
    names_set |= {"WORK_DIR": str(work), **settings}
    for name in ("files", "tools", *names):
        exec(sources[name], names_set)  # noqa: S102 - the cell we wrote
    return names_set


def stopped_by(work: Path, *names: str, **settings: Any) -> str:
    with pytest.raises(Exception, match=r"\w") as caught:
        run_cells(work, *names, **settings)
    assert type(caught.value).__name__ == "Stop"
    return str(caught.value)


def test_accounting_is_asked_when_the_queue_has_forgotten_the_job(
    programs: Path, tmp_path: Path
) -> None:
    answer = "echo 'CANCELLED by 12|0:15'"
    program(programs, squeue=UNKNOWN, scontrol=UNKNOWN, sacct=answer)
    cells = run_cells(tmp_path)
    assert cells["in_queue"]("12") == []
    state = {"job": "12", "ended": cells["endings"]("12")}
    assert cells["verdict"](state) == "Job 12: CANCELLED, exit code 0, ended by signal 15."


def test_an_end_that_no_one_knows_is_reported_as_such(
    programs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program(programs, squeue=UNKNOWN, scontrol=UNKNOWN, sacct="exit 1")
    write_tree(tmp_path, {".huggingnersc_job.json": '{"job": "12"}'})
    run_cells(tmp_path, "follow", "output")
    printed = "Job 12: has left the queue, and Slurm no longer knows how it ended.\n"
    assert capsys.readouterr().out == printed * 2


def test_a_slurm_that_does_not_answer_is_not_taken_for_an_empty_queue(
    programs: Path, tmp_path: Path
) -> None:
    program(programs, squeue=SILENT, scontrol=SILENT)
    assert run_cells(tmp_path)["in_queue"]("12") is None
    program(programs, scontrol="echo '   JobState=RUNNING Reason=None'")
    assert run_cells(tmp_path)["in_queue"]("12") == ["12 RUNNING"]
    program(programs, scontrol="echo '   JobState=TIMEOUT Reason=TimeLimit'")
    assert run_cells(tmp_path)["in_queue"]("12") == []


def test_following_goes_on_until_slurm_answers_again(
    programs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    once = f"[ -e '{tmp_path}/asked' ] && exit; touch '{tmp_path}/asked'; {SILENT}"
    program(programs, squeue=once, scontrol=SILENT, sacct="exit 1")
    write_tree(tmp_path, {".huggingnersc_job.json": '{"job": "12"}'})
    run_cells(tmp_path, "follow", POLL_S=5)
    printed = capsys.readouterr().out
    assert "Slurm does not answer; trying again\n" in printed
    assert printed.endswith(
        "Job 12: has left the queue, and Slurm no longer knows how it ended.\n"
    )


def test_the_tasks_of_an_array_are_counted_and_all_their_output_is_found(
    programs: Path, tmp_path: Path
) -> None:
    write_tree(tmp_path, {"array": ARRAY})
    program(programs, scontrol=f"cat '{tmp_path}/array'", squeue="exit 0")
    cells = run_cells(tmp_path)
    state = {"job": "12", "ended": cells["endings"]("12")}
    assert cells["verdict"](state) == (
        "Job 12: COMPLETED, exit code 0; FAILED, exit code 0, ended by signal 9."
    )
    write_tree(tmp_path, {".huggingnersc_job.json": '{"job": "12"}'})
    files = ["/x y/12_1.out", "/x y/12_0.out", "/x y/12_0.err"]
    assert sorted(cells["remember"]("12")["outputs"]) == sorted(files)
    twice = {"job": "12", "ended": [["COMPLETED", "0:0"]] * 7}
    assert cells["verdict"](twice) == "Job 12: COMPLETED, exit code 0 (7 tasks)."


def test_the_job_gets_neither_tokens_of_the_server_nor_traces_of_another_job(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {"SLURM_CONF": "/etc/slurm.conf", "SCRATCH": "/scratch", "SBATCH_ACCOUNT": "m1"}
    dropped = ("JUPYTERHUB_API_TOKEN", "JPY_SESSION_NAME", "SLURM_JOB_ID", "MPLBACKEND", "PMI_FD")
    for name, value in [*kept.items(), *((name, "x") for name in dropped)]:
        monkeypatch.setenv(name, value)
    program(programs, sbatch=f"/usr/bin/env > '{tmp_path}/seen'; echo '12;cluster'", squeue="")
    cells = run_cells(tmp_path / "work", "submit")
    assert cells["read_state"]()["job"] == "12"
    seen = dict(line.split("=", 1) for line in (tmp_path / "seen").read_text().splitlines())
    assert kept.items() <= seen.items()
    assert not set(dropped) & set(seen)


def test_options_and_arguments_reach_sbatch_word_by_word(programs: Path, tmp_path: Path) -> None:
    program(programs, sbatch=f"printf '%s\\n' \"$@\" > '{tmp_path}/seen'; echo 12", squeue="")
    words = ["--comment=a b; $(id)", "--nodes=4"]
    run_cells(tmp_path / "work", "submit", ACCOUNT="m1", QOS="debug", SBATCH_OPTIONS=words,
              ARGUMENTS=["/a b", 7])  # fmt: skip
    seen = (tmp_path / "seen").read_text().splitlines()
    assert seen == ["--parsable", "--account=m1", "--qos=debug", *words, "job.sh", "/a b", "7"]


def test_options_in_one_text_are_refused_before_sbatch_sees_them(
    programs: Path, tmp_path: Path
) -> None:
    program(programs, sbatch=f"touch {tmp_path}/seen", squeue="")
    printed = stopped_by(tmp_path / "work", "submit", SBATCH_OPTIONS="--nodes=4")
    assert printed == 'SBATCH_OPTIONS and ARGUMENTS are lists of words, such as ["--nodes=4"].'
    assert not (tmp_path / "seen").exists()


def test_a_file_that_was_changed_in_the_folder_is_kept_beside_ours(
    programs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program(programs, sbatch="echo 12", squeue="")
    write_tree(tmp_path, {"job.sh": "#!/bin/bash\nmine\n"})
    run_cells(tmp_path, "submit")
    (kept,) = tmp_path.glob("job.sh.*")
    assert kept.read_text() == "#!/bin/bash\nmine\n"
    assert kept.name in capsys.readouterr().out
    assert (tmp_path / "job.sh").read_text().endswith("hostname\n")
    run_cells(tmp_path, "submit", SUBMIT_AGAIN=True)
    assert list(tmp_path.glob("job.sh.*")) == [kept]


def test_a_folder_that_cannot_be_used_is_reported(programs: Path, tmp_path: Path) -> None:
    program(programs, sbatch="echo 12", squeue="")
    write_tree(tmp_path, {"a file": ""})
    printed = stopped_by(tmp_path / "a file" / "work", "submit")
    assert "WORK_DIR" in printed


def test_a_damaged_state_file_is_reported(programs: Path, tmp_path: Path) -> None:
    write_tree(tmp_path, {".huggingnersc_job.json": "{"})
    assert stopped_by(tmp_path, "submit").endswith("Delete it to start again.")


def test_following_without_a_job_says_what_to_do(programs: Path, tmp_path: Path) -> None:
    printed = stopped_by(tmp_path, "follow")
    assert printed == "No job was submitted from this folder: run the cells above."


def test_a_long_output_is_shown_from_its_end_and_says_so(tmp_path: Path, programs: Path) -> None:
    file = tmp_path / "out"
    write_tree(tmp_path, {"out": "a" * 90 + "é" * 5})
    text_from = run_cells(tmp_path)["text_from"]
    assert text_from(file, 0, 10) == (f"[90 bytes omitted; see {file}]\n{'é' * 5}", 100)
    assert text_from(file, 96, 10) == ("éé", 100)
    assert text_from(file, 100, 10) == ("", 100)
    assert text_from(file, 200, 200)[0].startswith("aaa")  # written again since
    assert text_from(tmp_path / "none", 0, 10) == ("", 0)
    assert text_from("/dev/zero", 0, 10) == ("", 0)
