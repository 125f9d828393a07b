"""Every generated loader runs as it is, as a script and in a notebook cell."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from huggingnersc import init_dataset
from tests.builders import write_tree
from tests.data_files import WRITERS
from tests.loaders.loading import names_of, number, run


@pytest.fixture(params=list(WRITERS))
def kind(request: pytest.FixtureRequest) -> str:
    """Each file type."""
    return str(request.param)


@pytest.fixture
def data(kind: str, tmp_path: Path) -> Path:
    """A folder with quotes and spaces in its name, and a backslash where the library takes one."""
    name = 'it\'s "so"' if kind == "netcdf" else 'it\'s \\n "so"'
    return WRITERS[kind](tmp_path / name / "data")


def make_loader(data: Path, output: Path, **more: Any) -> Path:
    init_dataset(data, nickname="traced", output=output, site="local", **more)
    return output / "traced_loader.py"


def test_loader_yields_every_example_once_in_order(kind: str, data: Path, tmp_path: Path) -> None:
    loader = make_loader(data, tmp_path / "out")
    names = names_of(loader)
    assert [number(example) for example in names["load"](data)] == list(range(173))
    assert [number(example) for example in names["load"](str(data))][:3] == [0, 1, 2]


def test_loader_runs_where_the_data_is_and_for_a_copy(data: Path, tmp_path: Path) -> None:
    loader = make_loader(data, tmp_path / "out")
    shown = run(loader, cwd=tmp_path)
    assert shown
    copy = tmp_path / "copy"
    data.rename(copy)
    assert run(loader, copy, cwd=tmp_path) == shown


def test_loader_of_one_file_reads_that_file(kind: str, data: Path, tmp_path: Path) -> None:
    (file,) = data.glob("part-0.*")
    loader = make_loader(file, tmp_path / "out")
    assert run(loader, cwd=tmp_path)


def test_notebook_cell_with_the_loader_only_defines_load(
    kind: str, data: Path, tmp_path: Path
) -> None:
    """A notebook has no __file__, and its argv is that of the kernel; DATA_PATH comes before."""
    loader = make_loader(data, tmp_path / "out")
    cells = f"""
import sys
sys.argv = ["ipykernel_launcher.py", "-f", "kernel.json"]
cell = {{"__name__": "__main__"}}
exec("DATA_PATH = " + repr({str(data)!r}), cell)
exec(compile({loader.read_text("utf-8")!r}, "cell", "exec"), cell)
exec("examples = list(load(DATA_PATH))", cell)
print(len(cell["examples"]))
"""
    assert run("-c", cells, cwd=tmp_path) == "173\n"


def test_numbers_are_numbers_and_gaps_are_nan(tmp_path: Path) -> None:
    write_tree(tmp_path / "d", {"a.tsv": "n\tx\tcode\n1\t2.5\t007\n2\tNA\tNA\n"})
    loader = make_loader(tmp_path / "d", tmp_path / "out")
    names = names_of(loader)
    first, second = names["load"](tmp_path / "d")
    assert first == {"n": 1, "x": 2.5, "code": "007"}
    assert (second["n"], second["x"] != second["x"], second["code"]) == (2, True, "NA")


def test_hidden_files_other_tables_and_folders_named_like_data_are_not_read(
    tmp_path: Path,
) -> None:
    data = write_tree(
        tmp_path / "d",
        {
            "a.csv": "x,y\n1,2\n",
            "b/c.csv": "x,y\n3,4\n",
            ".ipynb_checkpoints/a.csv": "x,y\n9,9\n",
            "labels.csv": "z\n9\n",
            "d.csv/part": "x",
        },
    )
    loader = make_loader(data, tmp_path / "out")
    names = names_of(loader)
    assert [row["x"] for row in names["load"](data)] == [1, 3]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("3", "line 3: 1 cells for 2 columns: ['3']"),
        ("3,x", "line 3, column y: invalid literal for int() with base 10: 'x'"),
    ],
)
def test_row_that_cannot_be_read_stops_the_loader_which_names_its_place(
    tmp_path: Path, row: str, message: str
) -> None:
    data = write_tree(tmp_path / "d", {"a.csv": "x,y\n1,2\n3,4\n"})
    loader = make_loader(data, tmp_path / "out")
    write_tree(data, {"a.csv": f"x,y\n1,2\n{row}\n"})
    done = subprocess.run(
        [sys.executable, loader], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.stderr.splitlines()[-1] == f"ValueError: {data / 'a.csv'}, {message}"


def test_column_that_is_text_far_below_its_numbers_is_read_as_text(tmp_path: Path) -> None:
    data = write_tree(
        tmp_path / "d", {"a.csv": "x,y\n" + "1,2\n" * 3000, "b.csv": "x,y\nword,1.5\n"}
    )
    result = init_dataset(data, nickname="traced", output=tmp_path / "out", site="local")
    assert result.columns == {"x": "str", "y": "float"}
    assert f'line 2 of {data / "b.csv"} holds "word"' in str(result.warnings[0])
    names = names_of(tmp_path / "out/traced_loader.py")
    assert [*names["load"](data)][-1] == {"x": "word", "y": 1.5}
