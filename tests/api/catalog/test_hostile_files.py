"""Files planted in a dataset's catalog folder: what is someone's private file is not published."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from huggingnersc import (
    check_dataset,
    inspect_dataset,
    list_datasets,
    preview_dataset,
    remove_dataset,
    restore_dataset,
)
from huggingnersc.errors import DatasetError, HuggingNerscError, RecordRefusedError
from tests.adapters.catalogs import OTHER_GROUP, know_users, needs_root
from tests.api.iris import api, catalog_iris, files, hub_text, is_private, update_iris
from tests.api.old_record import OLD_CARD, write_old
from tests.builders import IRIS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.api.conftest import Centre

pytestmark = pytest.mark.attack("catalog hostile files")
SECRET = "# Dear diary\nprint('private')\n"
STRANGER = 4321


@pytest.fixture
def diary(tmp_path: Path) -> Path:
    file = tmp_path / "diary"
    file.write_text(SECRET, encoding="utf-8")
    file.chmod(0o600)
    return file


def assert_unpublished(centre: Centre) -> None:
    if api(centre).repo_exists("NERSC/iris", repo_type="dataset"):
        for path in files(centre):
            assert "private" not in hub_text(centre, path)


def everything(centre: Centre) -> list[Callable[[], object]]:
    site = str(centre.profile)
    return [
        lambda: update_iris(centre),
        lambda: preview_dataset("iris", on_ready=print, site=site),
        lambda: (remove_dataset("iris", site=site), restore_dataset("iris", site=site)),
    ]


@pytest.mark.parametrize("how", ["symlink_to", "hardlink_to"])
@pytest.mark.parametrize("name", ["README.md", "iris_loader.py", "run.sh"])
def test_a_link_to_a_private_file_is_not_published(
    centre: Centre, diary: Path, how: str, name: str
) -> None:
    write_old(centre, README__md=OLD_CARD, iris_loader__py="print()\n")
    planted = centre.catalog / "iris" / name
    planted.unlink(missing_ok=True)
    getattr(planted, how)(diary)
    for publish in everything(centre):
        with pytest.raises(RecordRefusedError) as caught:
            publish()
        assert [problem.where for problem in caught.value.problems] == [name]
        assert_unpublished(centre)
    assert diary.read_text(encoding="utf-8") == SECRET


def test_following_the_hint_makes_the_file_one_s_own(centre: Centre, diary: Path) -> None:
    import subprocess

    write_old(centre, README__md=OLD_CARD)
    (centre.catalog / "iris/iris_loader.py").hardlink_to(diary)
    with pytest.raises(RecordRefusedError) as caught:
        update_iris(centre)
    (problem,) = caught.value.problems
    command = next(part for part in problem.message.parts if hasattr(part, "text"))  # type: ignore[union-attr]
    subprocess.run(["bash", "-euc", command.text], check=True)
    assert update_iris(centre).outcome == "updated"
    assert diary.stat().st_nlink == 1


def test_a_link_that_nothing_publishes_is_no_obstacle(centre: Centre, tmp_path: Path) -> None:
    write_old(centre, README__md=OLD_CARD, iris_loader__py="print()\n")
    (centre.catalog / "iris/data").symlink_to(tmp_path)
    assert update_iris(centre).outcome == "updated"


@pytest.mark.parametrize("how", ["symlink_to", "hardlink_to"])
def test_a_record_that_is_a_link_is_not_published(
    centre: Centre, tmp_path: Path, how: str
) -> None:
    catalog_iris(centre)
    record = centre.catalog / "iris/iris_info.json"
    record.rename(tmp_path / "elsewhere.json")
    getattr(record, how)(tmp_path / "elsewhere.json")
    with pytest.raises(HuggingNerscError) as caught:
        update_iris(centre, official_name="New")
    assert "iris_info.json" in " ".join([str(caught.value), *caught.value.__notes__])
    assert [one.is_well for one in check_dataset(site=str(centre.profile)).datasets] == [False]
    listed = list_datasets(site=str(centre.profile))
    assert len(listed.datasets) + len(listed.damaged) == 1


@pytest.mark.parametrize("name", ["iris_info.json", "README.md"])
def test_a_pipe_in_the_place_of_a_file_stops_no_one(centre: Centre, name: str) -> None:
    catalog_iris(centre)
    file = centre.catalog / "iris" / name
    file.unlink()
    os.mkfifo(file)
    site, calls = str(centre.profile), everything(centre)
    calls += [lambda: inspect_dataset("iris", site=site), lambda: check_dataset(site=site)]
    for call in calls:
        try:
            call()
        except DatasetError as error:
            assert str(file) in str(error) or name in str(error.__notes__)  # noqa: PT017


@needs_root
def test_a_stranger_s_file_is_reported_before_it_is_published(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.chown(centre.catalog, 0, OTHER_GROUP)
    unknown: dict[int, list[int]] = {}
    for users in (unknown, {STRANGER: [77]}):
        write_old(centre, README__md=OLD_CARD, iris_loader__py=SECRET)
        os.chown(centre.catalog / "iris/iris_loader.py", STRANGER, OTHER_GROUP)
        know_users(monkeypatch, users)
        with pytest.raises(RecordRefusedError) as caught:
            update_iris(centre)
        (problem,) = caught.value.problems
        assert problem.where == "iris_loader.py"
        assert str(STRANGER) in str(problem.message)
    assert_unpublished(centre)


@needs_root
def test_a_colleague_s_file_is_published(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    os.chown(centre.catalog, 0, OTHER_GROUP)
    write_old(centre, README__md=OLD_CARD, iris_loader__py="print()\n")
    for file in (centre.catalog / "iris").iterdir():
        os.chown(file, STRANGER, OTHER_GROUP)
    know_users(monkeypatch, {STRANGER: [77, OTHER_GROUP]})
    assert update_iris(centre).outcome == "updated"


@needs_root
def test_a_stranger_s_record_is_reported_before_it_is_published(centre: Centre) -> None:
    catalog_iris(centre)
    os.chown(centre.catalog / "iris/iris_info.json", STRANGER, STRANGER)
    with pytest.raises(RecordRefusedError) as caught:
        update_iris(centre, loader=IRIS / "iris_loader.py", official_name="New")
    assert [problem.where for problem in caught.value.problems] == ["iris_info.json"]
    (checked,) = check_dataset(site=str(centre.profile)).datasets
    assert any("iris_info.json" in str(found.message) for found in checked.findings)


def test_a_link_in_the_place_of_the_removed_ones_stops_a_removal_before_the_hub_is_touched(
    centre: Centre, tmp_path: Path
) -> None:
    catalog_iris(centre)
    (centre.catalog / ".removed").symlink_to(tmp_path)
    with pytest.raises(DatasetError):
        remove_dataset("iris", site=str(centre.profile))
    assert not is_private(centre)


@needs_root
def test_a_group_counts_where_the_catalog_s_keepers_gave_it_the_folder(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_old(centre, README__md=OLD_CARD, iris_loader__py="print()\n")
    folder = centre.catalog / "iris"
    know_users(monkeypatch, {STRANGER: [77]})
    for file in (folder, *folder.iterdir()):
        os.chown(file, STRANGER, 77)
    with pytest.raises(RecordRefusedError):
        update_iris(centre)
    os.chown(folder, 0, 77)
    assert update_iris(centre).outcome == "updated"
