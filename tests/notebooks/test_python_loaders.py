"""The notebook of each kind of Python loader that people have runs as it is, and shows data."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.adapters.templates import render
from huggingnersc.domain.catalog.plan import make_plan
from huggingnersc.domain.catalog.scripts import Script
from tests.builders import make_entry, make_site, write_tree
from tests.odd_entries import file_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.notebooks.conftest import SharedKernel, Shown

DATA = {"a.csv": "x,y\n1,2\n3,4\n", "b.csv": "x,y\n5,6\n"}
READ = """
import csv
from pathlib import Path
def _rows(folder):
    for file in sorted(Path(folder).glob("*.csv")):
        yield from csv.DictReader(file.open(encoding="utf-8"))
"""
PARSER = "import argparse\nparser = argparse.ArgumentParser()\n"
MAIN = """
def main():
    args = parser.parse_args()
    for row in _rows(args.{name}):
        print(dict(row))
        break
"""
GUARD = 'if __name__ == "__main__":\n    '
FIRST_ROW = "{'x': '1', 'y': '2'}"


def run(
    kernel: SharedKernel,
    folder: Path,
    loader: str,
    *,
    name: str = "load.py",
    away: bool = False,
    more: Sequence[str] = (),
    **changes: Any,
) -> Shown:
    """Catalog a loader for the data in `folder`, and run its notebook from the catalog or away.

    `more` are cells for its end; what they show is found by their text.
    """
    data = write_tree(folder / 'the data\'s "folder"', DATA)
    entry = make_entry(
        loader=Script(name, dedent(loader)), data_path=PurePosixPath(data), **changes
    )
    site = make_site(catalog_root=PurePosixPath(folder / "the catalog"))
    plan = make_plan(entry, site, render)
    catalog = folder / "the catalog/iris"
    write_tree(catalog, {file.path: file.content for file in plan.catalog_files})
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    notebook = file_of(plan, "iris_dataloader.ipynb")
    return kernel.run(notebook, cwd=elsewhere if away else catalog, more=more)


@pytest.mark.parametrize("away", [False, True])
@pytest.mark.parametrize(
    "loader",
    {
        "argparse with an option": PARSER
        + 'parser.add_argument("--data-dir")\n'
        + READ
        + MAIN.format(name="data_dir")
        + GUARD
        + "main()\n",
        "a required option": PARSER
        + 'parser.add_argument("--root", required=True)\n'
        + READ
        + MAIN.format(name="root")
        + GUARD
        + "main()\n",
        "an exit status": PARSER
        + 'parser.add_argument("path")\n'
        + READ
        + MAIN.format(name="path")
        + GUARD
        + "import sys; sys.exit(main())\n",
        "exit()": READ + "import sys\nprint(dict(next(_rows(sys.argv[1]))))\nexit(0)\n",
        "SystemExit": READ + "import sys\nprint(dict(next(_rows(sys.argv[1]))))\n"
        "raise SystemExit\n",
        "no guard": READ + "import sys\nprint(dict(next(_rows(sys.argv[1]))))\n",
    }.values(),
    ids=str.split("option required status exit() SystemExit plain"),
)
def test_a_script_that_prints_runs_with_its_command_line(
    kernel: SharedKernel, tmp_path: Path, loader: str, *, away: bool
) -> None:
    shown = run(kernel, tmp_path, loader, away=away)
    assert shown.error == ""
    assert FIRST_ROW in shown.cells["loader"]


@pytest.mark.parametrize("away", [False, True])
def test_companions_and_the_loaders_own_place_are_in_the_catalog_folder(
    kernel: SharedKernel, tmp_path: Path, *, away: bool
) -> None:
    loader = """
    from pathlib import Path
    import helpers
    NAMES = (Path(__file__).parent / "columns.yml").read_text().split()
    MORE = open("columns.yml").read().split()
    def load(path):
        yield from helpers.rows(path, NAMES or MORE)
    """
    includes = (
        Script("helpers.py", f"{READ}def rows(path, names):\n    yield from _rows(path)\n"),
        Script("columns.yml", "x\ny\n"),
    )
    shown = run(kernel, tmp_path, loader, includes=includes, away=away)
    assert shown.error == ""
    assert "generator" in shown.cells["show"]
    assert "[0]" not in shown.cells["show"]
    assert "x: '1'" in shown.cells["show"]


@pytest.mark.parametrize(
    ("loader", "first"),
    [
        (READ + "def get_dataset(root, split='train'): return list(_rows(root))", "x: '1'"),
        (READ + "def load(*, data_path): return iter(_rows(data_path))", "x: '1'"),
        (READ + """
class Rows:
    def __init__(self, root, train=True):
        self.rows = list(_rows(root))
    def __len__(self):
        return len(self.rows)
    def __getitem__(self, index):
        return self.rows[index]
""", "Rows of length 3"),
        (READ + "import sys\nrows = list(_rows(sys.argv[1]))\n", "list of length 3"),
        (READ + "import sys\nanswer = len(list(_rows(sys.argv[1])))\n", "answer: 3"),
        ("""
from __future__ import annotations
from dataclasses import dataclass
@dataclass
class Row:
    x: int
def load(path: str):
    return [Row(1)]
""", "Row(x=1)"),
        ("def load(path): return 'a text'", "'a text'"),
        ("def load(path): return []", "There is no example."),
        ("DATA_PATH = 3\nshow = summary = os = sys = print\ndef load(path): return [7]", "7"),
        (PARSER + "parser.add_argument('--seed', required=True)\n"
         "def load(path): return [7]\n" + GUARD + "parser.parse_args()\n", "7"),
    ],
    ids=str.split("get_dataset iterator class variable values dataclass text empty names seed"),
)  # fmt: skip
def test_what_a_reader_would_call_is_shown(
    kernel: SharedKernel, tmp_path: Path, loader: str, first: str
) -> None:
    shown = run(kernel, tmp_path, loader)
    assert shown.error == ""
    assert first in shown.cells["show"]


def test_a_stated_command_is_used(kernel: SharedKernel, tmp_path: Path) -> None:
    loader = PARSER + "parser.add_argument('--seed', required=True)\n"
    loader += "parser.add_argument('where')\nprint(parser.parse_args())\n"
    command = "python {loader} --seed 3 '{data}/a.csv'"
    shown = run(kernel, tmp_path, loader, run_command=command)
    assert shown.error == ""
    assert "seed='3'" in shown.cells["loader"]
    assert 'folder"/a.csv' in shown.cells["loader"]


def test_a_stated_command_with_another_program_runs_as_a_process(
    kernel: SharedKernel, tmp_path: Path
) -> None:
    loader = "import os, sys\nprint(os.environ['SEED'], sys.argv[1:])\n"
    shown = run(kernel, tmp_path, loader, run_command="env SEED=3 python {loader} {data}")
    assert shown.error == ""
    assert shown.cells["run"].startswith("3 [")


def test_a_failing_loader_stops_the_notebook(kernel: SharedKernel, tmp_path: Path) -> None:
    shown = run(kernel, tmp_path, "import sys\nsys.exit(4)\n")
    assert shown.error == "RuntimeError: The loader ended with exit status 4."
    assert "show" not in shown.cells


def test_the_notebook_goes_on_after_exit_and_its_kernel_stays(
    kernel: SharedKernel, tmp_path: Path
) -> None:
    shown = run(kernel, tmp_path, "quit()\n")
    assert (shown.error, shown.cells["loader"]) == ("", "")
    assert shown.cells["show"]


def test_a_downloaded_notebook_uses_the_files_beside_it(
    kernel: SharedKernel, tmp_path: Path
) -> None:
    """A visitor has no catalog folder, but the notebook, the repository's files and the data."""
    loader = f"import helpers\n{READ}def load(path): return [helpers.FIRST, *_rows(path)]\n"
    entry = make_entry(
        loader=Script("load.py", loader), includes=(Script("helpers.py", "FIRST = 'theirs'\n"),)
    )
    plan = make_plan(entry, make_site(), render)
    place = write_tree(tmp_path, {file.path: file.content for file in plan.hub_files})
    write_tree(place, DATA)
    source = file_of(plan, "iris_dataloader.ipynb").replace(str(entry.data_path), str(place))
    shown = kernel.run(source, cwd=place)
    assert shown.error == ""
    assert "list of length 4" in shown.cells["show"]
    assert "'theirs'" in shown.cells["show"]
