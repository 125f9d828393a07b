"""A running Slurm, and notebooks run against it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from tests.slurm.cluster import SEARCHED, Slurm, missing_programs, running_slurm

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TIMEOUT_S = 120


@dataclass(frozen=True)
class Executed:
    """What the cells of a notebook showed, by cell id; `ended_by` is the error that stopped it."""

    shown: dict[str, str]
    ended_by: str | None

    @property
    def text(self) -> str:
        return "".join(self.shown.values())


@dataclass(frozen=True)
class JobNotebook:
    """A job notebook, the folder its job runs in, and the Slurm it meets."""

    file: Path
    work: Path
    slurm: Slurm

    def source(self, until: str | None = None, **settings: Any) -> nbformat.NotebookNode:
        """The notebook with its settings changed, whole or until (with) the cell `until`."""
        notebook: nbformat.NotebookNode = nbformat.read(self.file, as_version=4)
        ids = [cell.id for cell in notebook.cells]
        settings = {"WORK_DIR": str(self.work), "POLL_S": 5} | settings
        changes = "\n".join(f"{name} = {value!r}" for name, value in settings.items())
        notebook.cells = notebook.cells[: ids.index(until) + 1 if until else None]
        changed = nbformat.v4.new_code_cell(changes, id="changed")
        notebook.cells.insert(ids.index("settings") + 1, changed)
        return notebook

    def run(self, until: str | None = None, **settings: Any) -> Executed:
        """Execute it in a kernel of its own, as Run All Cells does."""
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError

        notebook, ended_by = self.source(until, **settings), None
        place = {"metadata": {"path": str(self.file.parent)}}
        try:
            NotebookClient(notebook, timeout=TIMEOUT_S, resources=place).execute()
        except CellExecutionError as error:
            ended_by = error.evalue
        return Executed({cell.id: _shown(cell) for cell in notebook.cells}, ended_by)

    def interrupted(self, at: str, *, last: str = "", **settings: Any) -> Executed:
        """Execute it and interrupt the cell `at` once it has shown something.

        `last` is what the last cell's first line is changed to.
        """
        from jupyter_client.manager import start_new_kernel

        notebook = self.source(**settings)
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        if last:
            cells[-1].source = f"{last}\n" + cells[-1].source.partition("\n")[2]
        shown: dict[str, str] = {}
        manager, client = start_new_kernel()
        try:
            for cell in cells:
                shown[cell.id] = ""

                def hook(message: dict[str, Any], cell: nbformat.NotebookNode = cell) -> None:
                    if message["msg_type"] == "stream":
                        if cell.id == at and not shown[at]:
                            manager.interrupt_kernel()
                        shown[cell.id] += message["content"]["text"]

                client.execute_interactive(cell.source, timeout=TIMEOUT_S, output_hook=hook)
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
        return Executed(shown, None)

    @property
    def state_file(self) -> Path:
        return self.work / ".huggingnersc_job.json"

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self.state_file.read_text(encoding="utf-8"))
        return state


@pytest.fixture(scope="session")
def real_slurm() -> Iterator[Slurm]:
    if missing := missing_programs():
        packages = "slurmctld slurmd slurm-client munge util-linux"
        pytest.skip(f"{', '.join(missing)} not found: apt-get install {packages}")
    with running_slurm(nodes=2) as slurm:
        yield slurm


@pytest.fixture
def slurm(real_slurm: Slurm, monkeypatch: pytest.MonkeyPatch) -> Slurm:
    """The session's Slurm, known to every program that this test starts."""
    monkeypatch.setenv("SLURM_CONF", str(real_slurm.conf))
    monkeypatch.setenv("PATH", SEARCHED)
    return real_slurm


def _shown(cell: nbformat.NotebookNode) -> str:
    """Everything a reader sees under a cell."""
    outputs = cell.get("outputs", [])
    return "".join(
        output["text"] if output.output_type == "stream" else "\n".join(output["traceback"])
        for output in outputs
    )
