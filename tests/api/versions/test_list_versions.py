from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from huggingnersc.api.versions.list_versions import list_versions
from huggingnersc.errors import DatasetUnknownError, VersionsAlteredError
from huggingnersc.fixes import Fix, Message, Verb
from tests.api.iris import api, catalog_iris
from tests.api.iris_versions import add_version
from tests.builders import write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.api.versions.list_versions import ListedVersions
    from huggingnersc.fixes import Text
    from tests.api.conftest import Centre


def listed(centre: Centre) -> ListedVersions:
    return list_versions("iris", site=str(centre.profile))


def commands(warnings: tuple[Text, ...]) -> list[Fix]:
    """The commands that warnings suggest."""
    messages = [one for one in warnings if isinstance(one, Message)]
    return [part for one in messages for part in one.parts if isinstance(part, Fix)]


def test_versions_are_listed_the_newest_first(centre: Centre) -> None:
    catalog_iris(centre)
    for name in ("v1", "v2", "v3"):
        add_version(centre, name, retired=name == "v3")
    result = listed(centre)
    assert [(row.version.name, row.is_current, row.tagged) for row in result.versions] == [
        ("v3", False, True),
        ("v2", True, True),
        ("v1", False, True),
    ]
    assert (result.problems, result.warnings, result.hub_note) == ((), (), "")
    result.raise_for_problems()


def test_missing_tag_is_a_warning_with_the_command_that_makes_it(centre: Centre) -> None:
    catalog_iris(centre)
    add_version(centre, "v1")
    add_version(centre, "v2", tag=False)
    result = listed(centre)
    assert [row.tagged for row in result.versions] == [False, True]
    assert commands(result.warnings) == [Fix(Verb.UPDATE_DATASET, ("iris",))]


def test_without_the_hub_the_tags_are_not_known(centre: Centre, tmp_path: Path) -> None:
    catalog_iris(centre)
    add_version(centre)
    text = centre.profile.read_text(encoding="utf-8")
    write_tree(tmp_path, {"dead.toml": text.replace(centre.hub.endpoint, "http://127.0.0.1:9")})
    result = list_versions("iris", site=str(tmp_path / "dead.toml"))
    assert [row.tagged for row in result.versions] == [None]
    assert "http://127.0.0.1:9" in result.hub_note
    assert len(result.warnings) == 1


def test_repository_that_is_gone_has_no_tags(centre: Centre) -> None:
    catalog_iris(centre)
    add_version(centre)
    api(centre).delete_repo("NERSC/iris", repo_type="dataset")
    result = listed(centre)
    assert [row.tagged for row in result.versions] == [False]
    assert len(result.warnings) == 1


def test_version_that_was_altered_is_listed_and_an_error(centre: Centre) -> None:
    catalog_iris(centre)
    add_version(centre, "v1")
    add_version(centre, "v2")
    manifest = centre.catalog / "iris/versions/v1/manifest.tsv"
    manifest.write_bytes(manifest.read_bytes() + b"x")
    result = listed(centre)
    assert [row.version.name for row in result.versions] == ["v2", "v1"]
    with pytest.raises(VersionsAlteredError) as caught:
        result.raise_for_problems()
    assert [one.where for one in caught.value.problems] == ["versions/v1/manifest.tsv"]
    assert caught.value.exit_code == 1


def test_dataset_without_versions_says_how_to_make_one(centre: Centre) -> None:
    catalog_iris(centre)
    result = listed(centre)
    assert (result.versions, result.problems) == ((), ())
    assert commands(result.warnings) == [Fix(Verb.SNAPSHOT_DATASET, ("iris",))]


def test_unknown_dataset_names_the_nearest(centre: Centre) -> None:
    catalog_iris(centre)
    with pytest.raises(DatasetUnknownError) as caught:
        list_versions("irsi", site=str(centre.profile))
    assert caught.value.hint == "Did you mean iris?"
