from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import pytest

from examples.iris import iris_loader

HEADER = ["sepal_length", "sepal_width", "petal_length", "petal_width", "species"]


def column(name: str, species: str | None = None) -> list[float]:
    flowers = iris_loader.load()
    return [flower[name] for flower in flowers if species in (None, flower["species"])]


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    # -I -S: no third-party package can be imported
    return subprocess.run(
        [sys.executable, "-I", "-S", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_file_has_a_header_and_150_flowers_50_of_each_species(examples: Path) -> None:
    with (examples / "iris/data/iris.csv").open(newline="", encoding="utf-8") as lines:
        header, *rows = csv.reader(lines)

    assert header == HEADER
    assert Counter(row[4] for row in rows) == {"setosa": 50, "versicolor": 50, "virginica": 50}


@pytest.mark.parametrize(
    ("name", "low", "high", "mean", "deviation"),
    [
        ("sepal_length", 4.3, 7.9, 5.843, 0.828),
        ("sepal_width", 2.0, 4.4, 3.057, 0.436),
        ("petal_length", 1.0, 6.9, 3.758, 1.765),
        ("petal_width", 0.1, 2.5, 1.199, 0.762),
    ],
)
def test_each_column_has_its_known_statistics(
    name: str, low: float, high: float, mean: float, deviation: float
) -> None:
    values = column(name)

    assert (min(values), max(values)) == (low, high)
    assert fmean(values) == pytest.approx(mean, abs=5e-4)
    assert stdev(values) == pytest.approx(deviation, abs=5e-4)


@pytest.mark.parametrize(
    ("species", "means"),
    [
        ("setosa", [5.006, 3.428, 1.462, 0.246]),
        ("versicolor", [5.936, 2.770, 4.260, 1.326]),
        ("virginica", [6.588, 2.974, 5.552, 2.026]),
    ],
)
def test_each_species_has_the_means_of_fishers_second_table(
    species: str, means: list[float]
) -> None:
    assert [fmean(column(name, species)) for name in HEADER[:4]] == pytest.approx(means)


def test_the_two_samples_that_other_copies_get_wrong_are_as_fisher_printed_them() -> None:
    flowers = iris_loader.load()

    assert list(flowers[34].values()) == [4.9, 3.1, 1.5, 0.2, "setosa"]
    assert list(flowers[37].values()) == [4.9, 3.6, 1.4, 0.1, "setosa"]


def test_the_data_can_lie_in_another_folder(tmp_path: Path) -> None:
    (tmp_path / "iris.csv").write_text(",".join(HEADER) + "\n1,2,3,4,setosa\n", encoding="utf-8")

    flowers = iris_loader.load(data_path=tmp_path)

    assert [list(flower.values()) for flower in flowers] == [[1, 2, 3, 4, "setosa"]]


def test_the_script_runs_from_anywhere_with_python_alone(examples: Path, tmp_path: Path) -> None:
    done = run(str(examples / "iris/iris_loader.py"), cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "150 flowers; mean lengths in cm"
    assert done.stdout.splitlines()[2].split() == ["setosa", "50", "5.01", "3.43", "1.46", "0.25"]


def test_the_script_takes_the_data_folder_as_its_argument(examples: Path, tmp_path: Path) -> None:
    script = tmp_path / "iris_loader.py"
    script.write_bytes((examples / "iris/iris_loader.py").read_bytes())

    done = run(str(script), str(examples / "iris/data"), cwd=tmp_path)

    assert done.stdout.startswith("150 flowers"), done.stderr


def test_a_notebook_cell_with_the_script_only_defines_load(examples: Path, tmp_path: Path) -> None:
    """A notebook has no __file__, and its argv is that of the kernel."""
    cell = f"""
import sys
sys.argv = ["ipykernel_launcher.py", "-f", "kernel.json"]
cell = {{"__name__": "__main__"}}
exec(compile({(examples / "iris/iris_loader.py").read_text("utf-8")!r}, "cell", "exec"), cell)
print(len(cell["load"]({str(examples / "iris/data")!r})))
"""
    done = run("-c", cell, cwd=tmp_path)

    assert (done.stdout, done.stderr) == ("150\n", "")


def test_the_readmes_notebook_lines_make_a_table_with_the_means(
    examples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pandas", reason="pandas is not installed")
    readme = (examples / "iris/README.md").read_text(encoding="utf-8")
    (cell,) = re.findall(r"```python\n(.*?)```", readme, flags=re.DOTALL)
    monkeypatch.chdir(examples.parent)
    names: dict[str, Any] = {"load": iris_loader.load}

    exec(cell.replace("iris.groupby", "means = iris.groupby"), names)  # noqa: S102 - our own README

    assert names["means"].loc["setosa", "petal_length"] == pytest.approx(1.462)
