"""The notebook of a dataset with a version loads it by `load_<nickname>.py`, and shows it."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.adapters.templates import render
from huggingnersc.domain.catalog.plan import make_plan
from huggingnersc.domain.catalog.scripts import Script
from huggingnersc.domain.catalog.version_history import VersionHistory
from huggingnersc.domain.loading.loading import Loading
from tests.builders import make_entry, make_site, make_version, write_tree
from tests.data_files import WRITERS, data_library
from tests.loaders.generated_scripts import manifest_of, source_of
from tests.odd_entries import file_of
from tests.realistic_data import (
    write_collisions,
    write_micrographs,
    write_penguins,
    write_surface_temperature,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from huggingnersc.domain.catalog.plan import Plan
    from tests.notebooks.conftest import SharedKernel, Shown

NO_MATPLOTLIB = "known = sys.modules.get('matplotlib'); sys.modules['matplotlib'] = None"
AGAIN = "sys.modules.update(matplotlib=known) if known else sys.modules.pop('matplotlib')"


def planned(folder: Path, write: Callable[[Path], Path], **changes: Any) -> Plan:
    """Write the data, and the catalog folder of a dataset with a version; return its plan."""
    data, catalog = write(folder / "data"), folder / "the catalog"
    manifest = manifest_of(data)
    loading = Loading(source=source_of(data, manifest))
    entry = make_entry(
        data_path=PurePosixPath(data),
        history=VersionHistory((make_version(),), "", loading),
        **changes,
    )
    plan = make_plan(entry, make_site(catalog_root=PurePosixPath(catalog)), render)
    write_tree(catalog / "iris", {file.path: file.content for file in plan.catalog_files})
    write_tree(catalog / "iris/versions/v1", {"manifest.tsv": manifest})
    return plan


def run(kernel: SharedKernel, folder: Path, plan: Plan, *, has_matplotlib: bool = True) -> Shown:
    notebook = json.loads(file_of(plan, "iris_dataloader.ipynb"))
    if not has_matplotlib:
        notebook["cells"][-2]["source"].insert(0, f"{NO_MATPLOTLIB}\n")
    return kernel.run(json.dumps(notebook), cwd=folder, more=[] if has_matplotlib else [AGAIN])


@pytest.mark.parametrize(
    ("write", "rows"),
    [
        (write_penguins, "'species': 'adelie'"),
        (write_collisions, "'detector/energy': '(2,) float32'"),
        (write_surface_temperature, "'t2m': '(4, 8) float64'"),
        (write_micrographs, "'image': '(24, 32) uint8', 'label': 'crystal'"),
        (WRITERS["txt"], "\n1\n"),
        (WRITERS["jsonl"], "{'id': 1, 'tags': ['a', 'ü']}"),
        (WRITERS["parquet"], "'name': 'row 1'"),
        (WRITERS["zarr"], "'jets/x': '(4,) "),
    ],
)
def test_it_shows_the_first_examples_and_a_plot(
    kernel: SharedKernel,
    tmp_path: Path,
    write: Callable[[Path], Path],
    rows: str,
) -> None:
    data_library("matplotlib")
    plan = planned(tmp_path, write)
    shown = run(kernel, tmp_path, plan)
    assert shown.error == ""
    assert rows in shown.cells["rows"]
    assert "Figure" in shown.cells["plot"]
    assert "from load_iris import load" in file_of(plan, "iris_dataloader.ipynb")


def test_it_runs_without_matplotlib(kernel: SharedKernel, tmp_path: Path) -> None:
    plan = planned(tmp_path, write_penguins)
    shown = run(kernel, tmp_path, plan, has_matplotlib=False)
    assert shown.error == ""
    assert "pip install matplotlib" in shown.cells["plot"]


def test_a_downloaded_notebook_uses_the_script_beside_it(
    kernel: SharedKernel, tmp_path: Path
) -> None:
    plan = planned(tmp_path, write_penguins)
    repository = tmp_path / "repository"
    write_tree(repository, {file.path: file.content for file in plan.hub_files})
    (tmp_path / "the catalog/iris").rename(tmp_path / "gone")
    (repository / "version").mkdir()
    (tmp_path / "gone/versions/v1/manifest.tsv").rename(repository / "version/manifest.tsv")
    shown = run(kernel, repository, plan)
    assert shown.error == ""
    assert "adelie" in shown.cells["rows"]


def test_the_notebook_of_a_loader_in_julia_stays_as_it_is(tmp_path: Path) -> None:
    loader = Script("load.jl", "println(ARGS[1])\n")
    plan = planned(tmp_path, write_penguins, loader=loader, kernel="julia-1.11")
    assert "load_iris" not in file_of(plan, "iris_dataloader.ipynb")
    assert "load_iris.py" in {file.path for file in plan.hub_files}
