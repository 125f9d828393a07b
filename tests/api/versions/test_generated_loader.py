"""What a snapshot publishes for loading with one line, as a visitor uses it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from huggingnersc import snapshot_dataset
from tests.api.iris import api, catalog_iris
from tests.open_data import open_iris

if TYPE_CHECKING:
    from tests.api.conftest import Centre

CODE = "from load_iris import load; rows = list(load()); print(len(rows), rows[0]['species'])"


def run(folder: Path) -> str:
    """Return what a visitor's Python prints in a folder."""
    done = subprocess.run(
        [sys.executable, "-c", CODE], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.stdout or done.stderr.splitlines()[-1]


@pytest.mark.usefixtures("clean_env")
def test_a_visitor_loads_the_data_with_one_line(centre: Centre, tmp_path: Path) -> None:
    with open_iris() as data:
        catalog_iris(centre, data_path=data)
        snapshot_dataset("iris", statistics=False, site=str(centre.profile))
        repository = Path(
            api(centre).snapshot_download(
                "NERSC/iris", repo_type="dataset", local_dir=tmp_path / "repository"
            )
        )
        assert run(repository) == "150 setosa\n"
        assert run(centre.catalog / "iris") == "150 setosa\n"
        alone = tmp_path / "alone"  # the script by itself: this Hub has no address for others
        alone.mkdir()
        text = (repository / "load_iris.py").read_text(encoding="utf-8")
        (alone / "load_iris.py").write_text(text.replace(str(centre.catalog), "/gone"))
        assert "download the repository again" in run(alone)
        shutil.rmtree(alone / "__pycache__")
        (alone / "version").mkdir()
        (alone / "version/manifest.tsv").write_text("")
        assert "is not the list of files of version v1" in run(alone)
