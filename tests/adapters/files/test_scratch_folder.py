"""A temporary folder."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest

from huggingnersc.adapters.files.scratch_folder import scratch_folder
from tests.conftest import ROOT


def test_folder_is_private_and_gone_afterwards() -> None:
    with scratch_folder() as folder:
        (folder / "deep").mkdir()
        (folder / "deep" / "file").write_text("x", encoding="utf-8")
        assert folder.stat().st_mode & 0o077 == 0
    assert not folder.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signal_ends_the_block_and_removes_the_folder(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pytest.raises(SystemExit) as ended, scratch_folder() as folder:
        os.kill(os.getpid(), number)
    assert ended.value.code == 128 + number
    assert not folder.exists()
    assert signal.getsignal(number) is before


def test_folder_of_a_thread_is_removed() -> None:
    seen: list[Path] = []

    def work() -> None:
        with scratch_folder() as folder:
            seen.append(folder)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert not seen[0].exists()


def test_folder_that_another_process_sweeps_before_it_is_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, sweeps = fcntl.flock, [1]

    def swept_first(file: Any, operation: int) -> None:
        if sweeps and operation == fcntl.LOCK_EX:
            sweeps.pop()
            with scratch_folder(tmp_path):  # removes what no one has locked
                pass
        lock(file, operation)

    monkeypatch.setattr(fcntl, "flock", swept_first)
    with scratch_folder(tmp_path) as folder:
        (folder / "file").write_text("x", encoding="utf-8")
    assert not sweeps
    assert [*tmp_path.glob("huggingnersc-scratch-*")] == []


_KEEP = """
import time
from huggingnersc.adapters.files.scratch_folder import scratch_folder
with scratch_folder() as folder:
    print(folder, flush=True)
    time.sleep(600)
"""


def test_folder_of_a_killed_process_is_removed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    others = tmp_path / "huggingnersc-scratch-unlocked"
    others.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", _KEEP],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    with process:
        assert process.stdout is not None
        left = Path(process.stdout.readline().strip())
        with scratch_folder():
            assert left.is_dir()  # its process is running
        process.kill()
        process.wait()
    assert left.is_dir()
    with scratch_folder():
        assert not left.exists()
    assert others.is_dir()
