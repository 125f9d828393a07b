"""Versions outlive the removal of their dataset, and the deletion of its repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from huggingnersc import remove_dataset, restore_dataset
from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.errors import HubConflictError, HubUnreachableError
from tests.api.iris import api, catalog_iris, commits, tree, update_iris
from tests.api.versions.publishing import added, files_at, publish, tags

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.conftest import Centre


@pytest.fixture
def versions(centre: Centre, tmp_path: Path) -> Centre:
    """Iris with two versions, and another title since."""
    catalog_iris(centre)
    publish(centre, added(tmp_path))
    publish(centre, added(tmp_path, "v2", content=b"b\n"))
    update_iris(centre, official_name="Iris")
    return centre


def state(centre: Centre) -> tuple[object, ...]:
    return files_at(centre), {name: files_at(centre, name) for name in tags(centre)}


def test_removing_and_restoring_changes_no_version(versions: Centre) -> None:
    before = tree(versions.catalog), commits(versions), tags(versions)
    remove_dataset("iris", site=str(versions.profile))
    restore_dataset("iris", site=str(versions.profile))
    assert (tree(versions.catalog), commits(versions), tags(versions)) == before


def test_a_deleted_repository_is_published_again_with_its_history(versions: Centre) -> None:
    before, there = tree(versions.catalog), state(versions)
    remove_dataset("iris", delete=True, site=str(versions.profile))
    restored = restore_dataset("iris", site=str(versions.profile))
    assert restored.published_again
    assert restored.warnings == ()
    assert (tree(versions.catalog), state(versions)) == (before, there)
    assert commits(versions)[:3] == ["Restore Iris", "Version v2", "Version v1"]
    assert update_iris(versions).outcome == "unchanged"


@pytest.mark.parametrize("cut", ["v1", "v2", "main"])
def test_a_restoration_that_was_cut_off_is_completed(
    versions: Centre, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    """The Hub stops to answer when a version has its commit and not its tag, or at the end."""
    from huggingnersc.adapters.hub.client import Hub

    there = state(versions)
    remove_dataset("iris", delete=True, site=str(versions.profile))
    with monkeypatch.context() as patch:
        create_tag, commit = Hub.create_tag, Hub.commit

        def tag(self: Hub, repo_id: str, name: str, **given: str) -> None:
            if name == cut:
                raise HubUnreachableError("cut off")
            create_tag(self, repo_id, name, **given)

        def make(self: Hub, *given: object, message: str, **named: object) -> str:
            if cut == "main" and message.startswith("Restore"):
                raise HubUnreachableError("cut off")
            return commit(self, *given, message=message, **named)  # type: ignore[arg-type]

        patch.setattr(Hub, "create_tag", tag)
        patch.setattr(Hub, "commit", make)
        with pytest.raises(HubUnreachableError):
            restore_dataset("iris", site=str(versions.profile))
    restore_dataset("iris", site=str(versions.profile))
    assert state(versions) == there
    assert commits(versions).count("Version v1") == 1
    assert commits(versions).count("Version v2") == 1


def test_a_repository_with_a_tag_of_someone_else_is_not_deleted(versions: Centre) -> None:
    api(versions).create_tag("NERSC/iris", tag="mine", repo_type="dataset")
    before = commits(versions)
    with pytest.raises(HubConflictError):
        remove_dataset("iris", delete=True, site=str(versions.profile))
    assert commits(versions) == before
    remove_dataset("iris", delete=True, overwrite=True, site=str(versions.profile))
    assert not api(versions).repo_exists("NERSC/iris", repo_type="dataset")


def test_a_repository_is_not_deleted_where_a_version_is_damaged(versions: Centre) -> None:
    card = versions.catalog / "iris" / "versions" / "v1" / "published" / "README.md"
    card.write_bytes(b"# Other\n")
    with pytest.raises(HubConflictError):
        remove_dataset("iris", delete=True, site=str(versions.profile))
    assert api(versions).repo_exists("NERSC/iris", repo_type="dataset")


def test_a_damaged_version_does_not_keep_a_dataset_from_being_restored(versions: Centre) -> None:
    remove_dataset("iris", delete=True, site=str(versions.profile))
    (removed,) = (versions.catalog / ".removed").iterdir()
    (removed / "versions" / "v1" / "manifest.tsv").write_bytes(b"other\n")
    restored = restore_dataset("iris", site=str(versions.profile))
    assert len(restored.warnings) == 1
    assert list(tags(versions)) == ["v2"]
    history = CatalogFolder(versions.catalog).record("iris").history
    assert [one.name for one in history.versions] == ["v1", "v2"]
    assert VersionStore(versions.catalog, "iris").problems(history)
