"""Versions that a dataset got before it was cataloged."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import update_dataset
from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.errors import (
    DatasetExistsError,
    HubConflictError,
    HubUnreachableError,
    RequestInvalidError,
)
from tests.api.iris import api, catalog_iris, commits, tree
from tests.api.versions.publishing import added, files_at, publish, tags
from tests.builders import IRIS
from tests.versions import made_version

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.api.catalog.catalog_new_dataset import Cataloged
    from tests.api.conftest import Centre

DATA = "/global/cfs/cdirs/dasrepo/www/iris"


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """A draft of iris with two versions."""
    folder = tmp_path / "draft"
    folder.mkdir()
    shutil.copy(IRIS / "iris_metadata.json", folder)
    store = VersionStore(folder)
    for number, content in enumerate((b"a\n", b"b\n"), start=1):
        keep(store, tmp_path / str(number), f"v{number}", content=content)
    return folder


def keep(store: VersionStore, run: Path, name: str, **changes: Any) -> None:
    given = {"published": ("manifest.tsv",), "data_path": DATA} | changes
    version, files = made_version(run, name, **given)
    store.promote(version, store.stage(version, files))


def catalog_draft(centre: Centre, draft: Path, **changes: Any) -> Cataloged:
    return catalog_iris(centre, metadata_json=draft / "iris_metadata.json", **changes)


def test_versions_of_a_draft_are_committed_and_tagged_in_order(
    centre: Centre, draft: Path
) -> None:
    before = tree(draft)
    result = catalog_draft(centre, draft)
    assert result.outcome == "cataloged"
    assert result.versions == ("v1", "v2")
    assert commits(centre)[:2] == ["Version v2", "Version v1"]
    assert tags(centre)["v2"] == result.commit
    assert files_at(centre, "v2") == files_at(centre)
    assert (
        files_at(centre, "v1")["version/manifest.tsv"] != files_at(centre)["version/manifest.tsv"]
    )
    record = CatalogFolder(centre.catalog).record("iris")
    store = VersionStore(centre.catalog, "iris")
    assert [one.name for one in record.history.versions] == ["v1", "v2"]
    assert store.problems(record.history) == ()
    assert store.versions() == VersionStore(draft).versions()
    assert tree(draft) == before


def test_hashes_of_a_draft_are_known_once_it_is_cataloged(centre: Centre, draft: Path) -> None:
    known = draft / "versions" / "known_hashes.tsv"
    known.write_bytes(b"known")
    catalog_draft(centre, draft)
    kept = VersionStore(centre.catalog, "iris").known_hashes
    assert kept is not None
    assert kept.read_bytes() == b"known"


def test_the_same_call_again_has_nothing_to_do(centre: Centre, draft: Path) -> None:
    catalog_draft(centre, draft)
    before = tree(centre.catalog), commits(centre)
    assert catalog_draft(centre, draft).outcome == "unchanged"
    assert catalog_draft(centre, draft, dry_run=True).outcome == "unchanged"
    assert (tree(centre.catalog), commits(centre)) == before
    assert update_dataset("iris", site=str(centre.profile)).outcome == "unchanged"


def test_versions_since_the_cataloging_are_no_other_content(
    centre: Centre, draft: Path, tmp_path: Path
) -> None:
    catalog_draft(centre, draft)
    publish(centre, added(tmp_path, "v3", content=b"c\n"))
    assert catalog_draft(centre, draft).outcome == "unchanged"


def test_a_plain_dataset_that_got_versions_is_cataloged_already(
    centre: Centre, tmp_path: Path
) -> None:
    catalog_iris(centre)
    publish(centre, added(tmp_path))
    assert catalog_iris(centre).outcome == "unchanged"


def test_a_version_that_the_draft_got_later_is_other_content(
    centre: Centre, draft: Path, tmp_path: Path
) -> None:
    catalog_draft(centre, draft)
    keep(VersionStore(draft), tmp_path / "3", "v3", created_at="2026-11-23T00:00:00Z")
    with pytest.raises(DatasetExistsError):
        catalog_draft(centre, draft)


@pytest.mark.parametrize("cut", ["commit 1", "tag v1", "commit 2", "tag v2", "promote"])
def test_a_cataloging_that_was_cut_off_is_completed(
    centre: Centre, draft: Path, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    from huggingnersc.adapters.hub.client import Hub

    done: list[str] = []
    with monkeypatch.context() as patch:
        create_tag, commit, promote = Hub.create_tag, Hub.commit, CatalogFolder.promote

        def step(name: str) -> None:
            done.append(name)
            if name == cut:
                raise HubUnreachableError("cut off")

        def tag(self: Hub, repo_id: str, name: str, **given: str) -> None:
            step(f"tag {name}")
            create_tag(self, repo_id, name, **given)

        def make(self: Hub, *given: Any, **named: Any) -> str:
            step(f"commit {sum(one.startswith('commit') for one in done) + 1}")
            return commit(self, *given, **named)

        def place(self: CatalogFolder, *given: Any, **named: Any) -> Path:
            step("promote")
            return promote(self, *given, **named)

        patch.setattr(Hub, "create_tag", tag)
        patch.setattr(Hub, "commit", make)
        patch.setattr(CatalogFolder, "promote", place)
        with pytest.raises(HubUnreachableError):
            catalog_draft(centre, draft)
    assert done[-1] == cut
    assert catalog_draft(centre, draft).outcome in {"completed", "cataloged"}
    assert sorted(tags(centre)) == ["v1", "v2"]
    assert commits(centre)[:2] == ["Version v2", "Version v1"]
    assert [name for name in commits(centre) if name.startswith("Version")] == [
        "Version v2", "Version v1",
    ]  # fmt: skip
    record = CatalogFolder(centre.catalog).record("iris")
    assert VersionStore(centre.catalog, "iris").problems(record.history) == ()
    assert catalog_draft(centre, draft).outcome == "unchanged"


def test_versions_of_another_dataset_are_refused(
    centre: Centre, draft: Path, tmp_path: Path
) -> None:
    keep(VersionStore(draft), tmp_path / "3", "v3", nickname="roses")
    with pytest.raises(RequestInvalidError) as caught:
        catalog_draft(centre, draft)
    assert len(caught.value.problems) == 1
    assert list(centre.catalog.iterdir()) == []


def test_a_damaged_version_of_a_draft_is_refused(centre: Centre, draft: Path) -> None:
    (draft / "versions" / "v1" / "version.json").write_bytes(b"{}")
    with pytest.raises(RequestInvalidError) as caught:
        catalog_draft(centre, draft)
    assert len(caught.value.problems) == 1


def test_a_repository_of_something_else_is_refused(centre: Centre, draft: Path) -> None:
    api(centre).create_repo("NERSC/iris", repo_type="dataset")
    api(centre).create_tag("NERSC/iris", tag="v2", repo_type="dataset")
    with pytest.raises(HubConflictError):
        catalog_draft(centre, draft)
    assert not (centre.catalog / "iris").exists()


def test_versions_of_data_elsewhere_are_reported(
    centre: Centre, draft: Path, tmp_path: Path
) -> None:
    usual = len(catalog_draft(centre, draft, dry_run=True).warnings)
    keep(VersionStore(draft), tmp_path / "3", "v3", data_path="/elsewhere")
    assert len(catalog_draft(centre, draft, dry_run=True).warnings) == usual + 1
