"""Versions of a dataset that is not cataloged yet."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import snapshot_dataset
from huggingnersc.adapters.inventory import hash_files
from huggingnersc.adapters.loading import prepare
from huggingnersc.adapters.loading.files_table import list_files
from huggingnersc.adapters.loading.folders import list_folders
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.api.versions import make_version
from huggingnersc.api.versions.take_inventory import recheck
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.versions.version import ChangeCounts
from huggingnersc.errors import (
    DataChangingError,
    DataIncompleteError,
    DatasetError,
    RequestInvalidError,
    VersionExistsError,
    VersionUnknownError,
)
from tests.adapters.catalogs import NOBODY, acting_as, needs_root
from tests.api.versions.snapshots import cut_off_at
from tests.builders import write_tree
from tests.data_files import DATA_EXTRA
from tests.domain.scan.leaks import HF
from tests.open_data import open_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.versions.snapshot_result import Snapshot

SITE = """
name = "center"
title = "the center"
[hub]
organization = "NERSC"
[catalog]
root = "{folder}/catalog"
[engine]
run_root = "{folder}/runs"
"""
FILES = {"a.csv": "x,y\n1,2\n", "sub/b.csv": "x,y\n3,4\n", "read me.txt": "Two tables.\n"}


class Draft:
    """A draft folder and its data."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder / "draft", write_tree(folder / "data", FILES)
        self.folder.mkdir()

    def snapshot(self, **changes: Any) -> Snapshot:
        given: dict[str, Any] = {
            "draft": self.folder,
            "data_path": self.data,
            "statistics": False,
        }
        return snapshot_dataset("iris", **(given | changes))

    def site(self) -> str:
        """A site whose runs every user may keep beside the draft."""
        file = self.folder.parent / "site.toml"
        file.write_text(SITE.format(folder=self.folder.parent), encoding="utf-8")
        return str(file)

    def versions(self) -> list[str]:
        return [version.name for version in VersionStore(self.folder).versions()]

    def manifest(self, name: str) -> list[str]:
        file = VersionStore(self.folder).file(name, "manifest.tsv")
        return [line.split("\t")[0] for line in file.read_text().splitlines()]


@pytest.fixture
def draft() -> Iterator[Draft]:
    """A draft whose data everyone may read."""
    with open_folder() as folder:
        yield Draft(folder)


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files that were just written be as good as old ones."""
    monkeypatch.setattr(hash_files, "SETTLED_NS", 0)


def runs(home: Path) -> list[Path]:
    return [*(home / ".local/share/huggingnersc/runs").glob("*")]


def test_the_first_version_lists_every_file(draft: Draft, clean_env: Path) -> None:
    result = draft.snapshot(message="First")
    assert (result.outcome, result.version, result.parent) == ("made", "v1", None)
    assert (result.files, result.hashed_files, result.hub_url) == (3, 3, None)
    assert draft.manifest("v1") == ["a.csv", "read me.txt", "sub/b.csv"]
    version = VersionStore(draft.folder).read("v1")
    assert (version.nickname, version.message, version.changes) == ("iris", "First", None)
    assert (version.data_path, version.size_bytes) == (str(draft.data), result.size_bytes)
    assert runs(clean_env) == []


def test_the_next_version_of_a_draft_has_no_sample_where_the_latest_has_none(draft: Draft) -> None:
    pytest.importorskip("pyarrow", reason=DATA_EXTRA)
    draft.snapshot(statistics=None, sample=False)
    assert draft.snapshot(statistics=None, sample=False).warnings == ()
    (draft.data / "a.csv").write_text("x,y\n5,6\n")
    assert draft.snapshot(statistics=None, dry_run=True).sample == ()
    assert draft.snapshot(statistics=None, sample=True, dry_run=True).sample != ()


def test_options_for_unchanged_data_name_the_command_with_the_draft(draft: Draft) -> None:
    draft.snapshot()
    (warning,) = draft.snapshot(message="New").warnings
    call = "snapshot_dataset('iris', version='v2', message='New', statistics=False, draft="
    assert call in str(warning)
    assert f"data_path='{draft.data}')" in str(warning)


def test_nothing_is_made_of_unchanged_data(draft: Draft) -> None:
    draft.snapshot()
    os.utime(draft.data / "a.csv", ns=(1, 1))
    result = draft.snapshot()
    assert (result.outcome, result.version) == ("unchanged", "v1")
    assert draft.versions() == ["v1"]


def test_a_name_that_is_asked_for_is_made_of_unchanged_data_once(draft: Draft) -> None:
    draft.snapshot()
    assert draft.snapshot(version="release-1").changes == ChangeCounts()
    assert draft.snapshot(version="release-1").outcome == "unchanged"
    assert draft.versions() == ["v1", "release-1"]


def test_the_next_version_says_what_changed(draft: Draft) -> None:
    draft.snapshot()
    (draft.data / "a.csv").write_text("x,y\n1,3\n")
    (draft.data / "sub/b.csv").rename(draft.data / "sub/c.csv")
    (draft.data / "new.csv").write_text("x\n")
    result = draft.snapshot()
    assert (result.version, result.parent) == ("v2", "iris@v1")
    assert result.changes == ChangeCounts(added=1, modified=1, renamed=1, added_bytes=2)
    assert result.hashed_files == 3


def test_a_version_is_never_made_again(draft: Draft) -> None:
    draft.snapshot()
    (draft.data / "a.csv").write_text("changed")
    before = (draft.folder / "versions/v1/version.json").read_bytes()
    with pytest.raises(VersionExistsError):
        draft.snapshot(version="v1")
    draft.snapshot(version="v2")
    for taken in ("v1", "V1", "V2"):
        with pytest.raises(VersionExistsError):
            draft.snapshot(version=taken)
    assert (draft.folder / "versions/v1/version.json").read_bytes() == before


def test_a_dry_run_makes_nothing_and_its_reading_is_used(draft: Draft, clean_env: Path) -> None:
    planned = draft.snapshot(dry_run=True)
    assert (planned.outcome, draft.versions()) == ("planned", [])
    assert [run.name for run in runs(clean_env)] == [planned.run]
    public = [file.path for file in planned.public_files]
    assert public == [
        "files.parquet",
        "folders.tsv",
        "loading.json",
        "manifest.tsv",
        "version.json",
    ]
    made = draft.snapshot()
    assert (made.outcome, made.hashed_files, made.run) == ("made", 0, None)
    assert made.public_files == planned.public_files


def test_data_of_the_owner_alone_stays_private(draft: Draft) -> None:
    (draft.data / "a.csv").chmod(0o600)
    result = draft.snapshot(statistics=None)
    assert [file.path for file in result.public_files] == ["version.json"]
    private = {file.path for file in result.private_files}
    assert {"manifest.tsv", "statistics.json"} <= private
    assert result.closed
    assert result.public_values == ()
    assert VersionStore(draft.folder).read("v1").published == ()


def test_no_statistics_are_made_where_none_are_wanted(draft: Draft) -> None:
    draft.snapshot()
    documents = VersionStore(draft.folder).read("v1").documents
    assert {*documents} == {"files.parquet", "folders.tsv", "loading.json"}


@needs_root
def test_every_file_that_cannot_be_read_is_named(
    draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    (draft.data / "a.csv").chmod(0)
    (draft.data / "sub").chmod(0)
    draft.folder.chmod(0o777)
    # The steps that start a Python are left out, as this user may not be able to.
    monkeypatch.setattr(prepare, "STEPS", (list_files, list_folders))
    with acting_as(NOBODY, NOBODY):
        with pytest.raises(DataIncompleteError) as caught:
            draft.snapshot(site=draft.site())
        assert [problem.where for problem in caught.value.problems] == ["a.csv", "sub/"]
        assert draft.versions() == []
        made = draft.snapshot(site=draft.site(), allow_unreadable=True)
    assert made.unreadable == 2
    lists = ["files.parquet", "folders.tsv", "loading.json", "manifest.tsv"]
    assert [one.path for one in made.private_files] == lists


def test_links_and_special_files_are_listed_and_not_followed(draft: Draft, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("secret")
    (draft.data / "link").symlink_to(tmp_path / "outside")
    os.mkfifo(draft.data / "fifo")
    result = draft.snapshot()
    assert (result.files, result.links, result.others) == (3, 1, 1)


def test_a_parent_is_a_version_that_there_is(draft: Draft) -> None:
    draft.snapshot()
    draft.snapshot(version="v2")
    assert draft.snapshot(version="v3", parent="v1").parent == "iris@v1"
    with pytest.raises(VersionUnknownError):
        draft.snapshot(version="v4", parent="v9")


def test_every_problem_is_named_before_anything_is_read(draft: Draft, clean_env: Path) -> None:
    with pytest.raises(RequestInvalidError) as caught:
        snapshot_dataset("a b", draft=draft.folder, version="../x", labels="one", message=HF)
    where = [problem.where for problem in caught.value.problems]
    assert where == [Field.VERSION, Field.MESSAGE, Field.NICKNAME, Field.DATA_PATH, Field.LABEL]
    assert runs(clean_env) == []


def test_data_that_is_not_there_is_explained(draft: Draft, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="does not exist"):
        draft.snapshot(data_path=tmp_path / "nowhere")
    with pytest.raises(DatasetError, match="not a folder"):
        draft.snapshot(draft=tmp_path / "nowhere")


@pytest.mark.parametrize("inside", ["draft", "runs"])
def test_what_a_snapshot_writes_is_outside_the_data(draft: Draft, inside: str) -> None:
    before = draft.site()
    if inside == "draft":
        (draft.data / "draft").mkdir()
        changes: dict[str, Any] = {"draft": draft.data / "draft"}
    else:
        changes = {"data_path": draft.folder.parent}
    with pytest.raises(DatasetError, match="inside the data"):
        draft.snapshot(site=before, **changes)


def test_a_file_that_changes_after_it_was_read_is_read_again_once(
    draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    _change_before_rechecks(draft, monkeypatch, times=1)
    result = draft.snapshot()
    assert result.size_bytes == sum(f.stat().st_size for f in draft.data.rglob("*") if f.is_file())
    assert draft.snapshot().outcome == "unchanged"


def test_a_file_that_changes_again_and_again_makes_no_version(
    draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    _change_before_rechecks(draft, monkeypatch, times=9)
    with pytest.raises(DataChangingError) as caught:
        draft.snapshot()
    assert [problem.where for problem in caught.value.problems] == ["a.csv"]
    assert draft.versions() == []


def _change_before_rechecks(draft: Draft, monkeypatch: pytest.MonkeyPatch, *, times: int) -> None:
    """Let the data grow before each of the first looks at it after it was read."""
    left = [*range(times)]

    def changed_before(*given: Any) -> tuple[str, ...]:
        if left:
            left.pop()
            with (draft.data / "a.csv").open("a") as file:
                file.write("more\n")
        return recheck(*given)

    monkeypatch.setattr(make_version, "recheck", changed_before)


def test_a_version_that_was_cut_off_is_completed_as_it_was_agreed_to(draft: Draft) -> None:
    with cut_off_at(VersionStore, "promote"):
        draft.snapshot(message="Agreed")
    assert draft.versions() == []
    (draft.data / "later.csv").write_text("x\n")
    result = draft.snapshot(message="Another")
    assert (result.outcome, result.version, len(result.warnings)) == ("made", "v1", 1)
    version = VersionStore(draft.folder).read("v1")
    assert (version.message, version.files) == ("Agreed", 3)
    assert draft.snapshot().changes == ChangeCounts(added=1, added_bytes=2)
