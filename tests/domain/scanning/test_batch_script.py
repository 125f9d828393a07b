"""A batch script is read as sbatch reads it."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from huggingnersc.domain.scanning.batch_script import batch_remarks
from huggingnersc.domain.scanning.sbatch_options import (
    _FLAGS,
    _OPTIONAL,
    _WITH_VALUE,
    LONG_OPTIONS,
    Value,
)
from tests.builders import JETCLASS, write_tree

if TYPE_CHECKING:
    from pathlib import Path

BASH = "#!/bin/bash\n"
# Newer than the sbatch of Debian 12, which the comparison below asks.
NEWER = {"stepmgr", "oom-kill-step", "tres-per-task", "tres-bind", "container-id", "segment"}


def messages(options: str) -> tuple[list[str], list[str]]:
    remarks = batch_remarks(f"{BASH}#SBATCH {options}\necho\n", name="job.sh")
    return [str(problem) for problem in remarks.problems], list(remarks.warnings)


@pytest.mark.parametrize(
    "options",
    [
        "-N 2", "-N2", "--nodes=2", "--nodes 2", "--nodes=2 -C gpu --qos=regular", "-HOv",
        '--job-name="two words"', "--time=10 # a comment --bogus", "hetjob", "--exclusive",
        "--exclusive=user", "--gpus-per-n=4", "-Hn 4",
    ],
)  # fmt: skip
def test_right_line_is_silent(options: str) -> None:
    assert messages(options) == ([], [])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("nodes=2", '"nodes=2" is no option'),
        ("--nodes", "--nodes needs a value"),
        ("-N", "-N needs a value"),
        ("--hold=3", "--hold takes no value"),
        ("--tim=10", "--tim is ambiguous: --time, --time-min"),
        ('--job-name="x', "never closed"),
    ],
)
def test_wrong_line_is_a_problem_with_its_line(options: str, said: str) -> None:
    ((problem,), warnings) = messages(options)
    assert problem.startswith("job.sh:2: ")
    assert said in problem
    assert warnings == []


@pytest.mark.parametrize("options", ["--nodse=2", "--nodse 2", "--image=centre/image:1", "-Z 3"])
def test_option_that_a_plugin_may_bring_is_a_warning(options: str) -> None:
    problems, (warning,) = messages(options)
    assert problems == []
    assert "unless a plugin" in warning


def test_nearest_option_is_named() -> None:
    assert "nearest: --nodes" in messages("--nodse=2")[1][0]


def test_lines_that_sbatch_ignores_are_told() -> None:
    text = f"{BASH} #SBATCH -N 1\n# SBATCH -N 1\n##SBATCH -N 1\n\necho\n#SBATCH -N 1\n"
    remarks = batch_remarks(text, name="job.sh")
    assert remarks.problems == ()
    assert [warning.partition(": ")[0] for warning in remarks.warnings] == [
        "job.sh:2",
        "job.sh:3",
        "job.sh:7",
    ]


def test_script_without_a_first_line_or_with_line_ends_of_windows_is_refused() -> None:
    (problem,) = batch_remarks("#SBATCH -N 1\necho\n", name="job.sh").problems
    assert "must begin with #!" in problem.message
    problems = batch_remarks("#!/bin/bash\n#SBATCH -N 1\r\necho\r\n", name="job.sh").problems
    assert "job.sh:2: sbatch refuses line ends of Windows (CR LF)" in map(str, problems)


def test_batch_script_of_the_example_is_right() -> None:
    text = (JETCLASS / "jetclass_batch.sh").read_text(encoding="utf-8")
    remarks = batch_remarks(text, name="jetclass_batch.sh")
    assert (remarks.problems, remarks.warnings) == ((), ())


def test_option_is_listed_under_one_kind_only() -> None:
    names = [*_FLAGS, *_OPTIONAL, *_WITH_VALUE]
    assert len(names) == len(set(names)) == len(LONG_OPTIONS)


@pytest.mark.system("slurm-client")
@pytest.mark.skipif(shutil.which("sbatch") is None, reason="sbatch is not installed")
def test_options_are_those_of_the_real_sbatch(tmp_path: Path) -> None:
    write_tree(tmp_path, {"slurm.conf": "ClusterName=x\nSlurmctldHost=localhost\n"})
    environ = {**os.environ, "SLURM_CONF": str(tmp_path / "slurm.conf")}

    def said(options: str) -> str:
        write_tree(tmp_path, {"job.sh": f"{BASH}#SBATCH {options} --zzz --zzz\necho\n"})
        done = subprocess.run(
            ["sbatch", "--test-only", tmp_path / "job.sh"],
            env=environ, capture_output=True, text=True, check=False, timeout=10,
        )  # fmt: skip
        return done.stderr

    known = {name: kind for name, kind in LONG_OPTIONS.items() if name not in NEWER}
    assert [name for name in known if f"unrecognized option '--{name}" in said(f"--{name}")] == []
    without_value = {"help", "usage", "version"}
    wrong = [
        name
        for name, kind in known.items()
        if name not in without_value
        and ("doesn't allow an argument" in said(f"--{name}=1")) != (kind is Value.NONE)
    ]
    assert wrong == []
