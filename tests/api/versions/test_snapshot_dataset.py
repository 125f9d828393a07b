"""Snapshots of a cataloged dataset against a real Hub over HTTP."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import (
    plan_snapshot,
    resume_run,
    snapshot_dataset,
    update_dataset,
    update_version,
)
from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.hub.client import Hub
from huggingnersc.adapters.inventory import hash_files
from huggingnersc.adapters.statistics.describe import describe
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.api.versions import describe_version, make_version, publish_version
from huggingnersc.api.versions.prepare_version import Preparation
from huggingnersc.api.versions.snapshot_result import planned_snapshot
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.versions.snapshot_options import SnapshotOptions
from huggingnersc.errors import (
    DataChangingError,
    DatasetBusyError,
    DatasetError,
    DatasetUnknownError,
    DataUnreadableError,
    HubEditedError,
    RunDamagedError,
    RunExistsError,
    VersionDamagedError,
    VersionUnknownError,
)
from huggingnersc.fixes import Fix, Message, Option, Verb
from tests.api.iris import api, catalog_iris, commits, edit_on_hub, hub_text, tree
from tests.api.versions.publishing import files_at, tags
from tests.builders import IRIS, IRIS_LINK, make_metadata
from tests.open_data import open_iris

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.versions.snapshot_result import Snapshot
    from huggingnersc.domain.catalog.record import Record
    from tests.api.conftest import Centre

LISTS = ("files.parquet", "folders.tsv", "loading.json", "manifest.tsv")
PUBLIC = ["manifest.tsv", "statistics.json", "version.json"]


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files that were just written be as good as old ones."""
    monkeypatch.setattr(hash_files, "SETTLED_NS", 0)


@pytest.fixture
def data(centre: Centre) -> Iterator[Path]:
    """The data of iris, which is cataloged."""
    with open_iris() as data:
        catalog_iris(centre, data_path=data)
        yield data


def snapshot(centre: Centre, nickname: str = "iris", **changes: Any) -> Snapshot:
    given: dict[str, Any] = {"statistics": False, "site": str(centre.profile)}
    return snapshot_dataset(nickname, **(given | changes))


def cut_off(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def record(centre: Centre) -> Record:
    return CatalogFolder(centre.catalog).record("iris")


def paths(files: tuple[Any, ...]) -> list[str]:
    return [file.path for file in files]


def runs(home: Path) -> list[Path]:
    return [*(home / ".local/share/huggingnersc/runs").glob("*")]


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


@pytest.mark.attack("closed data")
@pytest.mark.parametrize("closed", ["file", "folder", "parent"])
def test_nothing_of_closed_data_reaches_the_hub(centre: Centre, data: Path, closed: str) -> None:
    (data / "sub").mkdir()
    (data / "sub/secret_name.csv").write_text("name\nAda\n")
    if closed == "file":
        (data / "sub/secret_name.csv").chmod(0o640)
    else:
        {"folder": data / "sub", "parent": data.parent}[closed].chmod(0o750)
    result = snapshot(centre, manifest=True, statistics=None, private_statistics=False)
    assert paths(result.public_files) == ["version.json"]
    assert result.closed.endswith({"file": "secret_name.csv", "folder": "sub"}.get(closed, ""))
    assert [path for path in files_at(centre) if "/" in path] == ["version/version.json"]
    described = hub_text(centre, "version/version.json")
    assert "secret_name" not in described + hub_text(centre, "README.md")
    own = json.loads((centre.catalog / "iris/versions/v1/version.json").read_bytes())
    assert own["examples"]
    assert own["documents"]["statistics.json"]["sha256"]
    del own["examples"], own["manifest"]
    assert json.loads(described) == own | {"documents": {}}
    assert record(centre).history.statistics == ""
    folder = centre.catalog / "iris/versions/v1"
    assert "secret_name" in (folder / "manifest.tsv").read_text()
    assert (folder / "statistics.json").exists()


@pytest.mark.attack("closed data")
def test_data_that_is_closed_while_it_is_read_stays_private(
    centre: Centre, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = planned_snapshot

    def closing(*given: Any) -> Any:
        monkeypatch.setattr(make_version, "planned_snapshot", planned)
        data.chmod(0o750)
        return planned(*given)

    monkeypatch.setattr(make_version, "planned_snapshot", closing)
    result = snapshot(centre)
    assert (result.outcome, paths(result.public_files)) == ("made", ["version.json"])
    assert [path for path in files_at(centre) if "/" in path] == ["version/version.json"]


@pytest.mark.attack("closed data")
def test_a_folder_that_is_a_link_for_a_moment_is_not_described(
    centre: Centre, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (data / "sub").mkdir()
    (data / "sub/a.csv").write_text("x\n1\n")
    (tmp_path / "private").mkdir()
    (tmp_path / "private/a.csv").write_text("x\n42424\n")

    def exchanged(*given: Any) -> Any:
        (data / "sub").rename(data / "aside")
        (data / "sub").symlink_to(tmp_path / "private")
        try:
            return describe(*given)
        finally:
            (data / "sub").unlink()
            (data / "aside").rename(data / "sub")

    with monkeypatch.context() as patch:
        patch.setattr(describe_version, "describe", exchanged)
        with pytest.raises(DataChangingError):
            snapshot(centre, statistics=True)
    snapshot(centre, statistics=True)
    assert "42424" not in hub_text(centre, "version/statistics.json")


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


def test_a_colleagues_snapshot_meanwhile_stops_this_one(
    centre: Centre, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    planned = planned_snapshot

    def colleague(*given: Any) -> Any:
        monkeypatch.setattr(make_version, "planned_snapshot", planned)
        monkeypatch.setenv("XDG_DATA_HOME", str(data.parent / "colleague"))
        snapshot(centre, message="Theirs")
        return planned(*given)

    monkeypatch.setattr(make_version, "planned_snapshot", colleague)
    with pytest.raises(DatasetBusyError):
        snapshot(centre, message="Mine")
    assert [one.message for one in record(centre).history.versions] == ["Theirs"]
    monkeypatch.delenv("XDG_DATA_HOME")
    assert snapshot(centre).outcome == "unchanged"


def test_a_run_that_was_only_planned_is_not_published_by_its_id(
    centre: Centre, data: Path, clean_env: Path
) -> None:
    planned = snapshot(centre, message="Asked first", dry_run=True)
    assert [run.name for run in runs(clean_env)] == [planned.run]
    resumed = resume_run(str(planned.run), site=str(centre.profile))
    assert (resumed.result.outcome, resumed.result.hashed_files) == ("planned", 0)
    assert tags(centre) == {}
    assert data.is_dir()


def test_a_run_that_was_agreed_to_is_completed_by_its_id(
    centre: Centre, data: Path, clean_env: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Preparation, "version", cut_off)
        with pytest.raises(KeyboardInterrupt):
            snapshot(centre, message="Asked first")
    (run,) = runs(clean_env)
    assert resume_run(run.name, site=str(centre.profile)).result.outcome == "made"
    assert [one.message for one in record(centre).history.versions] == ["Asked first"]
    assert runs(clean_env) == []
    assert data.is_dir()


def test_a_run_of_other_data_is_not_completed(centre: Centre, data: Path, clean_env: Path) -> None:
    snapshot(centre, dry_run=True)
    moved = data.rename(data.with_name("moved"))
    update_dataset("iris", data_path=moved, site=str(centre.profile))
    with pytest.raises(RunDamagedError):
        resume_run(runs(clean_env)[0].name, site=str(centre.profile))


def test_a_publication_that_was_cut_off_is_completed_and_no_other_begun(
    centre: Centre, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(publish_version, "publish_version", cut_off)
        with pytest.raises(KeyboardInterrupt):
            snapshot(centre, message="Agreed")
    with pytest.raises(RunExistsError):
        snapshot(centre, version="v2")
    (data / "later.csv").write_text("x\n")
    assert snapshot(centre, dry_run=True).outcome == "planned"
    assert snapshot(centre).version == "v1"
    (version,) = record(centre).history.versions
    assert (version.message, version.files) == ("Agreed", 1)
    assert snapshot(centre).summary == "1 file added"


def test_a_dry_run_changes_nothing_of_a_publication_that_was_cut_off(
    centre: Centre, data: Path, clean_env: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(publish_version, "publish_version", cut_off)
        with pytest.raises(KeyboardInterrupt):
            snapshot(centre, message="Agreed")
    (run,) = runs(clean_env)
    before = tree(run)
    assert snapshot(centre, dry_run=True, message="Another").outcome == "planned"
    assert tree(run) == before
    assert resume_run(run.name, site=str(centre.profile)).result.outcome == "made"
    assert data.is_dir()


@pytest.mark.attack("closed data")
@pytest.mark.parametrize("by_id", [False, True])
def test_what_describes_data_that_was_closed_meanwhile_is_not_completed(
    centre: Centre, data: Path, clean_env: Path, monkeypatch: pytest.MonkeyPatch, *, by_id: bool
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(publish_version, "publish_version", cut_off)
        with pytest.raises(KeyboardInterrupt):
            snapshot(centre, statistics=None)
    (data / "iris.csv").chmod(0o640)
    (run,) = runs(clean_env)
    if by_id:
        made = resume_run(run.name, site=str(centre.profile)).result
    else:
        assert paths(snapshot(centre, dry_run=True).public_files) == ["version.json"]
        made = snapshot(centre)
    assert (made.outcome, made.version, made.closed) == ("made", "v1", f"{data}/iris.csv")
    assert [path for path in files_at(centre) if "/" in path] == ["version/version.json"]
    assert "## Statistics" not in hub_text(centre, "README.md")
    assert "sha256" not in hub_text(centre, "version/version.json")
    assert VersionStore(centre.catalog, "iris").problems(record(centre).history) == ()
    assert snapshot(centre).outcome == "unchanged"


@pytest.mark.attack("closed data")
def test_what_the_hub_has_already_is_completed_with_a_warning(
    centre: Centre, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Hub, "create_tag", cut_off)
        with pytest.raises(KeyboardInterrupt):
            snapshot(centre)
    (data / "iris.csv").chmod(0o640)
    made = snapshot(centre)
    public = [*LISTS, "version.json"]
    assert (made.outcome, paths(made.public_files)) == ("made", public)
    assert "update_dataset('iris', private=True)" in str(made.warnings[-1])
    assert tags(centre) == {"v1": made.commit}


@pytest.mark.attack("closed data")
def test_data_that_is_closed_after_the_question_is_not_described(
    centre: Centre, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(publish_version, "publish_version", cut_off)
        with pytest.raises(KeyboardInterrupt):
            snapshot(centre)
    with plan_snapshot("iris", SnapshotOptions(), site=str(centre.profile)) as pending:
        data.chmod(0o750)
        with pytest.raises(DataChangingError):
            pending.apply()
    assert tags(centre) == {}


def test_a_publication_that_someone_else_overtook_is_given_up(
    centre: Centre, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(publish_version, "publish_version", cut_off)
        with pytest.raises(KeyboardInterrupt):
            snapshot(centre, message="Mine")
    with monkeypatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(data.parent / "colleague"))
        snapshot(centre, message="Theirs")
    assert snapshot(centre).outcome == "unchanged"
    assert [one.message for one in record(centre).history.versions] == ["Theirs"]


def test_a_plan_that_is_not_applied_leaves_all_as_it_was(centre: Centre, data: Path) -> None:
    before = commits(centre)
    with plan_snapshot("iris", SnapshotOptions(), site=str(centre.profile)) as pending:
        assert pending.plan.outcome == "planned"
        with pytest.raises(DatasetBusyError):
            update_dataset("iris", site=str(centre.profile))
    assert (commits(centre), tags(centre)) == (before, {})
    assert not (centre.catalog / "iris/versions").exists()
    assert api(centre).dataset_info("NERSC/iris").private is False
    assert data.is_dir()
