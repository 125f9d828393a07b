"""A dataset that an earlier version rendered differently is neither edited nor damaged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import check_dataset, remove_dataset, restore_dataset
from huggingnersc.domain.planned_file import PlannedFile
from tests.api.iris import (
    api,
    catalog_iris,
    commits,
    edit_on_hub,
    hub_text,
    shown,
    tree,
    update_iris,
)

if TYPE_CHECKING:
    from tests.api.conftest import Centre


@pytest.fixture
def older(centre: Centre) -> Centre:
    """Iris as a version wrote it whose scripts and card named other commands."""
    catalog_iris(centre)
    folder = centre.catalog / "iris"
    record = folder / "iris_info.json"
    content: dict[str, Any] = json.loads(record.read_text(encoding="utf-8"))
    for path in ("README.md", "iris_loader.py"):
        lines = hub_text(centre, path).splitlines(keepends=True)
        text = "".join(line for line in lines if "iris_loader.py /global" not in line)
        edit_on_hub(centre, path, text)
        file = PlannedFile(path, text.encode())
        content["hub_files"][path] = {"git_oid": file.git_oid, "size_bytes": file.size_bytes}
        if (folder / path).exists():
            (folder / path).write_text(text, encoding="utf-8")
    record.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return centre


def test_the_check_finds_no_edit_and_no_damage(older: Centre) -> None:
    (dataset,) = check_dataset("iris", site=str(older.profile)).datasets
    assert {found.about for found in dataset.findings} <= {"data", "loader", "portal"}


def test_the_update_renews_what_differs_without_being_told_to_overwrite(older: Centre) -> None:
    updated = update_iris(older)
    assert updated.edits == ()
    assert ("hub", "iris_loader.py", "changed") in shown(updated)
    assert "iris_loader.py /global" in hub_text(older, "iris_loader.py")
    assert update_iris(older).outcome == "unchanged"


def test_the_same_cataloging_again_has_nothing_to_do(older: Centre) -> None:
    before, made = tree(older.catalog), commits(older)
    assert catalog_iris(older).outcome == "unchanged"
    assert (tree(older.catalog), commits(older)) == (before, made)


def test_the_same_cataloging_completes_a_folder_that_lost_its_notebook(older: Centre) -> None:
    (older.catalog / "iris/iris_dataloader.ipynb").unlink()
    made = commits(older)
    assert catalog_iris(older).outcome == "completed"
    assert (older.catalog / "iris/iris_dataloader.ipynb").is_file()
    assert commits(older) == made


def test_folder_of_before_scripts_were_put_there_stays_as_it_is(older: Centre) -> None:
    (older.catalog / "iris/iris_loader.py").unlink()
    (older.catalog / "iris/iris_dataloader.ipynb").write_text("{}\n", encoding="utf-8")
    before = tree(older.catalog)
    assert catalog_iris(older).outcome == "unchanged"
    assert tree(older.catalog) == before
    (dataset,) = check_dataset("iris", site=str(older.profile)).datasets
    assert {found.about for found in dataset.findings} <= {"data", "loader", "portal"}


def test_removal_and_restoration_bring_it_back(older: Centre) -> None:
    before = hub_text(older, "iris_loader.py")
    remove_dataset("iris", site=str(older.profile))
    restore_dataset("iris", site=str(older.profile))
    assert hub_text(older, "iris_loader.py") == before
    assert not api(older).dataset_info("NERSC/iris").private


def test_folder_of_a_version_that_put_no_scripts_there_is_completed_without_a_finding(
    older: Centre,
) -> None:
    (older.catalog / "iris/iris_loader.py").unlink()
    notebook = older.catalog / "iris/iris_dataloader.ipynb"
    notebook.write_text('{"cells": []}', encoding="utf-8")
    (dataset,) = check_dataset("iris", site=str(older.profile)).datasets
    assert {found.about for found in dataset.findings} <= {"data", "loader", "portal"}
    assert catalog_iris(older).outcome in {"completed", "unchanged"}
    (dataset,) = check_dataset("iris", site=str(older.profile)).datasets
    assert {found.about for found in dataset.findings} <= {"data", "loader", "portal"}
