from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from huggingnersc.adapters.engines.choice import WorkProgress
from huggingnersc.cli.work_progress import work_progress, work_words
from huggingnersc.fixes import Verb
from tests.conftest import ROOT
from tests.terminal import ESCAPE, python_on_terminal

WORK = f"""
import sys, time
sys.path.insert(0, {str(ROOT)!r})
from huggingnersc.adapters.engines.choice import WorkProgress
from huggingnersc.cli import work_progress
from huggingnersc.fixes import Verb
work_progress._LINE_EVERY_S = float(sys.argv[2])
with work_progress.work_progress(Verb.VERIFY_DATASET) as update:
    for done in range(5):
        update(WorkProgress(files=done, size_bytes=0, of_files=4, of_bytes=0))
        time.sleep(float(sys.argv[1]))
"""


def work(files: int, size_bytes: int, *, is_listed: bool = True, note: str = "") -> WorkProgress:
    return WorkProgress(
        files=files,
        size_bytes=size_bytes,
        of_files=1200,
        of_bytes=10_000_000_000,
        is_listed=is_listed,
        note=note,
    )


def test_the_first_report_has_no_rate() -> None:
    words = work_words(work(0, 0), work(0, 0), 0)
    assert words == "0 of 1.2k files, 0 bytes of 10 GB"


def test_the_rate_and_the_time_left_are_of_what_was_done_since_the_first_report() -> None:
    begun, now = work(0, 5_000_000_000), work(0, 7_500_000_000)
    words = work_words(begun, now, 10)
    assert words == "0 of 1.2k files, 7.5 GB of 10 GB, 250 MB/s, 10 s left"


def test_files_without_bytes_take_time_too() -> None:
    assert work_words(work(0, 0), work(600, 10_000_000_000), 1).endswith("10 GB/s, 0 s left")


def test_a_large_file_after_many_small_ones_takes_as_long_as_the_rate_says() -> None:
    words = work_words(work(0, 0), work(1199, 1_000_000_000), 10)
    assert words.endswith("100 MB/s, 1 min 30 s left")


def test_one_file_is_one() -> None:
    now = WorkProgress(files=0, size_bytes=0, of_files=1, of_bytes=7)
    assert work_words(now, now, 0) == "0 of 1 file, 0 bytes of 7 bytes"
    assert work_words(now, now, 0, "sample") == "0 of 1 sample, 0 bytes of 7 bytes"


def test_no_time_is_left_to_say_while_files_are_listed() -> None:
    words = work_words(work(0, 0, is_listed=False), work(10, 5000, is_listed=False), 1)
    assert words == "10 files, 5 kB, 5 kB/s"


def test_the_state_of_the_jobs_comes_last() -> None:
    now = work(0, 0, note="2 tasks wait")
    assert work_words(now, now, 0).endswith("10 GB, 2 tasks wait")


@pytest.mark.parametrize(("every_s", "lines"), [(60, 0), (0, 5)])
def test_without_a_terminal_there_is_a_line_a_minute(every_s: int, lines: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WORK, "0", str(every_s)], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    assert done.stderr.count("Verifying: ") == lines


def test_without_a_terminal_a_trouble_is_said_when_it_begins(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with work_progress(Verb.DOWNLOAD_DATASET) as update:
        for trouble in ("", "the portal is gone", "", "the portal is gone"):
            update(replace(work(0, 0), note="a.csv 10 %", trouble=trouble))
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("Downloading: 0 of 1.2k files, 0 bytes of 10 GB, the portal is gone")


def test_long_work_shows_a_bar_on_a_terminal_and_removes_it() -> None:
    shown = python_on_terminal("-c", WORK, "0.2", "60")
    assert "Verifying: 4 of 4 files" in shown
    assert shown.endswith(f"{ESCAPE}2K")
