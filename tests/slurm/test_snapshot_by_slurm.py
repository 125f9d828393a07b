"""Snapshots whose files are read by jobs of a real Slurm."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from huggingnersc import resume_run, snapshot_dataset
from huggingnersc.adapters.engines.run_folder import RunFolder
from huggingnersc.adapters.engines.slurm import submitted_tasks
from huggingnersc.errors import RunPendingError
from tests.conftest import ROOT
from tests.inventories import make_tree
from tests.slurm.submitter import gated
from tests.slurm.test_engine import wait_until

if TYPE_CHECKING:
    from tests.slurm.cluster import Slurm

SITE = """
name = "center"
title = "the center"
[hub]
organization = "NERSC"
[catalog]
root = "{folder}/catalog"
[engine]
run_root = "{folder}/runs"
slurm = ["--time=2"]
slurm_setup = ["{setup}"]
"""


class Drafts:
    """Data, and drafts that get versions of it, at a site with a Slurm."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.gate, self.data = folder, folder / "gate", folder / "data"
        make_tree(self.data)
        self.site = folder / "site.toml"
        text = SITE.format(folder=folder, setup=gated(self.gate))
        self.site.write_text(text, encoding="utf-8")
        for name in ("by-slurm", "here"):
            (folder / name).mkdir()

    def given(self, name: str) -> list[str]:
        options = {"draft": self.folder / name, "data-path": self.data, "site": self.site}
        return [word for key, value in options.items() for word in (f"--{key}", str(value))]

    def made_here(self) -> dict[str, bytes]:
        """Make a version on this machine and return its files."""
        place = self.folder / "here"
        snapshot_dataset("iris", draft=place, data_path=self.data, site=str(self.site))
        return self.version("here")

    def version(self, name: str) -> dict[str, bytes]:
        """Return the files of the version, without what says when it was made."""
        folder = self.folder / name / "versions/v1"
        files = [file for file in folder.rglob("*") if file.is_file()]
        return {
            str(file.relative_to(folder)): file.read_bytes()
            for file in files
            if file.name != "version.json"
        }

    @property
    def run(self) -> RunFolder:
        (path,) = (self.folder / "runs").iterdir()
        return RunFolder.open(path)


@pytest.fixture
def drafts(slurm: Slurm, tmp_path: Path) -> Drafts:
    assert slurm.conf.exists()
    return Drafts(tmp_path)


def test_a_snapshot_that_is_left_to_slurm_is_completed_later(drafts: Drafts) -> None:
    with pytest.raises(RunPendingError) as pending:
        snapshot_dataset(
            "iris",
            draft=drafts.folder / "by-slurm",
            data_path=drafts.data,
            engine="slurm",
            wait=False,
            site=str(drafts.site),
        )
    assert pending.value.run_id == drafts.run.spec.run_id
    result = resume_run(drafts.run.spec.run_id, site=str(drafts.site)).result
    assert (result.outcome, result.version) == ("made", "v1")
    assert drafts.version("by-slurm") == drafts.made_here()


def test_a_killed_command_is_completed_with_the_same_version(drafts: Drafts) -> None:
    drafts.gate.touch()
    words = [sys.executable, "-m", "huggingnersc", "snapshot-dataset", "iris", "--yes"]
    words += [*drafts.given("by-slurm"), "--engine", "slurm"]
    submitter = subprocess.Popen(words, cwd=ROOT)
    runs = drafts.folder / "runs"
    wait_until(lambda: bool([*runs.glob("*/run.json")]) and bool(submitted_tasks(drafts.run)))
    submitter.kill()
    submitter.wait()
    begun = drafts.run.spec.created_at
    drafts.gate.unlink()
    result = resume_run(drafts.run.spec.run_id, site=str(drafts.site)).result
    assert (result.outcome, result.created_at) == ("made", begun)
    assert drafts.version("by-slurm") == drafts.made_here()
    assert list((drafts.folder / "runs").iterdir()) == []
