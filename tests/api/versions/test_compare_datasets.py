"""Comparing recorded versions, folders and manifest files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from huggingnersc.api.versions.compare_datasets import compare_datasets
from huggingnersc.domain.versions.comparison import DifferenceKind
from huggingnersc.errors import (
    DatasetError,
    DatasetUnknownError,
    VersionDamagedError,
    VersionUnknownError,
)
from tests.versioned_catalog import VersionedCatalog, entry, manifest_of

if TYPE_CHECKING:
    from huggingnersc.domain.site import Site

OLD = manifest_of([entry("a", "1"), entry("b", "2"), entry("old/c", "3")])
NEW = manifest_of([entry("a", "1"), entry("b", "4"), entry("new/c", "3"), entry("d", "5")])


@pytest.fixture
def catalog(tmp_path: Path) -> VersionedCatalog:
    return VersionedCatalog(tmp_path / "catalog")


def test_two_versions_of_a_dataset_are_compared(catalog: VersionedCatalog, site: Site) -> None:
    catalog.add("iris", OLD)
    catalog.add("iris", NEW)
    result = compare_datasets("iris@v1", "iris@v2", site=site)
    assert result.differs
    assert result.summary == ("1 file added, 1 file modified, 0 files removed, 1 file renamed")
    assert [(one.kind, one.path) for one in result.changes] == [
        (DifferenceKind.MODIFIED, "b"),
        (DifferenceKind.ADDED, "d"),
        (DifferenceKind.RENAMED, "new/c"),
    ]
    same = compare_datasets("iris@v2", "iris", site=site)
    assert (same.differs, list(same.changes)) == (False, [])
    assert (same.after.title, same.after.files) == ("iris@v2", 4)


def test_nicknames_mean_their_current_versions(catalog: VersionedCatalog, site: Site) -> None:
    catalog.add("iris", OLD)
    catalog.add("iris-2", NEW)
    catalog.add("iris-2", OLD)
    assert not compare_datasets("iris", "iris-2", site=site).differs
    assert compare_datasets("iris", "iris-2@v1", site=site).differs


def test_a_manifest_file_is_compared(
    catalog: VersionedCatalog, site: Site, tmp_path: Path
) -> None:
    catalog.add("iris", OLD)
    file = tmp_path / "manifest.tsv"
    file.write_bytes(OLD)
    assert not compare_datasets(str(file), "iris@v1", site=site).differs
    file.write_bytes(OLD + b"a\tb\n")
    with pytest.raises(VersionDamagedError) as caught:
        compare_datasets(str(file), "iris@v1", site=site)
    assert "line 4" in str(caught.value)


def test_files_that_were_not_readable_are_a_warning(catalog: VersionedCatalog, site: Site) -> None:
    for count in (2, 1, 0):
        catalog.add("iris", OLD, unreadable=count)
    several, one = compare_datasets("iris@v1", "iris@v2", site=site).warnings
    assert ("2 files " in several, "1 file " in one) == (True, True)
    assert len(compare_datasets("iris@v1", "iris@v3", site=site).warnings) == 1


@pytest.mark.parametrize(
    ("damaged", "line"),
    [
        (OLD.replace(b"\t3\t", b"\t9\t"), None),
        (OLD[:-1], 3),
        (OLD + b"z\n", 4),
        (OLD + OLD, 4),
        (b"", None),
    ],
)
def test_a_changed_manifest_is_refused_and_its_line_named(
    catalog: VersionedCatalog, site: Site, damaged: bytes, line: int | None
) -> None:
    catalog.add("iris", OLD)
    catalog.add("iris", NEW)
    (catalog.root / "iris/versions/v1/manifest.tsv").write_bytes(damaged)
    for words in (("iris@v1", "iris@v2"), ("iris@v2", "iris@v1"), ("iris@v1", "iris@v1")):
        with pytest.raises(VersionDamagedError) as caught:
            compare_datasets(*words, site=site)
        assert line is None or f"line {line}" in str(caught.value)


def test_what_is_not_there_is_explained(catalog: VersionedCatalog, site: Site) -> None:
    catalog.add("iris", OLD)
    with pytest.raises(VersionUnknownError):
        compare_datasets("iris@v1", "iris@v9", site=site)
    with pytest.raises(DatasetUnknownError):
        compare_datasets("iris@v1", "rose", site=site)
    with pytest.raises(DatasetError):
        compare_datasets("iris@v1", site=site)
    with pytest.raises(DatasetError):
        compare_datasets("iris@v1", "./nowhere", site=site)
    with pytest.raises(DatasetError):
        compare_datasets("iris@v1", "./nowhere", live=True, site=site)
    with pytest.raises(DatasetUnknownError):
        compare_datasets("iris@v1", "", site=site)
    with pytest.raises(DatasetError):
        compare_datasets("iris@v1", "iris@v1", live=True, site=site)
    assert list(Path(site.run_root).iterdir()) == []


def test_another_version_json_than_the_recorded_one_is_refused(
    catalog: VersionedCatalog, site: Site
) -> None:
    catalog.add("iris", OLD)
    file = catalog.root / "iris/versions/v1/version.json"
    file.write_bytes(file.read_bytes().replace(b'"files": 3', b'"files": 4'))
    with pytest.raises(VersionDamagedError):
        compare_datasets("iris@v1", "iris@v1", site=site)
