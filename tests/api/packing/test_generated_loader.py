"""`load_<nickname>.py` of a dataset that was uploaded, run as a visitor runs it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import download_dataset, pack_dataset, snapshot_dataset, upload_dataset
from tests.api.iris import api, catalog_iris, files
from tests.builders import write_tree
from tests.hub_packs import parquet_pack, webdataset_pack
from tests.open_data import open_iris
from tests.printed_lines import printed_lines

if TYPE_CHECKING:
    from tests.api.conftest import Centre

pytest.importorskip("pyarrow", reason="the extra [data] is not installed")

SCRIPT = """
import json, sys
import datasets
datasets.disable_progress_bars()
from load_iris import load
def loaded(*words):
    try:
        return [*map(str, load(*words))]
    except Exception as error:
        return f"{type(error).__name__}: {error}"
for words in json.loads(sys.argv[1]):
    print(json.dumps(loaded(*words)))
"""
NUMBERS = [str({"number": number, "label": number % 2}) for number in range(7)]


def repository(centre: Centre, folder: Path) -> Path:
    """What a visitor has of the repository: not the shards."""
    return Path(
        api(centre).snapshot_download(
            "NERSC/iris", repo_type="dataset", local_dir=folder, ignore_patterns="data/*"
        )
    )


def run(centre: Centre, folder: Path, home: Path, *asked: list[str]) -> list[Any]:
    """Return what `load` of the script in a folder returns for each list of arguments."""
    settings = {"HF_ENDPOINT": centre.hub.endpoint, "HF_TOKEN": centre.hub.token}
    return printed_lines(SCRIPT, asked, settings=settings, home=home, cwd=folder)


def test_the_files_and_the_shards_are_loaded_by_one_script(centre: Centre, tmp_path: Path) -> None:
    site = str(centre.profile)
    with open_iris() as data:
        catalog_iris(centre, data_path=data)
        snapshot_dataset("iris", statistics=False, site=site)
        before = (centre.catalog / "iris/load_iris.py").read_text("utf-8")
        upload_dataset("iris", parquet_pack(tmp_path / "pack"), site=site)
        download_dataset("iris", tmp_path / "copy", site=site)
        folder = repository(centre, tmp_path / "repository")
        here, on_hub, test, no_split, in_copy = run(
            centre,
            folder,
            tmp_path / "hf",
            [],
            ["train", "hub"],
            ["test", "hub"],
            ["dev", "hub"],
            ["test", str(tmp_path / "copy")],
        )
    assert "hub" not in before
    assert (len(here), "sepal_length" in here[0]) == (150, True)
    assert (on_hub, test) == (NUMBERS[:5], NUMBERS[5:])
    assert no_split == "ValueError: the shards have no split 'dev'; there are: train, test"
    assert in_copy == NUMBERS[5:]


def test_a_dataset_without_a_version_has_a_script_of_its_shards(
    centre: Centre, tmp_path: Path
) -> None:
    site = str(centre.profile)
    catalog_iris(centre)
    assert "load_iris.py" not in files(centre)
    pack = webdataset_pack(tmp_path / "pack")
    upload_dataset("iris", pack, private=True, site=site)
    folder = repository(centre, tmp_path / "repository")
    on_hub, in_copy = run(centre, folder, tmp_path / "hf", ["test"], ["test", str(pack)])
    assert ["'__key__': '0005'" in one for one in on_hub] == [True, False]
    assert [one.partition(", '__url__'")[0] for one in in_copy] == [
        one.partition(", '__url__'")[0] for one in on_hub
    ]


def test_a_copy_of_tar_files_has_the_columns_that_only_some_samples_have(
    centre: Centre, tmp_path: Path
) -> None:
    site = str(centre.profile)
    catalog_iris(centre)
    write_tree(tmp_path / "in", {f"{n}.csv": f"{n}" for n in range(9)} | {"note.txt": "seen"})
    pack_dataset(f"{tmp_path}/in/", tmp_path / "pack", site=site)
    upload_dataset("iris", tmp_path / "pack", private=True, site=site)
    copy = download_dataset("iris", tmp_path / "copy", site=site)
    assert (copy.has_tar_files, copy.loader) == (True, "load_iris.py")
    folder = repository(centre, tmp_path / "repository")
    on_hub, in_copy = run(centre, folder, tmp_path / "hf", [], ["train", str(tmp_path / "copy")])
    for rows in (on_hub, in_copy):
        assert (len(rows), sum("'txt': 'seen'" in row for row in rows)) == (10, 1)
