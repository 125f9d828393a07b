"""Loaders of data in splits read one split at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from huggingnersc import init_dataset
from tests.builders import write_tree
from tests.data_files import WRITERS
from tests.loaders.loading import names_of, number, run


@pytest.fixture(params=list(WRITERS))
def data(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Ninety examples in `train` and forty in `test`, numbered from 0 in each."""
    for split, sizes in (("train", (50, 40)), ("test", (40,))):
        WRITERS[request.param](tmp_path / "the data" / split, sizes)
    return tmp_path / "the data"


def test_train_and_test_are_never_one_stream(data: Path, tmp_path: Path) -> None:
    result = init_dataset(data, nickname="traced", output=tmp_path / "out", site="local")
    assert (result.examples, result.splits) == (130, {"train": 90, "test": 40})
    load = names_of(tmp_path / "out/traced_loader.py")["load"]
    assert [number(example) for example in load(data)] == list(range(90))
    assert [number(example) for example in load(data, split="train")] == list(range(90))
    assert [number(example) for example in load(data, "test")] == list(range(40))


def test_command_line_of_the_loader_takes_the_split(data: Path, tmp_path: Path) -> None:
    init_dataset(data, nickname="traced", output=tmp_path / "out", site="local")
    loader = tmp_path / "out/traced_loader.py"
    shown = {split: run(loader, "--split", split, cwd=tmp_path) for split in ("train", "test")}
    assert run(loader, data, cwd=tmp_path) == shown["train"]
    next(data.glob("train/part-0.*")).rename(data / "test/hidden")
    assert run(loader, cwd=tmp_path) != shown["train"]
    assert run(loader, data, "--split", "test", cwd=tmp_path) == shown["test"]


def test_split_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    data = write_tree(tmp_path / "d", {"train.csv": "x,y\n1,2\n", "test.csv": "x,y\n3,4\n"})
    init_dataset(data, output=tmp_path / "out", site="local")
    done = subprocess.run(
        [sys.executable, tmp_path / "out/d_loader.py", "--split", "validation"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "train" in done.stderr
    assert "test" in done.stderr


def test_files_named_as_datasets_names_them_are_splits(tmp_path: Path) -> None:
    names = ("data/train-00000-of-00002.csv", "data/train-00001-of-00002.csv", "data/val-0.csv")
    data = write_tree(tmp_path / "d", {name: f"x,y\n{n},2\n" for n, name in enumerate(names)})
    write_tree(data, {"extra.csv": "x,y\n9,2\n"})
    result = init_dataset(data, output=tmp_path / "out", site="local")
    assert result.splits == {"train": 2, "validation": 1}
    assert str(result.warnings[0]).endswith(": extra.csv.")
    load = names_of(tmp_path / "out/d_loader.py")["load"]
    assert [row["x"] for row in load(data)] == [0, 1]
    assert [row["x"] for row in load(data, "validation")] == [2]
