from __future__ import annotations

import ctypes
import json
import os
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.domain.catalog.folder_content import FolderContent
from huggingnersc.domain.catalog.scripts import Script
from huggingnersc.domain.planned_file import PlannedFile
from huggingnersc.errors import (
    DatasetError,
    DatasetExistsError,
    DatasetUnknownError,
    RecordDamagedError,
)
from huggingnersc.fixes import Fix, Verb
from tests.adapters.catalogs import (
    NOBODY,
    acting_as,
    catalog_files,
    needs_root,
    plan_of,
    tree_of,
    write_dataset,
)
from tests.builders import write_tree
from tests.wording import fixes_in

if TYPE_CHECKING:
    from collections.abc import Iterator

CLONE_NEWNS = 0x20000  # of the kernel's calls, see unshare(2)


def test_a_dataset_is_read_back_as_it_was_written(root: Path) -> None:
    plan = plan_of()
    catalog = CatalogFolder(root)
    folder = catalog.promote("iris", catalog.stage("iris", plan.catalog_files))
    assert folder == root / "iris"
    assert catalog.content("iris") == FolderContent(
        {f.path: f.content for f in plan.catalog_files}
    )
    assert catalog.record("iris") == plan.record
    assert catalog.nicknames() == ("iris",)


def test_scripts_of_every_allowed_size_are_read_back(root: Path) -> None:
    long = "# \x01🦆\n" * 40_000
    includes = tuple(Script(f"{n}.sh", long) for n in range(5))
    plan = plan_of(loader=Script("a.py", long), includes=includes)
    catalog = CatalogFolder(root)
    catalog.promote("iris", catalog.stage("iris", plan.catalog_files))
    assert catalog.record("iris") == plan.record


def test_what_is_staged_is_not_a_dataset_yet(root: Path) -> None:
    catalog = CatalogFolder(root)
    catalog.stage("iris", catalog_files())
    assert catalog.nicknames() == ()
    assert catalog.content("iris") is None
    for name in ("iris", ".iris.staged"):
        with pytest.raises(DatasetUnknownError):
            catalog.record(name)


def test_what_a_killed_run_left_is_replaced(root: Path) -> None:
    write_tree(root, {".iris.staged/README.md": "half", ".iris.staged/deep/er.txt": "old"})
    write_dataset(root)
    assert sorted(tree_of(root)) == sorted(["iris", *(f"iris/{f.path}" for f in catalog_files())])


def test_an_empty_folder_is_filled_at_once(root: Path) -> None:
    (root / "iris").mkdir()
    staged = CatalogFolder(root).stage("iris", catalog_files())
    inode = staged.path.stat().st_ino
    CatalogFolder(root).promote("iris", staged)
    assert (root / "iris").stat().st_ino == inode  # the staged folder itself: never half filled


def test_in_a_folder_with_files_each_is_replaced_and_others_stay(root: Path) -> None:
    write_tree(root, {"iris/README.md": "old", "iris/notes.txt": "mine"})
    write_dataset(root)
    expected = {file.path: file.content for file in catalog_files()} | {"notes.txt": b"mine"}
    assert CatalogFolder(root).content("iris") == FolderContent(expected)
    assert sorted(path.name for path in root.iterdir()) == ["iris"]


def test_writing_twice_changes_nothing(root: Path) -> None:
    write_dataset(root)
    before = tree_of(root)
    write_dataset(root)
    assert tree_of(root) == before


def test_what_is_discarded_is_gone(root: Path) -> None:
    catalog = CatalogFolder(root)
    staged = catalog.stage("iris", catalog_files())
    catalog.discard(staged)
    catalog.discard(staged)
    assert tree_of(root) == {}


@pytest.mark.parametrize("kind", ["file", "dangling link"])
def test_something_in_the_way_is_reported_before_any_write(root: Path, kind: str) -> None:
    if kind == "file":
        write_tree(root, {"iris": "x"})
    else:
        (root / "iris").symlink_to("nowhere")
    with pytest.raises(DatasetExistsError, match="is not a folder"):
        CatalogFolder(root).content("iris")


def test_without_a_catalog_folder_nothing_is_known_and_nothing_is_written(tmp_path: Path) -> None:
    catalog = CatalogFolder(tmp_path / "none")
    assert catalog.nicknames() == ()
    assert catalog.content("iris") is None
    with pytest.raises(DatasetError, match="cannot be written: No such file"):
        catalog.stage("iris", catalog_files())
    with pytest.raises(DatasetError, match="cannot be written"), catalog.lock("iris"):
        pass
    assert not (tmp_path / "none").exists()


@needs_root
def test_a_folder_that_may_not_be_written_is_reported_and_stays_empty(open_root: Path) -> None:
    open_root.chmod(0o755)
    catalog = CatalogFolder(open_root)
    with acting_as(NOBODY, NOBODY):
        with pytest.raises(DatasetError, match="cannot be written: Permission denied") as caught:
            catalog.stage("iris", catalog_files())
        assert caught.value.hint
        with pytest.raises(DatasetError, match="Permission denied"), catalog.lock("iris"):
            pass
    assert tree_of(open_root) == {}


@contextmanager
def mounted(place: Path, options: str) -> Iterator[None]:
    """Mount a file system that this thread alone sees, so that it goes even if we are killed."""
    place.mkdir(exist_ok=True)
    libc, here = ctypes.CDLL(None), Path.cwd()
    commands = [
        ["mount", "--make-rprivate", "/"],
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)],
    ]
    with Path("/proc/thread-self/ns/mnt").open("rb") as ours:
        if libc.unshare(CLONE_NEWNS):
            pytest.skip("this machine grants no mounts of one's own")
        try:
            for command in commands:
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                if done.returncode:
                    pytest.skip(f"this machine lets no one mount: {done.stderr.strip()}")
            yield
        finally:
            assert libc.setns(ours.fileno(), CLONE_NEWNS) == 0
            os.chdir(here)


@needs_root
def test_a_full_disk_is_reported_and_leaves_nothing(root: Path) -> None:
    big = PlannedFile("big", b"x" * (1 << 20))
    with mounted(root, "size=256k,mode=755"):
        catalog = CatalogFolder(root)
        with pytest.raises(DatasetError, match="cannot be written: No space left on device"):
            catalog.stage("iris", [*catalog_files(), big])
        assert tree_of(root) == {}
        write_dataset(root)
        before = tree_of(root)
        with pytest.raises(DatasetError, match="No space left"):
            catalog.stage("iris", [*catalog_files(), big])
        assert tree_of(root) == before


@needs_root
def test_a_read_only_file_system_is_reported(root: Path) -> None:
    with mounted(root, "ro"):
        catalog = CatalogFolder(root)
        assert catalog.nicknames() == ()
        with pytest.raises(DatasetError, match="cannot be written: Read-only file system"):
            catalog.stage("iris", catalog_files())
        with pytest.raises(DatasetError, match="Read-only"), catalog.lock("iris"):
            pass


@pytest.mark.parametrize(
    "nickname",
    ["", ".", "..", "../outside", "/etc", "iris/", "iris/../iris", ".locks", ".iris.staged",
     "iris\n", "iris\0", "x" * 5000, "iris/iris_info.json", "\udcff"],
)  # fmt: skip
def test_an_odd_nickname_is_unknown_and_leads_nowhere(root: Path, nickname: str) -> None:
    write_dataset(root)
    text = (root / "iris/iris_info.json").read_text()
    outside = {
        "outside/outside_info.json": text,
        "catalog/.._info.json": text,
        ".._info.json": text,
        "._info.json": text,
        "catalog/._info.json": text,
        "catalog/_info.json": text,
        "catalog/.locks/.locks_info.json": text,
        "catalog/.iris.staged/.iris.staged_info.json": text,
    }
    write_tree(root.parent, outside)
    with pytest.raises(DatasetUnknownError, match="is cataloged in") as caught:
        CatalogFolder(root).record(nickname)
    assert str(caught.value).isprintable()
    assert CatalogFolder(root).nicknames() == ("iris",)


def test_an_unknown_nickname_names_the_nearest(root: Path) -> None:
    for nickname in ("iris", "irises", "wine"):
        write_dataset(root, nickname)
    with pytest.raises(DatasetUnknownError) as caught:
        CatalogFolder(root).record("Irs")
    assert caught.value.hint == "Did you mean iris, irises?"
    with pytest.raises(DatasetUnknownError) as caught:
        CatalogFolder(root).record("zzz")
    assert fixes_in(caught.value.hint) == [Fix(Verb.LIST_DATASETS)]


@pytest.mark.parametrize(
    ("content", "reported"),
    [
        (b"", "not valid JSON at line 1, column 1"),
        (b'{"nickname": "iris",', "not valid JSON at line 1, column 21"),
        (b"[]", "contains an array of 0"),
        (b"\xff", "not UTF-8"),
        (b"{}", "the key nickname, official_name, hf_dir"),
        (b'{"a": 1, "a": 2}', '"a" occurs more than once'),
    ],
)
def test_a_damaged_record_says_which_file_and_what_is_wrong(
    root: Path, content: bytes, reported: str
) -> None:
    file = write_dataset(root) / "iris_info.json"
    file.write_bytes(content)
    with pytest.raises(RecordDamagedError) as caught:
        CatalogFolder(root).record("iris")
    assert str(file) in str(caught.value)
    assert reported in str(caught.value)
    assert caught.value.hint


def test_the_record_of_another_dataset_is_damage(root: Path) -> None:
    file = write_dataset(root) / "iris_info.json"
    content = json.loads(file.read_text())
    file.write_text(json.dumps({**content, "nickname": "wine"}))
    with pytest.raises(RecordDamagedError, match='it is the record of "wine"'):
        CatalogFolder(root).record("iris")


def test_a_folder_in_the_record_s_place_is_reported(root: Path) -> None:
    (root / "iris/iris_info.json").mkdir(parents=True)
    with pytest.raises(DatasetError, match="cannot be read: Is a directory"):
        CatalogFolder(root).record("iris")


def test_folders_and_files_of_others_are_no_datasets(root: Path) -> None:
    write_dataset(root)
    write_tree(root, {"README.md": "x", "notes/a.txt": "x", "wine/iris_info.json": "{}"})
    assert CatalogFolder(root).nicknames() == ("iris",)


@needs_root
def test_a_closed_folder_hides_only_itself(open_root: Path) -> None:
    write_dataset(open_root, "open")
    closed = write_dataset(open_root, "closed")
    closed.chmod(0o700)
    catalog = CatalogFolder(open_root)
    with acting_as(NOBODY, NOBODY):
        assert catalog.nicknames() == ("open",)
        with pytest.raises(DatasetUnknownError):
            catalog.record("none")
        for read in (catalog.record, catalog.content):
            with pytest.raises(DatasetError, match="cannot be read: Permission denied"):
                read("closed")


@needs_root
def test_a_closed_catalog_is_reported(open_root: Path) -> None:
    write_dataset(open_root)
    open_root.chmod(0o700)
    catalog = CatalogFolder(open_root)
    with acting_as(NOBODY, NOBODY):
        for read in (catalog.record, catalog.content, lambda _nickname: catalog.nicknames()):
            with pytest.raises(DatasetError, match="cannot be read: Permission denied"):
                read("iris")
