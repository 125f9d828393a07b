from __future__ import annotations

import os
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from huggingnersc.adapters.engines.run_folder import (
    Failure,
    RunFolder,
    RunSpec,
    ShardSize,
    remove_run,
    runs_in,
)
from huggingnersc.errors import (
    RunBusyError,
    RunDamagedError,
    RunError,
    RunExistsError,
    RunUnknownError,
)
from huggingnersc.fixes import Verb
from tests.adapters.catalogs import NOBODY, needs_root

SPEC = RunSpec(
    run_id="snapshot-iris-v1",
    verb=Verb.SNAPSHOT_DATASET,
    engine="local",
    task="hash",
    created_at="2026-11-22T00:00:00Z",
    arguments={"root": "/data/iris"},
    request={"nickname": "iris"},
)


def made(root: Path, *shards: bytes, spec: RunSpec = SPEC) -> RunFolder:
    run = RunFolder.create(root, spec)
    for items in shards:
        run.add_shard(items, files=1, size_bytes=len(items))
    run.seal()
    return run


def test_a_run_is_read_as_it_was_made(tmp_path: Path) -> None:
    for run in (made(tmp_path, b"a", b"bc"), RunFolder.open(tmp_path / SPEC.run_id)):
        assert run.spec == SPEC
        assert (run.is_sealed, run.shard_count) == (True, 2)
        assert [run.shard(number) for number in range(2)] == [b"a", b"bc"]
        assert run.sizes == (ShardSize(1, 1), ShardSize(1, 2))
        assert run.pending() == [0, 1]


def test_a_run_is_for_its_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        run = made(tmp_path / "runs", b"a")
    finally:
        os.umask(before)
    assert run.path.stat().st_mode & 0o777 == 0o700


def test_a_result_makes_a_shard_done(tmp_path: Path) -> None:
    run = made(tmp_path, b"a", b"b")
    run.put_result(1, b"of b")
    again = RunFolder.open(run.path)
    assert again.is_done(1)
    assert not again.is_done(0)
    assert again.done() == [1]
    assert again.pending() == [0]
    assert [again.result(1) for _ in range(2)] == [b"of b", b"of b"]
    assert again.result(0) is None


def test_a_shard_whose_result_is_forgotten_is_pending(tmp_path: Path) -> None:
    run = made(tmp_path, b"a")
    run.put_result(0, b"of a")
    for _ in range(2):
        run.forget_result(0)
        assert run.pending() == [0]


def test_what_comes_after_the_sealed_number_is_no_shard(tmp_path: Path) -> None:
    run = made(tmp_path, b"a")
    with (run.path / "sizes").open("ab") as stream:
        stream.write(b"1\t1\n")
    again = RunFolder.open(run.path)
    assert (again.shard_count, again.pending()) == (1, [0])


def test_an_empty_result_is_a_result(tmp_path: Path) -> None:
    run = made(tmp_path, b"a")
    run.put_result(0, b"")
    assert run.result(0) == b""


@pytest.mark.parametrize("kept", [0, 10, 64, 66])
def test_a_result_cut_by_a_power_failure_is_none(tmp_path: Path, kept: int) -> None:
    run = made(tmp_path, b"a")
    run.put_result(0, b"whole")
    os.truncate(run.path / "done/00000", kept)
    assert run.result(0) is None
    assert run.pending() == [0]


def test_a_late_result_of_an_earlier_work_list_is_none(tmp_path: Path) -> None:
    made(tmp_path, b"old")
    run = RunFolder.open(tmp_path / SPEC.run_id)
    run.restart(SPEC.created_at)
    run.add_shard(b"new", files=1, size_bytes=1)
    run.seal()
    run.put_result(0, b"of old", items=b"old")
    assert run.result(0) is None
    assert run.pending() == [0]


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = made(tmp_path, b"a")

    def full(_self: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        run.put_result(0, b"x")
    assert list((run.path / "done").iterdir()) == []


def test_an_unfinished_run_is_opened_again_with_its_time(tmp_path: Path) -> None:
    made(tmp_path, b"a").put_result(0, b"of a")
    later = replace(SPEC, created_at="2027-01-01T00:00:00Z", engine="slurm", request={"x": 1})
    run = RunFolder.create(tmp_path, later)
    assert run.result(0) == b"of a"
    expected = replace(later, created_at=SPEC.created_at)
    assert run.spec == RunFolder.open(run.path).spec == expected


def test_an_unfinished_run_of_other_work_is_kept(tmp_path: Path) -> None:
    made(tmp_path, b"a")
    with pytest.raises(RunExistsError):
        RunFolder.create(tmp_path, replace(SPEC, arguments={"root": "/data/other"}))
    assert RunFolder.open(tmp_path / SPEC.run_id).spec == SPEC


def test_an_unfinished_run_of_other_work_is_named_with_what_it_does(tmp_path: Path) -> None:
    known = replace(SPEC, arguments={"root": "/data/known", "out": "/shards/known"})
    RunFolder.create(tmp_path, known)
    with pytest.raises(RunExistsError) as caught:
        RunFolder.create(tmp_path, replace(known, arguments={"root": "/data/new", "out": "/new"}))
    said = str(caught.value)
    assert "/data/known" in said
    assert "/shards/known" in said
    assert "/new" not in said


def test_a_list_that_is_made_again_keeps_the_results_of_equal_shards(tmp_path: Path) -> None:
    begun = RunFolder.create(tmp_path, SPEC)
    for number, items in enumerate((b"a", b"b", b"c")):
        begun.add_shard(items, files=1, size_bytes=1)
        begun.put_result(number, b"of " + items)
    assert RunFolder.open(begun.path).shard_count == 3
    run = made(tmp_path, b"a", b"other")
    assert (run.done(), run.pending()) == ([0], [1])
    assert [run.result(number) for number in range(3)] == [b"of a", None, None]
    assert RunFolder.open(run.path).sizes == (ShardSize(1, 1), ShardSize(1, 5))


def test_a_list_that_is_opened_again_takes_shards_until_it_is_sealed(tmp_path: Path) -> None:
    run = made(tmp_path, b"a", b"b")
    run.put_result(0, b"of a")
    for _ in range(2):  # the second time there is nothing to open
        run.reopen()
    assert not RunFolder.open(run.path).is_sealed
    run.add_shard(b"a", files=1, size_bytes=1)
    run.seal()
    for one in (run, RunFolder.open(run.path)):
        assert (one.shard_count, one.result(0)) == (1, b"of a")
    run.reopen()
    run.seal()
    assert RunFolder.open(run.path).sizes == ()


def test_a_sealed_list_takes_no_shard(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="sealed"):
        made(tmp_path).add_shard(b"a", files=1, size_bytes=1)


def test_a_run_is_locked_by_one_process_at_a_time(tmp_path: Path) -> None:
    run = made(tmp_path)
    with run.locked():
        assert run.is_locked
        with pytest.raises(RunBusyError), RunFolder.open(run.path).locked():
            pass
    assert not run.is_locked


def test_who_only_looks_whether_a_run_is_locked_keeps_no_one_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = made(tmp_path)
    with ExitStack() as look:
        look.enter_context(RunFolder.open(run.path).locked())
        monkeypatch.setattr(time, "sleep", lambda _seconds: look.close())
        with run.locked():
            assert run.is_locked


def test_failures_are_known_until_their_shard_is_done(tmp_path: Path) -> None:
    run = made(tmp_path, b"a", b"b")
    failures = [Failure(shard=n, host="n1", job="7_0", message="no data") for n in (0, 1)]
    for failure in failures:
        run.put_failure(failure)
    assert run.failures() == failures
    run.put_result(0, b"")
    assert run.failures() == failures[1:]
    run.forget_failures()
    assert run.failures() == []


def test_a_missing_run_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(RunUnknownError):
        RunFolder.open(tmp_path / "none")
    with pytest.raises(RunUnknownError):
        RunFolder.open(tmp_path / "no" / "such")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 2}', '{"format": 1, "x": 1}'])
def test_a_damaged_run_is_explained(tmp_path: Path, content: str) -> None:
    run = made(tmp_path)
    (run.path / "run.json").write_text(content, encoding="utf-8")
    with pytest.raises(RunDamagedError):
        RunFolder.open(run.path)


def test_a_missing_shard_is_explained(tmp_path: Path) -> None:
    with pytest.raises(RunDamagedError):
        made(tmp_path, b"a").shard(1)


@pytest.mark.parametrize("kept", [0, 10, 64, 67])
def test_a_work_list_cut_by_a_power_failure_is_explained(tmp_path: Path, kept: int) -> None:
    run = made(tmp_path, b"whole")
    os.truncate(run.path / "shards/00000", kept)
    with pytest.raises(RunDamagedError):
        run.shard(0)
    os.truncate(run.path / "sizes", 0)
    with pytest.raises(RunDamagedError):
        RunFolder.open(run.path)


def test_a_run_under_another_name_is_damaged(tmp_path: Path) -> None:
    made(tmp_path).path.rename(tmp_path / "other")
    with pytest.raises(RunDamagedError):
        RunFolder.open(tmp_path / "other")


@needs_root
@pytest.mark.attack("runs of others")
def test_a_run_of_another_user_is_not_opened(tmp_path: Path) -> None:
    run = made(tmp_path)
    os.chown(run.path, NOBODY, -1)
    with pytest.raises(RunDamagedError):
        RunFolder.open(run.path)


@pytest.mark.attack("runs of others")
def test_a_link_in_the_place_of_a_run_is_not_followed(tmp_path: Path) -> None:
    run = made(tmp_path)
    (tmp_path / "link").symlink_to(run.path)
    with pytest.raises(RunDamagedError):
        RunFolder.open(tmp_path / "link")


@pytest.mark.parametrize("run_id", ["", ".", "..", "a/b", "-x", "a\n", "a" * 201])
def test_an_id_is_the_name_of_a_folder(tmp_path: Path, run_id: str) -> None:
    with pytest.raises(RunUnknownError):
        RunFolder.create(tmp_path, replace(SPEC, run_id=run_id))


def test_the_runs_of_a_folder_are_listed(tmp_path: Path) -> None:
    assert runs_in(tmp_path / "none") == []
    made(tmp_path)
    (tmp_path / "other").mkdir()
    assert runs_in(tmp_path) == [SPEC.run_id]


def test_a_removed_run_is_gone(tmp_path: Path) -> None:
    run = made(tmp_path, b"a")
    run.remove()
    assert not run.path.exists()
    run.remove()  # nothing is left to be done


def test_of_a_link_in_the_place_of_a_run_only_the_link_is_removed(tmp_path: Path) -> None:
    run = made(tmp_path, b"a")
    (tmp_path / "link").symlink_to(run.path)
    remove_run(tmp_path / "link")
    assert runs_in(tmp_path) == [SPEC.run_id]
    assert not (tmp_path / "link").is_symlink()


def test_a_run_that_cannot_be_removed_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(RunError) as caught:
        remove_run(tmp_path / "file")
    assert "Errno" not in str(caught.value)


def test_a_run_that_is_restarted_has_no_work_and_keeps_what_is_named(tmp_path: Path) -> None:
    run = made(tmp_path, b"a", b"b")
    run.put_result(0, b"of a")
    (run.path / "kept").mkdir()
    (run.path / "gone").write_bytes(b"gone")
    run.restart("2027-01-01T00:00:00Z", keep=["kept"])
    for one in (run, RunFolder.open(run.path)):
        assert (one.is_sealed, one.shard_count, one.sizes) == (False, 0, ())
        assert one.spec.created_at == "2027-01-01T00:00:00Z"
    run.add_shard(b"a", files=1, size_bytes=1)
    run.seal()
    assert run.pending() == [0]
    assert (run.path / "kept").is_dir()
    assert not (run.path / "gone").exists()
