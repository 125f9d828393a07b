from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "jetclass"
BATCH = EXAMPLE / "jetclass_batch.sh"


def run_batch(tmp_path: Path, *arguments: str) -> list[str]:
    """Run the batch script with a stand-in for srun that prints what it was asked to start."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "scontrol").write_text("#!/bin/sh\nprintf 'nid001\\nnid002\\n'\n", "utf-8")
    (programs / "srun").write_text('#!/bin/sh\necho "$*" at $MASTER_ADDR:$MASTER_PORT\n', "utf-8")
    for program in programs.iterdir():
        program.chmod(0o755)
    slurm = {"SLURM_JOB_ID": "12345", "SLURM_JOB_NODELIST": "nid[001-002]"}
    functions = {f"BASH_FUNC_{name}%%": "() { :; }" for name in ("module", "conda")}
    done = subprocess.run(
        ["bash", str(BATCH), *arguments],
        env={"PATH": f"{programs}:{os.environ['PATH']}", "SLURM_CPUS_PER_TASK": "32"}
        | slurm
        | functions,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.split()


def test_the_batch_script_starts_the_loader_on_every_task_with_one_meeting_point(
    tmp_path: Path,
) -> None:
    words = run_batch(tmp_path, "/data/jets")

    assert words == [
        "--cpus-per-task=32",
        "--kill-on-bad-exit=1",
        *["python", "jetclass_loader.py", "/data/jets", "--workers", "8"],
        *["at", "nid001:22345"],
    ]


def test_the_batch_script_reads_the_copy_on_the_portal_when_no_folder_is_given(
    tmp_path: Path,
) -> None:
    assert "/global/cfs/cdirs/dasrepo/www/omnilearned/jetclass/train" in run_batch(tmp_path)


def test_sbatch_sees_all_options_and_no_account() -> None:
    lines = BATCH.read_text(encoding="utf-8").splitlines()
    first_command = next(n for n, line in enumerate(lines) if line and not line.startswith("#"))
    options = [line for line in lines if line.startswith("#SBATCH ")]

    assert lines[0] == "#!/bin/bash"
    assert options == [line for line in lines[:first_command] if line.startswith("#SBATCH ")]
    assert {"#SBATCH --constraint=gpu", "#SBATCH --nodes=2"} < set(options)
    assert not any("account" in option for option in options)
    assert "##SBATCH --account=m1234" in lines


def imported_packages() -> set[str]:
    tree = ast.parse((EXAMPLE / "jetclass_loader.py").read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in imports
    }
    return {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names)


def test_the_conda_environment_holds_what_the_loader_imports() -> None:
    environment = yaml.safe_load((EXAMPLE / "jetclass_environment.yml").read_text("utf-8"))
    names = {re.split("[=<>]", package)[0] for package in environment["dependencies"]}

    assert environment["name"] == "jetclass"
    assert names - {"python"} == {name.replace("torch", "pytorch") for name in imported_packages()}


def test_the_conda_environment_asks_for_the_versions_of_the_optional_extra() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    environment = yaml.safe_load((EXAMPLE / "jetclass_environment.yml").read_text("utf-8"))

    extra = [
        name.replace("torch", "pytorch") for name in project["optional-dependencies"]["torch"]
    ]
    assert environment["dependencies"][1:] == extra
