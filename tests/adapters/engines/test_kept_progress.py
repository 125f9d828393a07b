"""What a transfer keeps of how far it is."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.engines.choice import WorkProgress
from huggingnersc.adapters.engines.kept_progress import keeping_progress, progress_kept
from huggingnersc.api.runs.status_run import status_run
from tests.builders import make_site
from tests.transfers import transfer_run

if TYPE_CHECKING:
    from pathlib import Path


def test_a_transfer_that_is_cut_off_has_said_how_far_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter((10.0, 10.1, 12.0))
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    run, seen = transfer_run(tmp_path), list[WorkProgress]()
    run.add_shard(b"x\n", files=3, size_bytes=9_000)
    run.seal()
    assert progress_kept(run) is None
    with suppress(KeyboardInterrupt), keeping_progress(run, seen.append) as report:
        for files in range(3):
            size = 1_000 + 3_000 * files
            report(WorkProgress(files=files, size_bytes=size, of_files=3, of_bytes=9_000))
        raise KeyboardInterrupt
    assert [one.files for one in seen] == [0, 1, 2]
    status = status_run(run.spec.run_id, site=make_site(run_root=tmp_path))
    assert (status.files_done, status.bytes_done) == (2, 7_000)
    assert (status.bytes_per_s, status.shards_done) == (3_000, 0)


def test_what_is_kept_goes_with_its_run(tmp_path: Path) -> None:
    run = transfer_run(tmp_path)
    with keeping_progress(run, lambda _: None) as report:
        report(WorkProgress(files=0, size_bytes=0, of_files=0, of_bytes=0))
        run.remove()
    assert not run.path.exists()
