"""The hidden file by which the catalog folder is loaded, through the life of a dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from huggingnersc import check_dataset, remove_dataset, restore_dataset, snapshot_dataset
from huggingnersc.domain.loading.center_configs import CENTER_FILE
from tests.api.iris import catalog_iris, shown, update_iris
from tests.builders import IRIS_LINK
from tests.open_data import open_iris

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.api.conftest import Centre


@pytest.fixture
def data(centre: Centre) -> Iterator[Path]:
    """The data of iris, which has a version."""
    with open_iris() as data:
        catalog_iris(centre, data_path=data)
        snapshot_dataset("iris", statistics=False, site=str(centre.profile))
        yield data


def configs(centre: Centre) -> dict[str, Any]:
    content = (centre.catalog / "iris" / CENTER_FILE).read_bytes()
    return {one["config_name"]: one for one in yaml.safe_load(content)["configs"]}


def warned(centre: Centre) -> list[str]:
    (checked,) = check_dataset("iris", site=str(centre.profile)).datasets
    found = checked.findings
    return [str(one.message) for one in found if CENTER_FILE in str(one.message)]


def test_it_leads_to_the_data_and_goes_where_the_folder_goes(centre: Centre, data: Path) -> None:
    paths = {name: one["data_files"][0]["path"] for name, one in configs(centre).items()}
    assert paths == {"centre": f"{data}/iris.csv", "portal": f"{IRIS_LINK}/iris.csv"}
    assert warned(centre) == []
    remove_dataset("iris", site=str(centre.profile))
    restore_dataset("iris", site=str(centre.profile))
    assert {*configs(centre)} == {"centre", "portal"}


def test_one_that_was_changed_or_lost_is_reported_and_written_again(
    centre: Centre, data: Path
) -> None:
    file = centre.catalog / "iris" / CENTER_FILE
    content = file.read_bytes()
    for damage in (lambda: file.write_text("configs: []\n"), file.unlink):
        damage()
        (message,) = warned(centre)
        assert "load_dataset reads it" in message
        assert [path for _, path, _ in shown(update_iris(centre))] == [CENTER_FILE]
        assert file.read_bytes() == content


def test_data_that_is_not_listed_any_more_has_none(centre: Centre, data: Path) -> None:
    (data / "iris.csv").write_text("changed\n")
    snapshot_dataset("iris", statistics=False, manifest=False, site=str(centre.profile))
    assert not (centre.catalog / "iris" / CENTER_FILE).exists()
    own = centre.catalog / "iris" / CENTER_FILE
    own.write_text("configs: []\n")  # what a steward put there is theirs
    update_iris(centre, official_name="Iris")
    assert own.exists()


def test_a_new_place_names_the_command_for_new_lists(centre: Centre, data: Path) -> None:
    quiet = update_iris(centre, official_name="Iris", dry_run=True)
    moved = update_iris(centre, portal_link=f"{IRIS_LINK}2", dry_run=True)
    command = "snapshot_dataset('iris', version='v2')"
    assert [command in " ".join(map(str, one.warnings)) for one in (quiet, moved)] == [False, True]
