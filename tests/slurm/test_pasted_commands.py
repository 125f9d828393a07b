"""The commands that submit a batch job work when they are pasted in an empty folder."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.builders import write_tree
from tests.loaders.pasted import blocks, paste, published

if TYPE_CHECKING:
    from huggingnersc.hub_server import RunningHub
    from tests.slurm.cluster import Slurm

LOADER = 'import sys\n\nprint(open(sys.argv[1] + "/a.csv").read())\n'
BATCH = """\
#!/bin/bash
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --output=job.out
set -e
source env.sh
srun --kill-on-bad-exit=1 $RUN load.py "$1"
"""


@pytest.mark.system("slurm")
@pytest.mark.parametrize("is_distributed", [False, True])
def test_batch_script_that_names_its_loader_runs_where_all_files_were_downloaded(
    hub: RunningHub,
    slurm: Slurm,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_distributed: bool,
) -> None:
    monkeypatch.setenv("HF_TOKEN", hub.token)
    data = write_tree(tmp_path / "the data", {"a.csv": "the first row\n"})
    scripts = {"load.py": LOADER, "my job.sh": BATCH, "env.sh": "RUN=python3\n"}
    files = published(
        hub,
        tmp_path,
        scripts,
        batch_script=tmp_path / "my job.sh",
        include=[tmp_path / "env.sh"],
        data_path=data,
        is_distributed=is_distributed,
    )
    commands = "".join(blocks(files["README.md"]))
    assert ("python load.py" in commands) is not is_distributed
    paste(commands, tmp_path / "empty", HF_ENDPOINT=hub.endpoint, SLURM_CONF=str(slurm.conf))
    assert output_of_job(slurm, tmp_path / "empty/iris/job.out") == "the first row\n\n" * 2


def output_of_job(slurm: Slurm, file: Path) -> str:
    end = time.monotonic() + 60
    while slurm.ask("squeue", "--noheader") and time.monotonic() < end:
        time.sleep(0.2)
    return file.read_text(encoding="utf-8")
