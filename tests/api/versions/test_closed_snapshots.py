"""What is published of data that not everyone may read: its version, and no name or value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import plan_snapshot, resume_run
from huggingnersc.adapters.hub.client import Hub
from huggingnersc.adapters.statistics.describe import describe
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.api.versions import describe_version, make_version, publish_version
from huggingnersc.api.versions.snapshot_result import planned_snapshot
from huggingnersc.domain.versions.snapshot_options import SnapshotOptions
from huggingnersc.errors import DataChangingError
from tests.api.iris import hub_text
from tests.api.versions.publishing import files_at, tags
from tests.api.versions.snapshots import LISTS, cut_off_at, paths, record, runs, snapshot
from tests.data_files import data_library

if TYPE_CHECKING:
    from tests.api.conftest import Centre

pytestmark = pytest.mark.usefixtures("settled")


@pytest.mark.attack("closed data")
@pytest.mark.parametrize("closed", ["file", "folder", "parent"])
def test_nothing_of_closed_data_reaches_the_hub(centre: Centre, data: Path, closed: str) -> None:
    data_library("duckdb")  # counts the examples, which stay private too
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


@pytest.mark.attack("closed data")
@pytest.mark.parametrize("by_id", [False, True])
def test_what_describes_data_that_was_closed_meanwhile_is_not_completed(
    centre: Centre, data: Path, clean_env: Path, *, by_id: bool
) -> None:
    with cut_off_at(publish_version, "publish_version"):
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
def test_what_the_hub_has_already_is_completed_with_a_warning(centre: Centre, data: Path) -> None:
    with cut_off_at(Hub, "create_tag"):
        snapshot(centre)
    (data / "iris.csv").chmod(0o640)
    made = snapshot(centre)
    public = [*LISTS, "version.json"]
    assert (made.outcome, paths(made.public_files)) == ("made", public)
    assert "update_dataset('iris', private=True)" in str(made.warnings[-1])
    assert tags(centre) == {"v1": made.commit}


@pytest.mark.attack("closed data")
def test_data_that_is_closed_after_the_question_is_not_described(
    centre: Centre, data: Path
) -> None:
    with cut_off_at(publish_version, "publish_version"):
        snapshot(centre)
    with plan_snapshot("iris", SnapshotOptions(), site=str(centre.profile)) as pending:
        data.chmod(0o750)
        with pytest.raises(DataChangingError):
            pending.apply()
    assert tags(centre) == {}
