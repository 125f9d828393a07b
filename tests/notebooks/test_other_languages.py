"""Loaders that are not Python: bash is run for real, for Julia and R the cells are compared."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from huggingnersc.adapters.templates import render
from huggingnersc.domain.catalog.plan import make_plan
from huggingnersc.domain.catalog.scripts import Script
from huggingnersc.domain.site import JupyterSettings, KernelSettings, Site
from tests.builders import make_entry, make_site
from tests.notebooks.test_python_loaders import run
from tests.odd_entries import file_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Golden
    from tests.notebooks.conftest import SharedKernel

KERNELS = {"julia": KernelSettings("julia-1.11"), "r": KernelSettings("ir", "R 4.4")}


@pytest.mark.parametrize("away", [False, True])
def test_bash_loader_runs_with_its_companion_and_quoted_path(
    kernel: SharedKernel, tmp_path: Path, *, away: bool
) -> None:
    loader = 'source ./lib.sh\nfirst "$1"/*.csv\n'
    companion = Script("lib.sh", 'first() { echo "$0"; head -n 2 "$1"; }\n')
    shown = run(kernel, tmp_path, loader, name="load.sh", includes=(companion,), away=away)
    assert shown.error == ""
    where = tmp_path / "the catalog/iris/load.sh"
    assert shown.cells["run"].splitlines() == [str(where), "x,y", "1,2"]


@pytest.mark.parametrize(
    ("loader", "error", "output"),
    [
        ("exit 3\n", "RuntimeError: The loader ended with exit status 3.", ""),
        ("true\n", "", "The loader ended without output.\n"),
        ("yes | head -n 1000\n", "", "y\n" * 1000),
        ("yes\n", "", "y\n" * 1000 + "[stopped after 1000 lines]\n"),
        ("echo error >&2\n", "", "error\n"),
        ("read line; echo \"got $line\"\n", "", "got \n"),
    ],
)  # fmt: skip
def test_output_is_bounded_and_the_exit_status_counts(
    kernel: SharedKernel, tmp_path: Path, loader: str, error: str, output: str
) -> None:
    shown = run(kernel, tmp_path, loader, name="load.sh")
    assert (shown.error, shown.cells["run"]) == (error, output)


def notebook(name: str, text: str, site: Site | None = None, **changes: Any) -> Any:
    entry = make_entry(loader=Script(name, text), **changes)
    plan = make_plan(entry, site or site_with(), render)
    return nbformat.reads(file_of(plan, "iris_dataloader.ipynb"), as_version=4)


def site_with(**kernels: KernelSettings) -> Site:
    site = make_site()
    return replace(
        site, profile=replace(site.profile, jupyter=JupyterSettings(kernels=kernels or KERNELS))
    )


@pytest.mark.parametrize(
    ("name", "text", "language", "kernel"),
    [
        ("load.jl", "load(path) = readlines(path)\n", "julia", "julia-1.11"),
        ("load.R", "load <- function(path) read.csv(path)\n", "R", "ir"),
    ],
)
def test_a_loader_in_julia_or_r_has_the_kernel_of_its_language(
    golden: Golden, name: str, text: str, language: str, kernel: str
) -> None:
    found = notebook(name, text, data_path=make_entry().data_path / 'a "$b"')
    assert found.metadata.kernelspec.name == kernel
    assert found.metadata.kernelspec.language == language
    assert found.metadata.language_info.name == language
    assert [(cell.id, cell.cell_type) for cell in found.cells] == [
        ("title", "markdown"),
        ("data-path", "code"),
        ("loader", "markdown"),
        ("run", "code"),
        ("links", "markdown"),
    ]
    code = "\n\n".join(cell.source for cell in found.cells if cell.cell_type == "code")
    golden(f"notebooks/{name}.txt", f"{code}\n")


@pytest.mark.parametrize(
    ("changes", "kernel"),
    [
        ({"kernel": "julia-1.6"}, ("julia-1.6", "julia")),
        ({"kernel": "python3"}, ("python3", "python")),
        ({"run_command": "julia {loader} --data {data}"}, ("julia-1.11", "julia")),
        ({"run_command": "julia --threads=4 {loader} {data}"}, ("python3", "python")),
    ],
)
def test_a_kernel_or_a_command_that_is_stated_decides(
    changes: dict[str, Any], kernel: tuple[str, str]
) -> None:
    found = notebook("load.jl", "println(ARGS)\n", **changes)
    assert (found.metadata.kernelspec.name, found.metadata.kernelspec.language) == kernel


def test_without_a_kernel_of_its_language_a_loader_is_run_as_a_command() -> None:
    found = notebook("load.jl", "println(ARGS)\n", site_with(torch=KernelSettings("torch")))
    assert found.metadata.kernelspec.name == "python3"
    assert "COMMAND = ['julia', LOADER, DATA_PATH]" in found.cells[1].source


@pytest.mark.parametrize("name", ["load.sh", "load.jl", "load.R", "load.pl", "load.csh"])
def test_no_code_cell_holds_the_text_of_another_language(name: str) -> None:
    found = notebook(name, "echo 'a loader'\n", site_with(torch=KernelSettings("torch")))
    code = [cell.source for cell in found.cells if cell.cell_type == "code"]
    assert not any("a loader" in source for source in code)
    assert "echo 'a loader'" in found.cells[2].source
