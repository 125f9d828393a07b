"""The realistic datasets, from their files to a published page."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from huggingnersc.api.site import resolve_site
from huggingnersc.hub_server import running_hub
from tests.loaders.loading import names_of
from tests.realistic_data import REALISTIC, RealisticData

if TYPE_CHECKING:
    from tests.conftest import RunCommand


@pytest.fixture(params=REALISTIC, ids=lambda one: one.name)
def dataset(request: pytest.FixtureRequest) -> RealisticData:
    """Each dataset."""
    one: RealisticData = request.param
    return one


def test_dataset_is_the_same_bytes_each_time(dataset: RealisticData, tmp_path: Path) -> None:
    first, second = (bytes_below(dataset.write(tmp_path / name)) for name in ("a", "b"))
    assert first == second


def test_commands_that_init_prints_lead_from_the_data_to_a_page(
    dataset: RealisticData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: RunCommand
) -> None:
    data = dataset.write(tmp_path / "data" / dataset.name)
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    given = ["--license", dataset.license, "--yes", "--json"]
    drafted = json.loads(run("init-dataset --site local", data, *given).out)
    assert (drafted["examples"], drafted["examples_are_exact"]) == (dataset.examples, True)
    assert {*drafted["splits"]} == {*dataset.splits}

    check, _, catalog = [step["words"] for step in drafted["next_steps"]]
    assert run("", *check).code == 0
    cataloged = run("", *catalog, "--json")
    assert cataloged.code == 0, cataloged.err

    folder = Path(json.loads(cataloged.out)["catalog_dir"])
    with running_hub(Path(resolve_site("local").hub_root), organizations=["NERSC"]) as hub:
        address = f"{hub.endpoint}/datasets/NERSC/{dataset.name}"
        with urllib.request.urlopen(address, timeout=60) as answer:
            page = answer.read().decode()
    assert drafted["official_name"] in page
    assert str(data) in page
    assert (folder / f"{dataset.name}_dataloader.ipynb").is_file()
    loader = Path(drafted["output"]) / f"{dataset.name.replace('-', '_')}_loader.py"
    load = names_of(loader)["load"]
    parts = [load(data, split) for split in dataset.splits] or [load(data)]
    assert sum(1 for part in parts for _ in part) == dataset.examples


def bytes_below(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}
