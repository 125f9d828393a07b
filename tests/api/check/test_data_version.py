"""The quick look at the data in check-dataset."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.api.check.data_version import unchanged_findings
from huggingnersc.domain.check.findings import Level
from huggingnersc.domain.site import CountingSettings
from huggingnersc.fixes import Fix, Verb
from tests.builders import make_site, record_of, write_tree
from tests.versioned_catalog import VersionedCatalog, manifest_of_folder

if TYPE_CHECKING:
    from huggingnersc.domain.check.findings import Finding
    from huggingnersc.domain.site import Site


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "data", {"a": "1\n", "b/c": "22\n", "b/d": "333\n"})


@pytest.fixture
def catalog(tmp_path: Path, data: Path) -> VersionedCatalog:
    made = VersionedCatalog(tmp_path / "catalog")
    made.add("iris", manifest_of_folder(data), data_path=data)
    return made


@pytest.fixture
def site(catalog: VersionedCatalog) -> Site:
    return replace(make_site(), catalog_root=PurePosixPath(catalog.root))


def findings(site: Site) -> list[Finding]:
    return list(unchanged_findings(CatalogFolder(Path(site.catalog_root)).record("iris"), site))


def test_unchanged_data_has_no_finding(site: Site) -> None:
    assert findings(site) == []


def test_data_that_differs_is_a_warning_with_the_commands_that_help(
    site: Site, data: Path
) -> None:
    (data / "a").unlink()
    (data / "b/c").write_text("other\n")
    os.utime(data / "b/d", ns=(1, 1))
    (data / "new").write_text("x")
    (found,) = findings(site)
    assert found.level is Level.WARNING
    assert found.fixes == (
        Fix(Verb.VERIFY_DATASET, ("iris@v1",)),
        Fix(Verb.SNAPSHOT_DATASET, ("iris",)),
    )
    assert "1 file missing, 1 file extra, 2 files changed" in str(found.message)


def test_what_takes_too_long_is_not_checked(site: Site, data: Path) -> None:
    profile = replace(site.profile, counting=CountingSettings(seconds=0))
    (found,) = findings(replace(site, profile=profile))
    assert found.level is Level.UNCHECKED


def test_missing_data_is_left_to_another_finding(site: Site, data: Path) -> None:
    data.rename(data.with_name("elsewhere"))
    assert findings(site) == []


def test_a_damaged_version_is_not_compared(
    site: Site, data: Path, catalog: VersionedCatalog
) -> None:
    file = catalog.root / "iris/versions/v1/version.json"
    file.write_bytes(b"{}")
    (found,) = findings(site)
    assert found.level is Level.UNCHECKED


def test_a_dataset_without_versions_has_nothing_to_compare(site: Site) -> None:
    assert list(unchanged_findings(record_of(), site)) == []


def test_a_manifest_that_was_changed_says_nothing_of_the_data(
    site: Site, catalog: VersionedCatalog
) -> None:
    manifest = catalog.root / "iris/versions/v1/manifest.tsv"
    manifest.write_bytes(manifest.read_bytes().replace(b"b/d", b"b/e"))
    (found,) = findings(site)
    assert found.level is Level.UNCHECKED
    assert found.fixes == ()
