from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from huggingnersc.api.versions.inspect_version import inspect_version
from huggingnersc.errors import VersionDamagedError, VersionUnknownError
from tests.api.iris import api, catalog_iris
from tests.api.iris_versions import add_version

if TYPE_CHECKING:
    from huggingnersc.api.versions.inspect_version import InspectedVersion
    from tests.api.conftest import Centre


def inspected(centre: Centre, title: str = "iris@v1") -> InspectedVersion:
    return inspect_version(title, site=str(centre.profile))


def test_version_is_shown_as_it_was_made_and_as_it_is_recorded(centre: Centre) -> None:
    cataloged = catalog_iris(centre)
    version = add_version(centre, "v1", labels=("paper",), retired=True)
    add_version(centre, "v2")
    shown = inspected(centre)
    assert shown.version == version
    assert (shown.recorded.labels, shown.recorded.retired) == (("paper",), True)
    assert shown.is_current is False
    assert shown.folder == centre.catalog / "iris/versions/v1"
    assert shown.hub_url == f"{cataloged.hub_url}/tree/v1"
    assert (shown.commit, shown.hub_note) == (cataloged.commit, "")
    assert shown.warnings == ()
    assert inspected(centre, "iris").version.name == "v2"


def test_missing_tag_and_missing_repository_are_told(centre: Centre) -> None:
    catalog_iris(centre)
    add_version(centre, tag=False)
    shown = inspected(centre)
    assert (shown.commit, len(shown.warnings)) == (None, 1)
    assert shown.hub_note
    api(centre).delete_repo("NERSC/iris", repo_type="dataset")
    shown = inspected(centre)
    assert (shown.commit, len(shown.warnings)) == (None, 0)
    assert shown.hub_note


def test_altered_version_is_shown_with_a_warning(centre: Centre) -> None:
    catalog_iris(centre)
    add_version(centre)
    (centre.catalog / "iris/versions/v1/statistics.json").unlink()
    shown = inspected(centre)
    assert shown.version.name == "v1"
    assert ["versions/v1/statistics.json" in str(one) for one in shown.warnings] == [True]


def test_version_without_files_is_damaged(centre: Centre) -> None:
    catalog_iris(centre)
    add_version(centre)
    (centre.catalog / "iris/versions/v1/version.json").write_bytes(b"{}")
    with pytest.raises(VersionDamagedError):
        inspected(centre)


def test_unknown_version_names_the_nearest(centre: Centre) -> None:
    catalog_iris(centre)
    add_version(centre, "v1.2.0")
    with pytest.raises(VersionUnknownError) as caught:
        inspected(centre, "iris@v1.2")
    assert caught.value.hint == "Did you mean iris@v1.2.0?"
