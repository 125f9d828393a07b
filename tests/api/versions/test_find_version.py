from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.api.versions.find_version import find_version, split_title
from huggingnersc.domain.catalog.record import record_bytes
from huggingnersc.domain.catalog.version_history import VersionHistory
from huggingnersc.errors import DatasetUnknownError, VersionUnknownError
from huggingnersc.fixes import Fix, Message, Verb
from tests.builders import make_version, record_of, write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.domain.catalog.version_history import RecordedVersion


@pytest.fixture
def catalog(tmp_path: Path) -> CatalogFolder:
    return CatalogFolder(tmp_path)


def record_versions(catalog: CatalogFolder, *versions: RecordedVersion) -> None:
    record = replace(record_of("iris"), history=VersionHistory(versions))
    write_tree(catalog.root, {"iris/iris_info.json": record_bytes(record)})


def test_titles_are_split_at_the_first_at() -> None:
    assert split_title("iris") == ("iris", None)
    assert split_title("iris@v1") == ("iris", "v1")
    assert split_title("iris@") == ("iris", "")
    assert split_title("a@b@c") == ("a", "b@c")


def test_version_is_found_by_its_name_and_the_current_one_without(catalog: CatalogFolder) -> None:
    record_versions(
        catalog, make_version("v1"), make_version("v2"), make_version("v3", retired=True)
    )
    assert find_version("iris@v1", catalog).version.name == "v1"
    assert find_version("iris@v3", catalog).version.name == "v3"
    found = find_version("iris", catalog)
    assert str(found.title) == "iris@v2"


def test_newest_is_current_where_all_are_retired(catalog: CatalogFolder) -> None:
    record_versions(catalog, *(make_version(name, retired=True) for name in ("v1", "v2")))
    assert find_version("iris", catalog).version.name == "v2"


def test_unknown_version_names_the_nearest(catalog: CatalogFolder) -> None:
    record_versions(catalog, make_version("v1.2.0"), make_version("beta"))
    with pytest.raises(VersionUnknownError) as caught:
        find_version("iris@v1.2", catalog)
    assert caught.value.hint == "Did you mean iris@v1.2.0?"
    with pytest.raises(VersionUnknownError) as caught:
        find_version("iris@", catalog)
    assert isinstance(caught.value.hint, Message)
    assert caught.value.hint.parts[-1] == Fix(Verb.LIST_VERSIONS, ("iris",))


def test_dataset_without_versions_says_how_to_make_one(catalog: CatalogFolder) -> None:
    record_versions(catalog)
    for title in ("iris", "iris@v1"):
        with pytest.raises(VersionUnknownError) as caught:
            find_version(title, catalog)
        assert isinstance(caught.value.hint, Message)
        assert caught.value.hint.parts[-1] == Fix(Verb.SNAPSHOT_DATASET, ("iris",))


def test_unknown_dataset_with_a_version_names_the_nearest_dataset(catalog: CatalogFolder) -> None:
    record_versions(catalog, make_version())
    with pytest.raises(DatasetUnknownError) as caught:
        find_version("irsi@v1", catalog)
    assert caught.value.hint == "Did you mean iris?"


@pytest.mark.parametrize("title", ["iris@../v1", "iris@v1\n", "iris@\x1b[2J", "iris@v1@v1"])
def test_odd_version_is_unknown(catalog: CatalogFolder, title: str) -> None:
    record_versions(catalog, make_version())
    with pytest.raises(VersionUnknownError):
        find_version(title, catalog)
