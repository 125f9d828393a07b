"""Packing real files into shards, and what keeps a source from being packed."""

from __future__ import annotations

import os
import shutil
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.api.packing.pack_dataset import PackOutcome, pack_dataset
from huggingnersc.api.packing.verify_pack import verify_pack
from huggingnersc.api.runs.resume_run import resume_run
from huggingnersc.api.runs.status_run import RunState, status_run
from huggingnersc.cli.runs.status_run import run_lines
from huggingnersc.domain.packing.options import PackOptions
from huggingnersc.errors import (
    DatasetUnknownError,
    PackExistsError,
    PackingError,
    PackOptionsError,
    RunFailedError,
    SourceUnsuitableError,
)
from tests.api.iris import tree
from tests.builders import write_tree
from tests.disk_log import log_disk
from tests.mode_bits import mode_bits_count
from tests.versioned_catalog import VersionedCatalog, manifest_of_folder

if TYPE_CHECKING:
    from huggingnersc.adapters.engines.choice import WorkProgress
    from huggingnersc.api.packing.pack_dataset import Packed
    from huggingnersc.domain.site import Site

_SPLIT = "train=0.6,validation=0.2,test=0.2"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    names = [f"{folder}/{number}" for folder in ("cats", "dogs") for number in range(10)]
    files = {f"{name}.{kind}": f"{name} {kind}" for name in names for kind in ("txt", "cls")}
    return write_tree(tmp_path / "source", files)


def _members(packed: Packed) -> dict[str, list[str]]:
    assert packed.pack is not None
    found: dict[str, list[str]] = {}
    for shard in packed.pack.shards:
        with tarfile.open(packed.out / shard.path) as tar:
            found.setdefault(shard.split, []).extend(tar.getnames())
    return found


def test_the_same_source_and_seed_make_the_same_bytes_with_any_number_of_processes(
    source: Path, tmp_path: Path, site: Site
) -> None:
    options = PackOptions(split=_SPLIT, seed=42, shard_size_bytes=5000, stratify_by="folder")
    packs = [
        pack_dataset(str(source), tmp_path / f"{jobs}", options=options, jobs=jobs, site=site)
        for jobs in (1, 2)
    ]
    assert tree(packs[0].out) == tree(packs[1].out)
    assert packs[0].pack is not None
    assert len(packs[0].pack.shards) > 3
    members = _members(packs[0])
    assert {split: len(names) for split, names in members.items()} == {
        "train": 24,
        "validation": 8,
        "test": 8,
    }
    everything = sorted(name for names in members.values() for name in names)
    assert everything == sorted(str(path.relative_to(source)) for path in source.rglob("*.*"))
    for packed in packs:
        assert packed.outcome is PackOutcome.PACKED
        assert packed.proof is not None
        assert packed.proof.holds
    assert [*Path(site.run_root).iterdir()] == []


def test_a_pack_is_on_disk_before_it_is_finished(
    source: Path, tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = log_disk(tmp_path / "out", monkeypatch)
    pack_dataset(str(source), tmp_path / "out", jobs=1, site=site)
    *shards, pack = log.of(str(tmp_path / "out"))
    assert len(shards) == 2  # one and its manifest, written by this process
    assert pack.path == tmp_path / "out/pack.json"
    assert pack.pending == ()
    assert log.moved_unsynced() == {}
    assert log.names_unsynced() == []


def test_a_second_call_changes_nothing_and_another_pack_is_not_overwritten(
    source: Path, tmp_path: Path, site: Site
) -> None:
    out = tmp_path / "out"
    pack_dataset(str(source), out, site=site)
    before = tree(out)
    assert pack_dataset(str(source), out, site=site).outcome is PackOutcome.UNCHANGED
    with pytest.raises(PackExistsError):
        pack_dataset(str(source), out, options=PackOptions(seed=1), site=site)
    (source / "cats/0.txt").write_text("another")
    with pytest.raises(PackExistsError):
        pack_dataset(str(source), out, site=site)
    assert tree(out) == before


def test_a_pack_that_lacks_shards_says_which(source: Path, tmp_path: Path, site: Site) -> None:
    out, options = tmp_path / "out", PackOptions(split=_SPLIT)
    packed = pack_dataset(str(source), out, options=options, site=site)
    assert packed.pack is not None
    first, second, third = (shard.path for shard in packed.pack.shards)
    (out / first).unlink()
    (out / second).write_bytes(b"")
    with pytest.raises(PackExistsError) as caught:
        pack_dataset(str(source), out, options=options, site=site)
    assert all(path in str(caught.value) for path in (first, second))
    assert third not in str(caught.value)


def test_a_dry_run_writes_nothing(source: Path, tmp_path: Path, site: Site) -> None:
    planned = pack_dataset(
        str(source), tmp_path / "out", options=PackOptions(split=_SPLIT), dry_run=True, site=site
    )
    assert (planned.outcome, planned.plan.samples, planned.pack) == ("planned", 20, None)
    assert not (tmp_path / "out").exists()
    assert not Path(site.run_root).exists()


def test_too_little_space_is_seen_before_there_is_a_run(tmp_path: Path, site: Site) -> None:
    (tmp_path / "source").mkdir()
    with (tmp_path / "source/large.bin").open("wb") as file:  # without blocks
        file.truncate(shutil.disk_usage(tmp_path).free + (1 << 30))
    with pytest.raises(PackingError):
        pack_dataset(str(tmp_path / "source"), tmp_path / "out", site=site)
    assert not (tmp_path / "out").exists()
    assert not Path(site.run_root).exists()


def test_a_folder_with_something_else_is_left_alone(
    source: Path, tmp_path: Path, site: Site
) -> None:
    out = write_tree(tmp_path / "out", {"data/train-00000-of-00001.tar": "mine"})
    with pytest.raises(PackExistsError):
        pack_dataset(str(source), out, site=site)
    with pytest.raises(PackExistsError):
        pack_dataset(str(source), out / "data/train-00000-of-00001.tar", site=site)
    for inside in (source / "out", source, tmp_path):
        with pytest.raises(PackingError):
            pack_dataset(str(source), inside, site=site)


def test_folders_of_splits_are_kept_unless_shares_are_asked_for(
    tmp_path: Path, site: Site
) -> None:
    files = {f"images/{split}/cats/{n}.png": "x" for split in ("Train", "val") for n in range(3)}
    source = write_tree(tmp_path / "source", files | {"images/README.md": "", "notes.md": ""})
    packed = pack_dataset(str(source), tmp_path / "out", site=site)
    assert [(split.name, split.samples) for split in packed.plan.splits] == [
        ("train", 3),
        ("validation", 3),
    ]
    assert sum(packed.plan.left_out.values()) == 2
    for shares in ("train=0.5,validation=0.5", "new=0.5,other=0.5"):
        options = PackOptions(split=shares)
        with pytest.raises(PackingError) as caught:
            pack_dataset(str(source), tmp_path / "other", options=options, site=site)
        assert "train, validation" in str(caught.value)


@pytest.mark.parametrize("more", [{}, {"stratify_by": "folder"}, {"keep_together": r"(\d\d)\."}])
def test_shares_that_name_one_split_of_the_source_divide_it(
    tmp_path: Path, site: Site, more: dict[str, Any]
) -> None:
    names = [
        f"{split}/{kind}/{n:02}.txt"
        for split in ("train", "test")
        for kind in "ab"
        for n in range(20)
    ]
    source = write_tree(tmp_path / "source", dict.fromkeys((*names, "other/00.txt"), "1"))
    options = PackOptions(split="train=0.75,validation=0.25", **more)
    packed = pack_dataset(str(source), tmp_path / "out", options=options, site=site)
    assert [(one.name, one.samples, one.asked) for one in packed.plan.splits] == [
        ("train", 30, 0.375),
        ("validation", 10, 0.125),
        ("test", 40, None),
    ]
    members = _members(packed)
    assert sorted(members["test"]) == sorted(name for name in names if name.startswith("test"))
    both = sorted((*members["train"], *members["validation"]))
    assert both == sorted(name for name in names if name.startswith("train"))
    assert packed.proof is not None
    assert packed.proof.holds


def test_a_version_is_packed_with_its_hashes_and_has_to_be_there(
    source: Path, tmp_path: Path, site: Site
) -> None:
    catalog = VersionedCatalog(tmp_path / "catalog")
    catalog.add("cats", manifest_of_folder(source), data_path=source)
    (source / "new.txt").write_text("not in the version")
    packed = pack_dataset("cats@v1", tmp_path / "out", site=site)
    assert packed.pack is not None
    assert (packed.pack.source.nickname, packed.pack.source.version) == ("cats", "v1")
    assert packed.plan.samples == 20
    assert sum(packed.plan.left_out.values()) == 1
    manifest = (packed.out / packed.pack.shards[0].manifest_path).read_text()
    assert "\t-\t" not in manifest
    (source / "cats/0.txt").write_text("another size")
    (source / "cats/1.txt").unlink()
    with pytest.raises(SourceUnsuitableError) as caught:
        pack_dataset("cats@v1", tmp_path / "other", site=site)
    assert len(caught.value.problems) == 2


def test_all_that_is_wrong_with_a_source_is_reported_at_once(tmp_path: Path, site: Site) -> None:
    source = write_tree(
        tmp_path / "source",
        {"plain": "", "a.png": "", "a.PNG": "", "b.x.png": "", "b_x.png": "", "ok.png": "1"},
    )
    with pytest.raises(SourceUnsuitableError) as caught:
        pack_dataset(str(source), tmp_path / "out", site=site)
    assert len(caught.value.problems) == 3  # no extension, twice the same name, or but for dots
    options = PackOptions(split=_SPLIT, keep_together="subject-([0-9]+)")
    with pytest.raises(SourceUnsuitableError):
        pack_dataset(str(source), tmp_path / "out", options=options, site=site)


def test_a_folder_that_cannot_be_read_is_no_file(tmp_path: Path, site: Site) -> None:
    source = write_tree(tmp_path / "source", {"a.txt": "1", "closed/b.txt": "1"})
    (source / "closed").chmod(0)
    with mode_bits_count(), pytest.raises(SourceUnsuitableError) as caught:
        pack_dataset(str(source), tmp_path / "out", site=site)
    (source / "closed").chmod(0o700)
    assert [problem.where for problem in caught.value.problems] == ["1 folder"]


def test_all_files_of_a_sample_without_an_extension_are_named(tmp_path: Path, site: Site) -> None:
    source = write_tree(tmp_path / "source", dict.fromkeys(("a1", "a2", "a3.txt", "b1"), "1"))
    options = PackOptions(group_by="(.)[0-9]")
    with pytest.raises(SourceUnsuitableError) as caught:
        pack_dataset(str(source), tmp_path / "out", options=options, site=site)
    (problem,) = caught.value.problems
    assert problem.where == "3 files"
    assert str(problem.message).endswith("a1, a2, b1")


@pytest.mark.parametrize(
    ("options", "names", "advice"),
    [
        ({}, ("A.PNG", "A.png"), {"form": "parquet"}),
        ({"group_by": "file"}, ("A.PNG", "A.png"), {"form": "parquet"}),
        ({"group_by": "file"}, ("a.json", "a.png"), {"group_by": "stem"}),
        ({"group_by": "(.)[0-9]"}, ("a1.png", "a2.png"), {"form": "parquet"}),
        ({"group_by": "folder", "form": "webdataset"}, ("a/B.x", "a/b.x"), {"form": "parquet"}),
    ],
)
def test_both_files_of_one_name_are_named_with_what_helps(
    options: dict[str, Any],
    names: tuple[str, str],
    advice: dict[str, Any],
    tmp_path: Path,
    site: Site,
) -> None:
    source = write_tree(tmp_path / "source", dict.fromkeys((*names, "other/c.png"), "1"))
    with pytest.raises(SourceUnsuitableError) as caught:
        pack_dataset(str(source), tmp_path / "out", options=PackOptions(**options), site=site)
    (problem,) = caught.value.problems
    assert ", ".join(names) in str(problem)
    ((word, value),) = advice.items()
    assert f"--{word.replace('_', '-')} {value}" in str(problem)
    helped = PackOptions(**(options | advice))
    pack_dataset(str(source), tmp_path / "out", options=helped, dry_run=True, site=site)


@pytest.mark.parametrize(
    ("group_by", "names"),
    [
        ("stem", ("a.b.txt", "a_b.json")),
        ("file", ("a.b.txt", "a_b.json")),
        ("folder", ("v.1/a.txt", "v_1/b.txt")),
        (r"(.*)-", ("a.b-1.txt", "a_b-2.json")),
    ],
)
def test_samples_are_not_joined_by_the_renaming_of_dots(
    group_by: str, names: tuple[str, str], tmp_path: Path, site: Site
) -> None:
    source = write_tree(tmp_path / "source", dict.fromkeys((*names, "c/c_c.txt"), "1"))
    options = PackOptions(group_by=group_by, form="webdataset")
    with pytest.raises(SourceUnsuitableError) as caught:
        pack_dataset(str(source), tmp_path / "out", options=options, site=site)
    (problem,) = caught.value.problems
    assert problem.where == "2 samples"
    assert ", ".join(names) in str(problem.message)
    rows = replace(options, form="parquet")
    planned = pack_dataset(str(source), tmp_path / "out", options=rows, dry_run=True, site=site)
    assert planned.plan.samples == (2 if group_by.startswith("(") else 3)


def test_what_is_no_regular_file_is_left_out_and_odd_names_are_kept(
    tmp_path: Path, site: Site
) -> None:
    source = write_tree(
        tmp_path / "source", {".git/config": "", "__MACOSX/a.txt": "", "é.txt": ""}
    )
    (source / "link.txt").symlink_to("é.txt")
    os.mkfifo(source / "fifo.txt")
    for name in (b"new\nline.txt", b"tab\t.txt", b"\xff.txt", b"n" * 250 + b".txt"):
        (Path(os.fsdecode(os.fsencode(source) + b"/" + name))).write_bytes(name)
    packed = pack_dataset(str(source), tmp_path / "out", site=site)
    assert packed.plan.samples == 5
    assert sum(packed.plan.left_out.values()) == 4
    assert "new\nline.txt" in _members(packed)["train"]


def test_a_folder_whose_name_is_no_text_is_packed(tmp_path: Path, site: Site) -> None:
    folder = tmp_path / "odd\udcff"
    write_tree(folder, {"a.txt": b"a"})
    done = pack_dataset(f"{folder}/", tmp_path / "out", site=site)
    assert done.pack
    assert done.pack.source.path == rf"{tmp_path}/odd\xff"
    again = pack_dataset(f"{folder}/", tmp_path / "out", site=site)
    assert again.outcome is PackOutcome.UNCHANGED


def test_a_name_with_other_dots_is_changed_and_the_manifest_has_the_path(
    tmp_path: Path, site: Site
) -> None:
    source = write_tree(tmp_path / "source", {"v1.0/im_1.5.TXT": "", "v1.0/im_2.txt": ""})
    packed = pack_dataset(str(source), tmp_path / "out", site=site)
    assert packed.pack is not None
    (warning,) = packed.warnings
    assert "1 sample " in warning
    (shard,) = packed.pack.shards
    lines = (packed.out / shard.manifest_path).read_text().splitlines()
    assert sorted(line.split("\t") for line in lines) == [
        ["v1.0/im_1_5.txt", "-", "0", "v1.0/im_1.5.TXT"],
        ["v1.0/im_2.txt", "-", "0"],
    ]
    assert verify_pack(packed.out, mode="full").problems == ()


def test_what_cannot_be_read_is_named_with_what_helps(
    source: Path, tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source / "cats/0.txt").chmod(0)
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may read everything
    with pytest.raises(SourceUnsuitableError) as caught:
        pack_dataset(str(source), tmp_path / "out", site=site)
    (problem,) = caught.value.problems
    assert "cats/0.txt" in str(problem)
    assert "chmod" in str(caught.value.hint)


def test_notes_of_files_are_warnings_of_a_pack(tmp_path: Path, site: Site) -> None:
    source = write_tree(tmp_path / "source", {"0.png": "1", "1.png": ""})
    packed = pack_dataset(str(source), tmp_path / "out", dry_run=True, site=site)
    (warning,) = packed.warnings
    assert "1.png" in warning


def test_options_that_make_no_sense_are_reported_at_once(
    source: Path, tmp_path: Path, site: Site
) -> None:
    options = PackOptions(split="train=2", group_by="(", keep_together="x", form="zip", by="x")
    with pytest.raises(PackOptionsError) as caught:
        pack_dataset(str(source), tmp_path / "out", options=options, site=site)
    assert len(caught.value.problems) == 4


def test_a_source_that_is_not_there_is_explained(tmp_path: Path, site: Site) -> None:
    with pytest.raises(PackingError):
        pack_dataset(str(tmp_path / "absent"), tmp_path / "out", site=site)
    with pytest.raises(DatasetUnknownError):
        pack_dataset("absent", tmp_path / "out", site=site)
    (tmp_path / "empty").mkdir()
    with pytest.raises(PackingError):
        pack_dataset(str(tmp_path / "empty"), tmp_path / "out", site=site)


def test_a_shard_that_is_done_is_never_written_again(
    source: Path, tmp_path: Path, site: Site
) -> None:
    options = PackOptions(shard_size_bytes=3000)
    whole = pack_dataset(str(source), tmp_path / "whole", options=options, jobs=1, site=site)
    assert whole.pack is not None
    out, last = tmp_path / "out", source / _members(whole)["train"][-1]
    status, content = last.stat(), last.read_bytes()
    with pytest.raises(RunFailedError):
        pack_dataset(
            str(source),
            out,
            options=options,
            jobs=1,
            site=site,
            on_progress=lambda _: last.unlink(missing_ok=True),
        )
    (run_id,) = (path.name for path in Path(site.run_root).iterdir())
    stopped = status_run(run_id, site=site)
    assert stopped.state is RunState.FAILED
    assert f"of {stopped.files:,} samples" in " ".join(map(str, run_lines(stopped)))
    done = {path.name: path.stat().st_ino for path in (out / "data").iterdir()}
    assert 0 < len(done) < len(whole.pack.shards)
    last.write_bytes(content)
    os.utime(last, ns=(status.st_mtime_ns, status.st_mtime_ns))
    (out / "data/.train-00001-of-00009.tar.part-old-1").touch()  # of a process that was killed
    resumed = resume_run(run_id, site=site).result
    assert resumed.outcome is PackOutcome.PACKED
    assert tree(out) == tree(whole.out)
    assert {name: (out / "data" / name).stat().st_ino for name in done} == done


def test_a_shard_that_was_removed_is_written_again(
    source: Path, tmp_path: Path, site: Site
) -> None:
    out, options = tmp_path / "out", PackOptions(shard_size_bytes=3000)

    def stop(progress: WorkProgress) -> None:
        if progress.files > 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pack_dataset(str(source), out, options=options, jobs=1, site=site, on_progress=stop)
    shutil.rmtree(out / "data")
    packed = pack_dataset(str(source), out, options=options, jobs=1, site=site)
    assert packed.proof is not None
    assert packed.proof.holds
    assert len(_members(packed)["train"]) == 40
