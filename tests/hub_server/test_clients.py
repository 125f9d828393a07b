"""Other programs of the same family, unmodified, against a running Hub."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import HfApi

if TYPE_CHECKING:
    from huggingnersc.hub_server import RunningHub

CSV = b"sepal,species\n5.1,setosa\n6.2,virginica\n"


@pytest.fixture
def iris(hub: RunningHub) -> RunningHub:
    api = HfApi(hub.endpoint, token=hub.token)
    api.create_repo("NERSC/iris", repo_type="dataset")
    api.upload_file(
        path_or_fileobj=CSV,
        path_in_repo="data/train.csv",
        repo_id="NERSC/iris",
        repo_type="dataset",
    )
    return hub


def client(hub: RunningHub, home: Path, *words: str, token: bool = True) -> str:
    """Run a program with nothing in its environment but a home, an endpoint and a token."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "HF_ENDPOINT": hub.endpoint,
        "HF_HUB_DISABLE_UPDATE_CHECK": "1",
        "HF_UPDATE_DOWNLOAD_COUNTS": "0",
        "COLUMNS": "240",
    }
    if token:
        environment["HF_TOKEN"] = hub.token
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def hf(hub: RunningHub, home: Path, *words: str) -> str:
    return client(hub, home, str(Path(sys.executable).parent / "hf"), *words)


def test_hf_download_fetches_a_repository(iris: RunningHub, tmp_path: Path) -> None:
    target = tmp_path / "iris"
    hf(iris, tmp_path, "download", "NERSC/iris", "--repo-type", "dataset",
       "--local-dir", str(target))  # fmt: skip
    assert (target / "data" / "train.csv").read_bytes() == CSV


def test_hf_upload_makes_the_repository_and_fills_it(hub: RunningHub, tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("one")
    hf(hub, tmp_path, "upload", "NERSC/notes", str(tmp_path / "notes"), "--repo-type", "dataset")
    files = HfApi(hub.endpoint, token=hub.token).list_repo_files(
        "NERSC/notes", repo_type="dataset"
    )
    assert "a.txt" in files


def test_hf_lists_what_is_there(iris: RunningHub, tmp_path: Path) -> None:
    assert "NERSC/iris" in hf(iris, tmp_path, "datasets", "ls")
    assert "data" in hf(iris, tmp_path, "datasets", "ls", "NERSC/iris")


def test_load_dataset_reads_a_csv_streaming_and_not(iris: RunningHub, tmp_path: Path) -> None:
    program = (
        "from datasets import load_dataset\n"
        "rows = load_dataset('NERSC/iris', split='train')\n"
        "print(rows[1])\n"
        "print(next(iter(load_dataset('NERSC/iris', split='train', streaming=True))))\n"
    )
    out = client(iris, tmp_path, sys.executable, "-c", program, token=False)
    assert out.splitlines()[-2:] == [
        "{'sepal': 6.2, 'species': 'virginica'}",
        "{'sepal': 5.1, 'species': 'setosa'}",
    ]


def test_load_dataset_says_that_a_dataset_is_missing(hub: RunningHub, tmp_path: Path) -> None:
    program = (
        "from datasets import load_dataset\n"
        "from datasets.exceptions import DatasetNotFoundError\n"
        "try:\n    load_dataset('NERSC/none')\n"
        "except DatasetNotFoundError:\n    print('explained')\n"
    )
    assert client(hub, tmp_path, sys.executable, "-c", program).strip() == "explained"
