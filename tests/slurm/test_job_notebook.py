"""The notebook that runs a batch job, executed against a real Slurm of two nodes."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import HfApi
from jupyter_client.manager import start_new_kernel

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
    words = ["Ranks", "ranks", RANKS / "ranks_loader.py", LINK, RANKS / "ranks_metadata.json"]
    words += [RANKS / "ranks_batch.sh", "True", "--job-notebook", "--json"]
    done = run("catalog-new-dataset", *words)
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
    assert done.shown["cancel"] == f"Job {number} is left alone.\n"
