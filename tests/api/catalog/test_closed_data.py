"""Nothing that describes closed data becomes public, whenever it was closed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import remove_dataset, restore_dataset, snapshot_dataset
from huggingnersc.adapters.files.permissions import first_closed
from huggingnersc.errors import DataClosedError
from tests.api.iris import api, catalog_iris, is_private, update_iris
from tests.api.versions.publishing import files_at, tags
from tests.builders import IRIS
from tests.open_data import open_folder, open_iris

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.versions.snapshot_result import Snapshot
    from tests.api.conftest import Centre

pytestmark = pytest.mark.attack("closed data")


@pytest.fixture
def data() -> Iterator[Path]:
    """The data of iris, which everyone may read."""
    with open_iris() as data:
        yield data


def snapshot(centre: Centre, **changes: Any) -> Snapshot:
    return snapshot_dataset("iris", statistics=False, site=str(centre.profile), **changes)


def close(data: Path) -> Path:
    """Close the first file of the data to others."""
    file = min(data.iterdir())
    file.chmod(0o640)
    return file


def test_a_private_dataset_whose_data_was_closed_stays_private(centre: Centre, data: Path) -> None:
    catalog_iris(centre, data_path=data, private=True)
    snapshot(centre)
    closed = close(data)
    for dry_run in (True, False):
        with pytest.raises(DataClosedError) as caught:
            update_iris(centre, private=False, dry_run=dry_run)
    assert str(closed) in str(caught.value)
    assert f"chmod o+rX {closed}" in str(caught.value.hint)
    assert "update_dataset('iris', private=True)" in str(caught.value.hint)
    assert is_private(centre)
    closed.chmod(0o644)
    assert update_iris(centre, private=False).visibility == "public"


def test_versions_that_describe_nothing_may_become_public(centre: Centre, data: Path) -> None:
    catalog_iris(centre, data_path=data, private=True)
    close(data)
    snapshot(centre)
    update_iris(centre, private=False)
    assert not is_private(centre)
    assert [path for path in files_at(centre) if "/" in path] == ["version/version.json"]


def test_a_repository_that_someone_deleted_does_not_come_back_with_closed_data(
    centre: Centre, data: Path
) -> None:
    catalog_iris(centre, data_path=data)
    snapshot(centre)
    close(data)
    assert update_iris(centre).outcome == "unchanged"
    api(centre).delete_repo("NERSC/iris", repo_type="dataset")
    with pytest.raises(DataClosedError):
        update_iris(centre)
    update_iris(centre, private=True)
    assert is_private(centre)
    assert tags(centre).keys() == {"v1"}


def test_a_description_that_was_taken_off_the_hub_stays_off(centre: Centre, data: Path) -> None:
    catalog_iris(centre, data_path=data)
    snapshot(centre)
    api(centre).delete_file("version/manifest.tsv", "NERSC/iris", repo_type="dataset")
    close(data)
    with pytest.raises(DataClosedError):
        update_iris(centre)
    assert "version/manifest.tsv" not in files_at(centre)


def test_the_next_version_of_closed_data_is_made(centre: Centre, data: Path) -> None:
    catalog_iris(centre, data_path=data)
    snapshot(centre)
    close(data)
    (data / "more.csv").write_text("x\n1\n")
    assert [one.path for one in snapshot(centre).public_files] == ["version.json"]
    assert "version/manifest.tsv" not in files_at(centre)


@pytest.mark.parametrize("delete", [False, True])
def test_a_dataset_whose_data_was_closed_comes_back_as_a_private_one(
    centre: Centre, data: Path, *, delete: bool
) -> None:
    catalog_iris(centre, data_path=data)
    snapshot(centre)
    remove_dataset("iris", delete=delete, site=str(centre.profile))
    closed = close(data)
    restored = restore_dataset("iris", site=str(centre.profile))
    assert restored.private
    assert is_private(centre)
    assert "update_dataset('iris', private=False)" in str(restored.warnings[-1])
    assert update_iris(centre).outcome == "unchanged"
    closed.chmod(0o644)
    update_iris(centre, private=False)
    assert not is_private(centre)
    assert "version/manifest.tsv" in files_at(centre, "v1")


def test_a_draft_whose_data_was_closed_is_cataloged_as_a_private_one(
    centre: Centre, data: Path, tmp_path: Path
) -> None:
    draft = tmp_path / "iris"
    draft.mkdir()
    metadata = Path(shutil.copy(IRIS / "iris_metadata.json", draft))
    assert json.loads(metadata.read_text())
    snapshot(centre, draft=draft, data_path=data)
    close(data)
    with pytest.raises(DataClosedError):
        catalog_iris(centre, metadata_json=metadata, data_path=data)
    assert not (centre.catalog / "iris").exists()
    catalog_iris(centre, metadata_json=metadata, data_path=data, private=True)
    assert is_private(centre)


def test_everything_that_others_may_not_read_is_closed() -> None:
    with open_folder() as folder:
        data = folder / "data"
        (data / "sub").mkdir(parents=True)
        (data / "sub/file").write_text("1\n")
        (data / "aside").symlink_to("/root")
        for path in (data, data / "sub", data / "sub/file"):
            path.chmod(0o755)
        assert first_closed(data) is None
        assert first_closed(data / "gone/for/good") is None
        for path, mode in ((folder, 0o770), (data, 0o754), (data / "sub", 0o751)):
            before = path.stat().st_mode
            path.chmod(mode)
            assert first_closed(data) == path
            path.chmod(before)
        (data / "sub/file").chmod(0o640)
        assert first_closed(data) == data / "sub/file"
