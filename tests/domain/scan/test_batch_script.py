"""A batch script is read as sbatch reads it."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from huggingnersc.domain.scan.batch_script import check_batch_script
from huggingnersc.domain.scan.sbatch import (
    _FLAGS,
    _OF_SHIFTER,
    _OPTIONAL,
    _WITH_VALUE,
    LONG_OPTIONS,
    TakesValue,
)
from tests.builders import JETCLASS, write_tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Golden

BASH = "#!/bin/bash\n"
# Newer than the sbatch of Debian 12, which the comparison below asks.
NEWER = {"stepmgr", "oom-kill-step", "tres-per-task", "tres-bind", "container-id", "segment"}


needs_sbatch = pytest.mark.skipif(shutil.which("sbatch") is None, reason="sbatch is not installed")


def messages(options: str) -> tuple[list[str], list[str]]:
    report = check_batch_script(f"{BASH}#SBATCH {options}\necho\n", name="job.sh")
    return [str(problem) for problem in report.problems], list(report.warnings)


WRONG = {
    "nodes=2": "nodes=2",
    "--nodes": "--nodes",
    "-N": "-N",
    "--hold=3": "--hold",
    "--tim=10": "--time, --time-min",
    '--job-name="x': "",
    "-t1h": "--time",
}
UNKNOWN = ["--nodse=2", "--nodse 2", "--imgae=center/image:1", "-Z 3"]
IGNORED = f"{BASH} #SBATCH -N 1\n# SBATCH -N 1\n##SBATCH -N 1\n\necho\n#SBATCH -N 1\n"
NO_FIRST_LINE = "#SBATCH -N 1\necho\n"
WINDOWS = "#!/bin/bash\n#SBATCH -N 1\r\necho\r\n"


def test_every_message_reads_like_this(golden: Golden) -> None:
    lines = [line for words in (*WRONG, *UNKNOWN) for kind in messages(words) for line in kind]
    for text in (IGNORED, NO_FIRST_LINE, WINDOWS):
        report = check_batch_script(text, name="job.sh")
        lines += [*map(str, report.problems), *report.warnings]
    golden("messages/batch_script.txt", "".join(f"{line}\n" for line in lines))


@pytest.mark.parametrize(
    "options",
    [
        "-N 2", "-N2", "--nodes=2", "--nodes 2", "--nodes=2 -C gpu --qos=regular", "-HOv",
        '--job-name="two words"', "--time=10 # a comment --bogus", "hetjob", "--exclusive",
        "--exclusive=user", "--gpus-per-n=4", "-Hn 4", "--image=docker:center/image:1",
        "--image center/image --module=gpu,nccl", '--volume="/a:/b"', "--ccm",
    ],
)  # fmt: skip
def test_right_line_is_silent(options: str) -> None:
    assert messages(options) == ([], [])


@pytest.mark.parametrize(("options", "named"), WRONG.items())
def test_wrong_line_is_a_problem_with_its_line(options: str, named: str) -> None:
    ((problem,), warnings) = messages(options)
    assert problem.startswith("job.sh:2: ")
    assert named in problem
    assert warnings == []


@pytest.mark.parametrize("options", UNKNOWN)
def test_option_that_a_plugin_may_add_is_a_warning(options: str) -> None:
    problems, (warning,) = messages(options)
    assert problems == []
    assert warning.startswith(f"job.sh:2: {options[:3]}".rstrip())


def test_nearest_option_is_named() -> None:
    assert " --nodes)" in messages("--nodse=2")[1][0]


def test_lines_that_sbatch_ignores_are_reported() -> None:
    report = check_batch_script(IGNORED, name="job.sh")
    assert report.problems == ()
    assert [warning.partition(": ")[0] for warning in report.warnings] == [
        "job.sh:2",
        "job.sh:3",
        "job.sh:7",
    ]


def test_script_without_a_first_line_or_with_windows_line_endings_is_rejected() -> None:
    (problem,) = check_batch_script(NO_FIRST_LINE, name="job.sh").problems
    assert problem.where == "job.sh:1"
    (problem, *_) = check_batch_script(WINDOWS, name="job.sh").problems
    assert problem.where == "job.sh:2"


def test_batch_script_of_the_example_is_right() -> None:
    text = (JETCLASS / "jetclass_batch.sh").read_text(encoding="utf-8")
    report = check_batch_script(text, name="jetclass_batch.sh")
    assert (report.problems, report.warnings) == ((), ())


def test_option_is_listed_under_one_kind_only() -> None:
    names = [*_FLAGS, *_OPTIONAL, *_WITH_VALUE, *_OF_SHIFTER]
    assert len(names) == len(set(names)) == len(LONG_OPTIONS)


@pytest.fixture
def sbatch_output(tmp_path: Path) -> Callable[[str], str]:
    """Return what the real sbatch prints for options; the last one it reads it rejects."""
    write_tree(tmp_path, {"slurm.conf": "ClusterName=x\nSlurmctldHost=localhost\n"})
    environ = {**os.environ, "SLURM_CONF": str(tmp_path / "slurm.conf")}

    def ask(options: str) -> str:
        write_tree(tmp_path, {"job.sh": f"{BASH}#SBATCH {options} --zzz --zzz\necho\n"})
        done = subprocess.run(
            ["sbatch", "--test-only", tmp_path / "job.sh"],
            env=environ, capture_output=True, text=True, check=False, timeout=10,
        )  # fmt: skip
        return done.stderr

    return ask


@pytest.mark.system("slurm-client")
@needs_sbatch
def test_options_are_those_of_the_real_sbatch(sbatch_output: Callable[[str], str]) -> None:
    unknown = NEWER | _OF_SHIFTER.keys()
    known = {name: kind for name, kind in LONG_OPTIONS.items() if name not in unknown}
    unrecognized = [
        name for name in known if f"unrecognized option '--{name}" in sbatch_output(f"--{name}")
    ]
    assert unrecognized == []
    without_value = {"help", "usage", "version"}
    wrong = [
        name
        for name, kind in known.items()
        if name not in without_value
        and ("doesn't allow an argument" in sbatch_output(f"--{name}=1"))
        != (kind is TakesValue.NO)
    ]
    assert wrong == []


VALUES = {
    "time": [
        "30", "1:2", "00:30:00", "1-0", "1-2:3", "1-00:00:00", "1-", "INFINITE", "unlimited", "-5",
        "99:99:99:99", "abc", "1h", "1-2-3", "1.5", ":30", "",
    ],
    "nodes": ["2", "1-3", "1k", "0", "2-4", "two", "", "-1x"],
    "ntasks": ["4", "+3", "x", "0", "-3", "4.5", "4k", "0x4", ""],
    "cpus-per-task": ["8", "0", "8x"],
    "mem": ["10G", "10g", "10GB", "0", "1T", "10X", "abc", "1.5G", "1P", "-1", "UNLIMITED"],
    "tmp": ["10G", "x"],
}  # fmt: skip


@pytest.mark.system("slurm-client")
@needs_sbatch
@pytest.mark.parametrize("option", VALUES)
def test_values_are_rejected_that_the_real_sbatch_rejects(
    option: str, sbatch_output: Callable[[str], str]
) -> None:
    for value in VALUES[option]:
        is_accepted = "unrecognized option '--zzz" in sbatch_output(f"--{option}={value}")
        assert (messages(f"--{option}={value}")[0] == []) == is_accepted, value
        if value:
            assert (messages(f"--{option} {value}")[0] == []) == is_accepted, value


def test_rejected_values_are_reported_with_what_is_allowed() -> None:
    (time,), _ = messages("-t1h")
    assert time.startswith('job.sh:2: --time is "1h"')
    assert "HH:MM:SS" in time
    assert len(messages("-N two --ntasks=x -c 0 --mem=1.5G")[0]) == 4
    assert messages("-N2 -t30 --nodes=1,3-5 --gpus-per-node=a100:4")[0] == []
