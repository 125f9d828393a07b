from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.domain.versions.version import version_bytes
from huggingnersc.errors import DatasetError, HubConflictError, HubEditedError
from tests.api.iris import api, catalog_iris, commits, edit_on_hub, tree, update_iris
from tests.api.versions.publishing import added, files_at, publish, tags
from tests.versions import PICTURE, recorded

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.conftest import Centre


def test_a_version_is_one_commit_with_its_tag_and_a_folder(centre: Centre, tmp_path: Path) -> None:
    catalog_iris(centre)
    new = added(tmp_path)
    commit = publish(centre, new)
    assert commits(centre)[0] == "Version v1"
    assert len(commits(centre)) == 2 + 1  # the one of the Hub, that of the cataloging, this one
    assert tags(centre) == {"v1": commit}
    assert {f"version/{path}" for path in ("version.json", *new.files)} <= files_at(centre).keys()
    record = CatalogFolder(centre.catalog).record("iris")
    store = VersionStore(centre.catalog, "iris")
    assert record.history.versions == (new.recorded,)
    assert store.versions() == (new.version,)
    assert store.problems(record.history) == ()
    assert not (centre.catalog / ".iris.staged").exists()


def test_the_same_call_again_changes_nothing(centre: Centre, tmp_path: Path) -> None:
    catalog_iris(centre)
    new = added(tmp_path)
    commit = publish(centre, new)
    before = tree(centre.catalog), commits(centre)
    assert publish(centre, new) == commit
    assert (tree(centre.catalog), commits(centre)) == before


def test_the_main_branch_has_the_latest_version_only(centre: Centre, tmp_path: Path) -> None:
    catalog_iris(centre)
    publish(centre, added(tmp_path))
    first = files_at(centre)
    second = added(tmp_path, "v2", content=b"b\n")
    documents = {path: one for path, one in second.version.documents.items() if path != PICTURE}
    version = replace(second.version, documents=documents, published=("manifest.tsv",))
    publish(centre, replace(second, version=version, recorded=recorded(version)))
    assert {path for path in files_at(centre) if path.startswith("version/")} == {
        "version/manifest.tsv",
        "version/version.json",
    }
    assert files_at(centre, "v1") == first
    assert list(tags(centre)) == ["v1", "v2"]


def test_what_is_not_published_stays_in_the_catalog(centre: Centre, tmp_path: Path) -> None:
    catalog_iris(centre)
    new = added(tmp_path, published=())
    publish(centre, new)
    assert {path for path in files_at(centre) if path.startswith("version/")} == {
        "version/version.json"
    }
    kept = centre.catalog / "iris" / "versions" / "v1" / "manifest.tsv"
    assert kept.read_bytes() == new.files["manifest.tsv"].read_bytes()


def test_a_large_manifest_goes_to_the_hub_as_it_is_and_is_known_again(
    centre: Centre, tmp_path: Path
) -> None:
    catalog_iris(centre)
    new = added(tmp_path)
    manifest = b"%b\n" % (b"x" * 99) * 200_000
    new.files["manifest.tsv"].write_bytes(manifest)
    from tests.versions import digest

    version = replace(new.version, manifest=digest(manifest))
    new = replace(new, version=version, recorded=recorded(version))
    publish(centre, new)
    info = api(centre).dataset_info("NERSC/iris", files_metadata=True)
    (file,) = (one for one in info.siblings or () if one.rfilename == "version/manifest.tsv")
    assert file.lfs is not None
    assert file.lfs.sha256 == digest(manifest).sha256
    before = commits(centre)
    assert publish(centre, new) is not None
    assert update_iris(centre).outcome == "unchanged"
    assert commits(centre) == before


def test_an_update_keeps_the_versions(centre: Centre, tmp_path: Path) -> None:
    catalog_iris(centre)
    new = added(tmp_path, statistics="| files |\n|--|\n| 1 |")
    publish(centre, new)
    before = tags(centre), files_at(centre, "v1")
    update_iris(centre, official_name="Iris", data_path="/global/cfs/cdirs/dasrepo/www/iris2")
    assert (tags(centre), files_at(centre, "v1")) == before
    record = CatalogFolder(centre.catalog).record("iris")
    assert record.history.versions == (new.recorded,)
    assert record.history.statistics == new.statistics
    assert "version/manifest.tsv" in files_at(centre)


def test_an_update_brings_back_a_tag_and_files_that_the_hub_lost(
    centre: Centre, tmp_path: Path
) -> None:
    catalog_iris(centre)
    publish(centre, added(tmp_path))
    publish(centre, added(tmp_path, "v2", content=b"b\n"))
    update_iris(centre, official_name="Iris")
    wanted, there = tags(centre), files_at(centre)
    api(centre).delete_tag("NERSC/iris", tag="v1", repo_type="dataset")
    api(centre).delete_file("version/manifest.tsv", "NERSC/iris", repo_type="dataset")
    result = update_iris(centre)
    assert result.tags == ("v1",)
    assert tags(centre) == wanted
    assert files_at(centre) == there
    assert update_iris(centre).outcome == "unchanged"


def test_a_version_whose_commit_is_lost_is_committed_again(centre: Centre, tmp_path: Path) -> None:
    catalog_iris(centre)
    publish(centre, added(tmp_path))
    publish(centre, added(tmp_path, "v2", content=b"b\n"))
    wanted = {name: files_at(centre, name) for name in ("v1", "v2")}
    api(centre).super_squash_history("NERSC/iris", repo_type="dataset")
    for name in wanted:
        api(centre).delete_tag("NERSC/iris", tag=name, repo_type="dataset")
    there = files_at(centre)
    update_iris(centre)
    assert {name: files_at(centre, name) for name in tags(centre)} == wanted
    assert files_at(centre) == there


def test_a_tag_of_something_else_is_refused_before_anything_changes(
    centre: Centre, tmp_path: Path
) -> None:
    catalog_iris(centre)
    api(centre).create_tag("NERSC/iris", tag="v1", repo_type="dataset")
    before = tree(centre.catalog), commits(centre)
    with pytest.raises(HubConflictError):
        publish(centre, added(tmp_path))
    assert (tree(centre.catalog), commits(centre)) == before


def test_a_version_is_never_made_again_with_other_content(centre: Centre, tmp_path: Path) -> None:
    catalog_iris(centre)
    publish(centre, added(tmp_path))
    before = tree(centre.catalog), commits(centre)
    with pytest.raises(DatasetError):
        publish(centre, added(tmp_path / "other", content=b"other\n"))
    assert (tree(centre.catalog), commits(centre)) == before


def test_an_edit_on_the_hub_is_not_replaced_by_a_version(centre: Centre, tmp_path: Path) -> None:
    catalog_iris(centre)
    edit_on_hub(centre, "iris_loader.py", "mine = 1\n")
    with pytest.raises(HubEditedError):
        publish(centre, added(tmp_path))
    assert tags(centre) == {}


def test_a_run_that_was_cut_off_is_completed(centre: Centre, tmp_path: Path) -> None:
    """After the tag, after the commit, and after the folder, as a kill leaves them."""
    catalog_iris(centre)
    old = tree(centre.catalog)
    new = added(tmp_path)
    commit = publish(centre, new)
    done = tree(centre.catalog), commits(centre), tags(centre)
    for path, content in old.items():
        (centre.catalog / path).write_bytes(content)  # the record is the old one again
    assert publish(centre, new) == commit
    assert (tree(centre.catalog), commits(centre), tags(centre)) == done
    for path, content in old.items():
        (centre.catalog / path).write_bytes(content)
    (centre.catalog / "iris" / "versions" / "v1").rename(tmp_path / "gone")
    api(centre).delete_tag("NERSC/iris", tag="v1", repo_type="dataset")
    assert publish(centre, new) == commit
    assert (tree(centre.catalog), commits(centre), tags(centre)) == done


def test_version_json_is_on_the_hub_as_it_is_recorded(centre: Centre, tmp_path: Path) -> None:
    catalog_iris(centre)
    new = added(tmp_path)
    publish(centre, new)
    file = api(centre).hf_hub_download(
        "NERSC/iris", "version/version.json", repo_type="dataset", revision="v1"
    )
    from pathlib import Path

    assert Path(file).read_bytes() == version_bytes(new.version)
