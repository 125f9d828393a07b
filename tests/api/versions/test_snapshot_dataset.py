"""Snapshots of a cataloged dataset against a real Hub over HTTP."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import update_dataset, update_version
from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.errors import (
    DatasetError,
    DatasetUnknownError,
    DataUnreadableError,
    HubEditedError,
    VersionDamagedError,
    VersionUnknownError,
)
from huggingnersc.fixes import Fix, Message, Option, Verb
from tests.api.iris import catalog_iris, commits, edit_on_hub, hub_text
from tests.api.versions.publishing import files_at, tags
from tests.api.versions.snapshots import LISTS, PUBLIC, paths, record, runs, snapshot
from tests.builders import IRIS, IRIS_LINK, make_metadata
from tests.data_files import data_library

if TYPE_CHECKING:
    from tests.api.conftest import Centre

pytestmark = pytest.mark.usefixtures("settled")


def test_a_snapshot_is_one_commit_a_tag_and_a_recorded_version(
    centre: Centre, data: Path, clean_env: Path
) -> None:
    result = snapshot(centre, message="First\nversion", labels=["checked"], statistics=None)
    assert (result.outcome, result.version, result.files) == ("made", "v1", 1)
    assert tags(centre) == {"v1": result.commit}
    assert len(commits(centre)) == 3
    (version,) = record(centre).history.versions
    assert (version.name, version.message, version.labels) == (
        "v1",
        "First\nversion",
        ("checked",),
    )
    assert VersionStore(centre.catalog, "iris").problems(record(centre).history) == ()
    on_hub = {path.removeprefix("version/") for path in files_at(centre) if "/" in path}
    assert on_hub == set(paths(result.public_files))
    assert set(PUBLIC) <= on_hub
    assert "v1" in hub_text(centre, "README.md")
    assert runs(clean_env) == []
    assert data.is_dir()


def test_nothing_changed_is_nothing_to_do(centre: Centre, data: Path) -> None:
    snapshot(centre)
    made = tags(centre)
    result = snapshot(centre)
    assert (result.outcome, result.version, result.hashed_files) == ("unchanged", "v1", 0)
    assert tags(centre) == made
    assert data.is_dir()


def test_options_for_unchanged_data_have_no_effect_and_are_named(
    centre: Centre, data: Path
) -> None:
    snapshot(centre, statistics=None)
    result = snapshot(centre, statistics=None, sample_rows=50, manifest=False)
    (warning,) = result.warnings
    assert result.outcome == "unchanged"
    assert isinstance(warning, Message)
    *_, fix = warning.parts
    asked = (Option(Field.MANIFEST, value=False), Option(Field.SAMPLE_ROWS, "50"))
    assert fix == Fix(Verb.SNAPSHOT_DATASET, ("iris",), (Option(Field.VERSION, "v2"), *asked))
    made = snapshot(centre, version="v2", statistics=None, sample_rows=50, manifest=False)
    assert (made.outcome, max(one.rows for one in made.sample)) == ("made", 50)
    assert snapshot(centre, statistics=None, manifest=False).warnings == ()
    assert data.is_dir()


def test_what_was_read_for_nothing_to_do_is_not_read_again(centre: Centre, data: Path) -> None:
    snapshot(centre)
    for file in data.iterdir():
        os.utime(file, ns=(1, 1))
    assert [snapshot(centre).hashed_files for _ in range(2)] == [1, 0]


def test_files_of_a_retired_version_may_get_another_name(centre: Centre, data: Path) -> None:
    snapshot(centre)
    update_version("iris@v1", retired=True, site=str(centre.profile))
    result = snapshot(centre)
    assert (result.outcome, len(result.warnings)) == ("unchanged", 1)
    assert "update_version('iris@v1', retired=False)" in str(result.warnings[0])
    assert snapshot(centre, version="v2").parent is None
    assert data.is_dir()


def test_a_changed_file_alone_is_read_again(centre: Centre, data: Path) -> None:
    (data / "more.csv").write_text("x\n1\n")
    snapshot(centre)
    (data / "more.csv").write_text("x\n2\n")
    result = snapshot(centre, message="Fix a row")
    assert (result.version, result.parent, result.hashed_files) == ("v2", "iris@v1", 1)
    assert result.summary == "1 file modified"
    assert [one.changes for one in record(centre).history.versions] == ["", "1 file modified"]
    assert sorted(tags(centre)) == ["v1", "v2"]
    assert snapshot(centre, full=True).hashed_files == 2


def test_a_dry_run_shows_what_would_be_public_and_publishes_nothing(
    centre: Centre, data: Path
) -> None:
    data_library("duckdb")
    before = commits(centre)
    planned = snapshot(centre, dry_run=True, statistics=None)
    assert (planned.outcome, planned.commit) == ("planned", None)
    assert "iris.csv: sepal_length" in " ".join(one.where for one in planned.public_values)
    assert set(PUBLIC) <= set(paths(planned.public_files))
    assert (commits(centre), tags(centre), record(centre).history.versions) == (before, {}, ())
    assert not (centre.catalog / "iris/versions").exists()
    made = snapshot(centre, statistics=None)
    assert made.public_files == planned.public_files
    assert data.is_dir()


@pytest.mark.parametrize(
    ("options", "public"),
    [
        ({"manifest": False}, {"statistics.json", "version.json"}),
        ({"statistics": False}, {*LISTS, "version.json"}),
        ({"private_statistics": True}, {*LISTS, "version.json"}),
    ],
)
def test_what_becomes_public_is_chosen(
    centre: Centre, data: Path, options: dict[str, Any], public: set[str]
) -> None:
    snapshot(centre, **({"statistics": None} | options))
    paths = [path for path in files_at(centre) if path.startswith("version/")]
    on_hub = {Path(path).name for path in paths if "/sample/" not in path}
    assert {name for name in on_hub if not name.endswith(".png")} == public
    assert data.is_dir()


def test_the_next_version_publishes_no_more_than_the_latest(centre: Centre, data: Path) -> None:
    snapshot(centre, statistics=None, manifest=False, sample=False)
    (data / "more.csv").write_text("a\n1\n")
    plan = snapshot(centre, statistics=None, dry_run=True)
    assert not {"manifest.tsv", "files.parquet"} & set(paths(plan.public_files))
    assert not any(path.startswith("sample/") for path in paths(plan.public_files))
    assert any("the list of files, a sample" in str(warning) for warning in plan.warnings)
    asked = snapshot(centre, statistics=None, manifest=True, sample=True, dry_run=True)
    assert "manifest.tsv" in paths(asked.public_files)
    assert any(path.startswith("sample/") for path in paths(asked.public_files))


def test_the_site_chooses_where_the_command_does_not(centre: Centre, data: Path) -> None:
    text = centre.profile.read_text(encoding="utf-8")
    own = '\n[versions]\nmanifest = "private"\nstatistics = "none"\n'
    centre.profile.write_text(text + own, encoding="utf-8")
    result = snapshot(centre, statistics=None)
    assert (paths(result.public_files), paths(result.private_files)) == (
        ["version.json"],
        [*LISTS],
    )
    assert data.is_dir()


def test_a_parent_may_be_of_another_dataset(centre: Centre, data: Path, tmp_path: Path) -> None:
    snapshot(centre)
    metadata = tmp_path / "other.json"
    metadata.write_text(json.dumps(make_metadata(other_info={"nickname": "other"})))
    (data.parent / "other").mkdir()
    catalog_iris(
        centre,
        nickname="other",
        loader_script=IRIS / "iris_loader.py",
        portal_link=IRIS_LINK,
        metadata_json=metadata,
        data_path=data.parent / "other",
    )
    with pytest.raises(VersionUnknownError):
        snapshot(centre, "other", parent="iris@v2")
    with pytest.raises(DatasetUnknownError):
        snapshot(centre, "other", parent="nothing@v1")
    result = snapshot(centre, "other", parent="iris@v1")
    assert (result.parent, result.summary) == ("iris@v1", "1 file removed")
    (version,) = CatalogFolder(centre.catalog).record("other").history.versions
    assert version.parent == "iris@v1"


def test_a_version_that_was_exchanged_is_no_parent(centre: Centre, data: Path) -> None:
    first = snapshot(centre)
    file = Path(first.folder) / "version.json"
    file.write_text(file.read_text().replace('"links": 0', '"links": 1'))
    (data / "new.csv").write_text("1\n")
    with pytest.raises(VersionDamagedError):
        snapshot(centre)
    assert tags(centre).keys() == {"v1"}


def test_edits_on_the_hub_are_left_to_their_own_command(centre: Centre, data: Path) -> None:
    edit_on_hub(centre, "iris_loader.py", "print()\n")
    with pytest.raises(HubEditedError) as caught:
        snapshot(centre)
    assert "update_dataset" in str(caught.value.hint)
    assert tags(centre) == {}
    assert data.is_dir()


def test_an_empty_folder_in_place_of_files_is_a_version_only_by_name(
    centre: Centre, data: Path
) -> None:
    snapshot(centre)
    for file in data.iterdir():
        file.unlink()
    with pytest.raises(DataUnreadableError):
        snapshot(centre)
    assert sorted(tags(centre)) == ["v1"]
    assert snapshot(centre, version="v2").files == 0


def test_data_that_is_gone_is_explained(centre: Centre, data: Path) -> None:
    data.rename(data.with_name("moved"))
    with pytest.raises(DatasetError) as caught:
        snapshot(centre)
    assert "update_dataset" in str(caught.value.hint)
    update_dataset("iris", data_path=data.with_name("moved"), site=str(centre.profile))
    assert snapshot(centre).outcome == "made"


def test_lists_that_name_another_place_are_named_until_the_data_is_back(
    centre: Centre, data: Path
) -> None:
    def warns(**changes: Any) -> bool:
        result = update_dataset("iris", **changes, site=str(centre.profile))
        fix = Fix(Verb.SNAPSHOT_DATASET, ("iris",), (Option(Field.VERSION, "v2"),))
        return any(isinstance(one, Message) and fix in one.parts for one in result.warnings)

    snapshot(centre)
    assert warns(data_path=data.with_name("moved"))
    assert not warns(data_path=data)
    assert warns(portal_link=f"{IRIS_LINK}/moved")
