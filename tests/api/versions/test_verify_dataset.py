"""Verifying real files against a version, in every mode."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.engines.choice import EngineChoice, no_report
from huggingnersc.adapters.engines.run_folder import RunFolder
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.api.packing.pack_dataset import pack_dataset
from huggingnersc.api.versions.compare_datasets import compare_datasets
from huggingnersc.api.versions.live_inventory import inventory_of, inventory_run
from huggingnersc.api.versions.verify_dataset import resume_verify, verify_dataset
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.versions.inventory_mode import Mode
from huggingnersc.domain.versions.verification import FINDINGS, FindingCounts
from huggingnersc.errors import DatasetError, VersionUnknownError
from huggingnersc.fixes import Fix, Message, Option, Placeholder, Verb
from tests.builders import write_tree
from tests.versioned_catalog import VersionedCatalog, manifest_of_folder

if TYPE_CHECKING:
    from huggingnersc.api.versions.verify_dataset import Verified
    from huggingnersc.domain.site import Site

FILES = {"a.csv": "1\n", "b/c.csv": "22\n", "b/d.csv": "333\n", "b/empty": "", "e": "4\n"}
ALL_MODES = pytest.mark.parametrize("mode", list(Mode))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    root = write_tree(tmp_path / "data", FILES)
    (root / "link").symlink_to("a.csv")
    return root


@pytest.fixture
def catalog(tmp_path: Path, data: Path) -> VersionedCatalog:
    """A catalog with one version of the data."""
    made = VersionedCatalog(tmp_path / "catalog")
    made.add("iris", manifest_of_folder(data), data_path=data)
    return made


def keep_hashes(data: Path, catalog: VersionedCatalog, site: Site) -> None:
    """Keep the hashes of the data in the catalog, as a snapshot does."""
    choice = EngineChoice.of(site)
    run = inventory_run(data, Verb.SNAPSHOT_DATASET, "iris", choice=choice, site=site, request={})
    with inventory_of(run, choice=choice, report=no_report) as inventory:
        store = VersionStore(catalog.root, "iris")
        store.keep_known_hashes(inventory.known_hashes)


def age(data: Path) -> None:
    """Let the files be older than the time in which a change may not show."""
    for path in data.rglob("*"):
        os.utime(path, ns=(10**18, 10**18), follow_symlinks=False)


def named(result: Verified) -> dict[str, str]:
    return {one.path: FINDINGS[one.kind] for one in result.findings}


@ALL_MODES
def test_unchanged_data_is_well_and_leaves_no_run(
    catalog: VersionedCatalog, site: Site, mode: Mode
) -> None:
    result = verify_dataset("iris", mode=mode, site=site)
    assert result.is_well
    assert (result.version, result.files, list(result.findings)) == ("v1", 5, [])
    assert list(Path(site.run_root).iterdir()) == []


@ALL_MODES
def test_every_kind_of_damage_is_named(
    catalog: VersionedCatalog, site: Site, data: Path, mode: Mode
) -> None:
    (data / "a.csv").unlink()
    (data / "b/c.csv").write_text("23\n")
    (data / "b/d.csv").rename(data / "moved.csv")
    (data / "new").write_text("x")
    (data / "link").unlink()
    (data / "link").symlink_to("b")
    result = verify_dataset("iris@v1", mode=mode, site=site)
    assert not result.is_well
    expected = {"a.csv": "missing", "b/c.csv": "changed", "new": "extra", "link": "changed"}
    if mode is Mode.QUICK:  # which does not know the content of what came
        expected |= {"b/d.csv": "missing", "moved.csv": "extra"}
        assert result.hashed_files == 0
    else:
        expected |= {"moved.csv": "moved"}
    assert named(result) == expected
    assert result.counts.total == len(expected)


@pytest.mark.parametrize("mode", [Mode.REUSE, Mode.FULL])
def test_one_flipped_byte_of_the_same_size_and_time_is_found(
    catalog: VersionedCatalog, site: Site, data: Path, mode: Mode
) -> None:
    age(data)
    keep_hashes(data, catalog, site)
    status = (data / "b/c.csv").stat()
    (data / "b/c.csv").write_text("32\n")
    os.utime(data / "b/c.csv", ns=(status.st_atime_ns, status.st_mtime_ns))
    result = verify_dataset("iris", mode=mode, site=site)
    assert named(result) == {"b/c.csv": "changed"}


def test_a_known_hash_is_not_used_for_an_inode_that_changed_since(
    catalog: VersionedCatalog, site: Site, data: Path
) -> None:
    keep_hashes(data, catalog, site)
    age(data)  # which changes the times of the inodes
    assert verify_dataset("iris", site=site).hashed_files == 5


def test_another_time_is_no_finding_where_the_content_was_read(
    catalog: VersionedCatalog, site: Site, data: Path
) -> None:
    os.utime(data / "a.csv", ns=(1, 1))
    assert verify_dataset("iris", site=site).is_well
    assert verify_dataset("iris", mode=Mode.FULL, site=site).is_well
    quick = verify_dataset("iris", mode=Mode.QUICK, site=site)
    assert named(quick) == {"a.csv": "changed"}


def test_an_older_version_is_verified_by_its_own_manifest(
    catalog: VersionedCatalog, site: Site, data: Path
) -> None:
    (data / "new").write_text("x")
    catalog.add("iris", manifest_of_folder(data), data_path=data)
    assert verify_dataset("iris", site=site).is_well
    assert named(verify_dataset("iris@v1", site=site)) == {"new": "extra"}


def test_a_changed_version_is_a_finding_and_is_not_compared(
    catalog: VersionedCatalog, site: Site
) -> None:
    file = catalog.root / "iris/versions/v1/manifest.tsv"
    file.write_bytes(file.read_bytes()[:-2])
    result = verify_dataset("iris", site=site)
    assert (result.is_well, result.comparison, len(result.problems)) == (False, None, 1)
    assert not Path(site.run_root).exists()


def test_an_interrupted_verification_is_resumed(
    catalog: VersionedCatalog, site: Site, data: Path
) -> None:
    (data / "new").write_text("x")
    choice = EngineChoice.of(site)
    request = {"title": "iris@v1", "mode": "full", "sample": 1.0}
    run = inventory_run(
        data, Verb.VERIFY_DATASET, "iris", choice=choice, site=site, request=request
    )
    result = resume_verify(RunFolder.open(run.path), choice, site, no_report)
    assert named(result) == {"new": "extra"}
    assert result.mode is Mode.FULL
    assert not run.path.exists()


def test_what_cannot_be_verified_is_explained(
    catalog: VersionedCatalog, site: Site, data: Path
) -> None:
    with pytest.raises(VersionUnknownError):
        verify_dataset("iris@v9", site=site)
    with pytest.raises(DatasetError):
        verify_dataset("iris", mode=Mode.SAMPLE, sample=0, site=site)
    data.rename(data.with_name("elsewhere"))
    with pytest.raises(DatasetError):
        verify_dataset("iris", site=site)


def test_live_data_is_compared_with_a_version_and_folders_with_each_other(
    catalog: VersionedCatalog, site: Site, data: Path, tmp_path: Path
) -> None:
    assert not compare_datasets("iris", live=True, site=site).differs
    other = write_tree(tmp_path / "other", FILES)
    (other / "a.csv").rename(other / "z.csv")
    changed = compare_datasets(f"{data}/", f"{other}/", site=site)
    assert changed.summary == (
        "0 files added, 0 files modified, 1 file removed, 1 file renamed, 4 files touched"
    )
    assert not compare_datasets(f"{data}/", f"{data}/", site=site).differs
    assert compare_datasets("iris@v1", f"{other}/", site=site).differs
    assert list(Path(site.run_root).iterdir()) == []


def test_data_that_is_gone_is_explained_alike_by_every_command(
    data: Path, catalog: VersionedCatalog, site: Site, tmp_path: Path
) -> None:
    request = {"title": "iris@v1", "mode": "full", "sample": 1.0}
    choice = EngineChoice.of(site)
    run = inventory_run(
        data, Verb.VERIFY_DATASET, "iris", choice=choice, site=site, request=request
    )
    data.rename(tmp_path / "moved")
    moved = Fix(Verb.UPDATE_DATASET, ("iris",), (Option(Field.DATA_PATH, Placeholder.DIR),))
    for command in (
        lambda: verify_dataset("iris", site=site),
        lambda: resume_verify(run, choice, site, no_report),
        lambda: compare_datasets("iris", live=True, site=site),
        lambda: pack_dataset("iris", tmp_path / "pack", site=site),
        lambda: pack_dataset("iris@v1", tmp_path / "pack", site=site),
    ):
        with pytest.raises(DatasetError) as caught:
            command()
        assert isinstance(caught.value.hint, Message)
        assert caught.value.hint.parts[-1] == moved
    assert [*Path(site.run_root).iterdir()] == [run.path]


def test_counts_are_worded() -> None:
    counts = FindingCounts(missing=1, moved=2)
    assert (counts.total, counts.summary) == (3, "1 file missing, 2 files moved")
