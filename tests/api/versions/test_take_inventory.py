from __future__ import annotations

import os
import tempfile
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.engines.shard_work import work_shard
from huggingnersc.adapters.inventory import hash_files, plan_shards
from huggingnersc.adapters.inventory.shard_result import decoded
from huggingnersc.api.versions import take_inventory
from huggingnersc.api.versions.take_inventory import recheck
from huggingnersc.domain.engine_settings import EngineSettings
from huggingnersc.domain.versions.inventory_mode import Mode
from huggingnersc.errors import DataUnreadableError, RunBudgetError
from tests.adapters.catalogs import NOBODY, acting_as, needs_root
from tests.inventories import ODD_NAMES, entries, make_run, make_tree, take

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    make_tree(tmp_path / "root")
    return tmp_path / "root"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user reaches and may write to."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


@pytest.fixture
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files that were just written be as good as old ones."""
    monkeypatch.setattr(hash_files, "SETTLED_NS", 0)


def test_every_file_is_listed_with_its_hash_size_and_time(root: Path, tmp_path: Path) -> None:
    inventory = take(root, make_run(tmp_path, root))
    found = entries(inventory)
    for path, entry in found.items():
        file = Path(os.fsdecode(os.fsencode(root) + b"/" + path))
        status = file.lstat()
        assert (entry.size_bytes, entry.mtime_ns) == (status.st_size, status.st_mtime_ns)
        if entry.is_file:
            assert entry.digest.decode() == sha256(file.read_bytes()).hexdigest()
    assert {b"z/" + name for name in ODD_NAMES} <= found.keys()
    assert inventory.files == sum(entry.is_file for entry in found.values()) == 18
    assert inventory.size_bytes == sum(e.size_bytes for e in found.values() if e.is_file)
    assert (inventory.hashed_files, inventory.hashed_bytes) == (18, inventory.size_bytes)
    assert (inventory.unreadable, inventory.changed) == ((), ())


def test_links_and_special_files_are_recorded_and_not_followed(root: Path, tmp_path: Path) -> None:
    inventory = take(root, make_run(tmp_path, root))
    found = entries(inventory)
    assert found[b"out"].digest == b"link:/etc/passwd"
    assert found[b"loop"].digest == b"link:" + os.fsencode(root)
    assert found[b"nowhere"].digest == b"link:not\tthere"
    assert (found[b"pipe"].digest, found[b"socket"].digest) == (b"fifo", b"socket")
    assert (inventory.links, inventory.others) == (3, 2)


def test_the_lines_are_sorted_by_their_bytes(root: Path, tmp_path: Path) -> None:
    inventory = take(root, make_run(tmp_path, root))
    for file in (inventory.manifest, inventory.known_hashes):
        lines = file.read_bytes().splitlines(keepends=True)
        assert lines == sorted(lines)
        assert len(lines) == 23


@pytest.mark.parametrize("lines", [1, 2, 5])
def test_the_manifest_does_not_depend_on_the_shards(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: int
) -> None:
    whole = take(root, make_run(tmp_path, root, "whole"))
    monkeypatch.setattr(plan_shards, "_LINES", lines)
    monkeypatch.setattr(take_inventory, "_LOOKED_AT", 1)
    run = make_run(tmp_path, root, "cut")
    cut = take(root, run)
    assert run.shard_count >= 23 // lines
    assert cut.manifest.read_bytes() == whole.manifest.read_bytes()
    assert (cut.files, cut.size_bytes, cut.links) == (18, whole.size_bytes, 3)


@pytest.mark.usefixtures("_settled")
def test_known_hashes_are_used_for_unchanged_files(root: Path, tmp_path: Path) -> None:
    first = take(root, make_run(tmp_path, root, "first"))
    (root / "a" / "1").write_text("other")
    (root / "new").write_text("new")
    second = take(root, make_run(tmp_path, root, "second"), known=(first.known_hashes,))
    assert (second.hashed_files, second.reused_files) == (2, 17)
    full = take(
        root, make_run(tmp_path, root, "full"), mode=Mode.FULL, known=(first.known_hashes,)
    )
    assert (full.hashed_files, full.reused_files) == (19, 0)
    assert second.manifest.read_bytes() == full.manifest.read_bytes()


def test_the_hash_of_a_file_that_was_just_changed_is_not_used(root: Path, tmp_path: Path) -> None:
    first = take(root, make_run(tmp_path, root, "first"))
    second = take(root, make_run(tmp_path, root, "second"), known=(first.known_hashes,))
    assert second.reused_files == 0


@pytest.mark.usefixtures("_settled")
def test_a_changed_content_with_the_same_size_and_mtime_is_read(
    root: Path, tmp_path: Path
) -> None:
    first = take(root, make_run(tmp_path, root, "first"))
    status = (root / "a" / "1").stat()
    (root / "a" / "1").write_text("1/a")
    os.utime(root / "a" / "1", ns=(status.st_atime_ns, status.st_mtime_ns))
    second = take(root, make_run(tmp_path, root, "second"), known=(first.known_hashes,))
    assert entries(second)[b"a/1"].digest.decode() == sha256(b"1/a").hexdigest()
    assert second.hashed_files == 1


@pytest.mark.attack("hostile data")
def test_a_file_that_grows_while_it_is_read_is_not_read_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "log.txt"
    file.write_bytes(bytes(1 << 20))

    class Growing:
        """Writes as much as was read, until it would be too much for the disk."""

        def update(self, piece: memoryview) -> None:
            assert file.stat().st_size < 1 << 26
            with file.open("ab") as stream:
                stream.write(piece)

        def hexdigest(self) -> str:
            return "0" * 64

    monkeypatch.setattr(hash_files, "sha256", Growing)
    counts = decoded(hash_files.hash_shard({"root": str(tmp_path)}, b"log.txt\n")).counts
    assert (counts.files, counts.changed.count) == (0, 1)


@pytest.mark.usefixtures("_settled")
def test_nothing_is_read_in_a_quick_inventory(root: Path, tmp_path: Path) -> None:
    first = take(root, make_run(tmp_path, root, "first"))
    (root / "a" / "1").write_text("other")
    quick = take(
        root, make_run(tmp_path, root, "quick"), mode=Mode.QUICK, known=(first.known_hashes,)
    )
    before, after = entries(first), entries(quick)
    assert quick.hashed_files == 0
    assert after[b"a/1"].digest == b"-"
    assert {path for path in before if before[path] != after[path]} == {b"a/1"}


@pytest.mark.usefixtures("_settled")
def test_a_sample_of_the_files_is_read(root: Path, tmp_path: Path) -> None:
    for number in range(200):
        (root / "a" / f"file{number}").write_text(str(number))
    first = take(root, make_run(tmp_path, root, "first"))
    known = (first.known_hashes,)
    sampled = take(
        root, make_run(tmp_path, root, "sample"), mode=Mode.SAMPLE, sample=0.5, known=known
    )
    assert 50 < sampled.hashed_files < 170
    assert sampled.manifest.read_bytes() == first.manifest.read_bytes()


def test_a_damaged_file_of_known_hashes_does_no_harm(root: Path, tmp_path: Path) -> None:
    first = take(root, make_run(tmp_path, root, "first"))
    content = first.known_hashes.read_bytes()
    for number, damaged in enumerate(
        (
            b"",
            b"\0" * 3_000_000,
            content[::-1],
            content.replace(b"\t", b" "),
            content[:-7],
            b"\xff\n",
        )
    ):
        known = tmp_path / "damaged"
        known.write_bytes(damaged)
        again = take(root, make_run(tmp_path, root, f"again{number}"), known=(known,))
        assert again.manifest.read_bytes() == first.manifest.read_bytes()


@needs_root
def test_what_cannot_be_read_is_listed(open_folder: Path) -> None:
    root = open_folder / "root"
    take(open_folder, make_run(open_folder, open_folder))  # loads what another user cannot
    with acting_as(NOBODY, NOBODY):
        root.mkdir()
        make_tree(root)
        (root / "a" / "1").chmod(0)
        (root / "z" / "y").chmod(0)
        (root / "a b").chmod(0o444)  # its names can be listed and not looked at
        inventory = take(root, make_run(open_folder / "runs", root))
    found = entries(inventory)
    for path in (b"a/1", b"z/y/", b"a b/1"):
        assert found[path].digest == b"unreadable"
    assert inventory.unreadable_count == len(inventory.unreadable) == 3
    lines = inventory.manifest.read_bytes().splitlines(keepends=True)
    assert lines == sorted(lines)
    assert inventory.files == 15


def test_the_root_may_be_a_link(root: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(root)
    direct = take(root, make_run(tmp_path, root, "direct"))
    linked = take(link, make_run(tmp_path, link, "linked"))
    assert linked.manifest.read_bytes() == direct.manifest.read_bytes()
    assert recheck(linked, link) == ()


def test_the_root_may_be_one_file(root: Path, tmp_path: Path) -> None:
    link = tmp_path / "latest.txt"
    link.symlink_to(root / "a.txt")
    inventory = take(link, make_run(tmp_path, link))
    assert entries(inventory)[b"latest.txt"].digest.decode() == sha256(b"a.txt").hexdigest()
    assert inventory.files == 1
    assert recheck(inventory, link) == ()


def test_an_empty_root_has_an_empty_manifest(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    inventory = take(tmp_path / "root", make_run(tmp_path, tmp_path / "root"))
    assert (inventory.manifest.read_bytes(), inventory.files) == (b"", 0)


def test_a_root_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataUnreadableError):
        take(tmp_path / "root", make_run(tmp_path, tmp_path / "root"))


def test_the_first_path_that_is_not_open_to_all_is_named(open_folder: Path) -> None:
    root, runs = open_folder / "root", open_folder / "runs"
    root.mkdir()
    make_tree(root)
    assert take(root, make_run(runs, root, "open")).closed == ""
    (root / "z" / "y.txt").chmod(0o640)
    (root / "z" / "y-").chmod(0o640)
    assert take(root, make_run(runs, root, "file")).closed == str(root / "z" / "y-")
    (root / "z" / "y").chmod(0o750)
    assert take(root, make_run(runs, root, "folder")).closed == str(root / "z" / "y")
    open_folder.chmod(0o700)
    assert take(root, make_run(runs, root, "parent")).closed == str(open_folder)


def test_more_than_the_budget_is_not_read(root: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path, root)
    with pytest.raises(RunBudgetError):
        take(root, run, settings=EngineSettings(gigabytes=1e-9))
    assert run.done() == []


def test_a_recheck_finds_what_is_new_changed_or_gone(root: Path, tmp_path: Path) -> None:
    inventory = take(root, make_run(tmp_path, root))
    assert recheck(inventory, root) == ()
    (root / "a" / "0").touch()
    (root / "a" / "1").write_text("other")
    (root / "nowhere").unlink()
    (root / "z" / "y" / "x" / "1").unlink()
    (root / "zz").touch()
    found = [line.partition(":")[0] for line in recheck(inventory, root)]
    assert found == ["a/0", "a/1", "nowhere", "z/y/x/1", "zz"]


@pytest.mark.usefixtures("_settled")
def test_an_interrupted_run_keeps_what_it_read(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = take(root, make_run(tmp_path, root, "whole"))
    monkeypatch.setattr(plan_shards, "_LINES", 5)
    run = make_run(tmp_path, root, "cut")
    plan = plan_shards.ShardPlan(root, run, plan_shards.Sources(Mode.REUSE), 1)
    for number in islice(plan.shards(), 2):
        work_shard(run, number)
    (root / "A").touch()  # so that every shard begins elsewhere
    resumed = take(root, make_run(tmp_path, root, "cut"))
    assert (resumed.reused_files, resumed.hashed_files) == (7, 12)  # of 10 paths, 3 are links
    lines = resumed.manifest.read_bytes().splitlines()
    assert lines[1:] == whole.manifest.read_bytes().splitlines()
