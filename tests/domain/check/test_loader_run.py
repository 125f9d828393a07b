"""How a run ended is a finding, with what was printed cut to what helps."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from huggingnersc.domain.check.loader_run import (
    EndedRun,
    Limit,
    RunLimits,
    run_finding,
    shown_output,
)

LIMITS = RunLimits(timeout_s=30, memory_gb=2)
PYTHON = PurePosixPath("/usr/bin/python3")
FAILED = """\
reading
Traceback (most recent call last):
  File "<string>", line 151, in <module>
    show(1)
  File "/x/dataset/load.py", line 3, in load
    open("gone")
  File "/usr/lib/python3/codecs.py", line 1, in f
    g()
FileNotFoundError: gone
"""


@pytest.mark.parametrize(
    ("ended", "level"),
    [
        (EndedRun(0, "fine\n", 1.5), "note"),
        (EndedRun(1, "bad\n"), "problem"),
        (EndedRun(-11, ""), "problem"),
        (EndedRun(1, "ModuleNotFoundError: No module named 'h5py'\n", program=PYTHON), "warning"),
        (EndedRun(-9, "", limit=Limit.TIME), "warning"),
        (EndedRun(-9, "", limit=Limit.MEMORY), "warning"),
        (EndedRun(None, "there is no program julia"), "not checked"),
    ],
)
def test_level_says_whether_visitors_are_affected(ended: EndedRun, level: str) -> None:
    found = run_finding("python load.py", ended, LIMITS)
    assert (found.level, found.about) == (level, "loader")
    assert str(found.message).startswith("python load.py ")


def test_a_limit_names_the_option_that_allows_more() -> None:
    time = run_finding("x", EndedRun(-9, "", limit=Limit.TIME), LIMITS)
    memory = run_finding("x", EndedRun(-9, "", limit=Limit.MEMORY), LIMITS)
    assert str(time.message).endswith("30 s; allow more: timeout_s='300'")
    assert str(memory.message).endswith("2 GB; allow more: memory_gb='4'")


def test_traceback_begins_at_the_first_frame_of_the_dataset() -> None:
    assert shown_output(FAILED, "/x/dataset") == (
        "reading\n"
        "Traceback (most recent call last):\n"
        '  File "load.py", line 3, in load\n'
        '    open("gone")\n'
        '  File "/usr/lib/python3/codecs.py", line 1, in f\n'
        "    g()\n"
        "FileNotFoundError: gone"
    )


def test_traceback_without_a_frame_of_the_dataset_keeps_them_all() -> None:
    text = FAILED.replace("/x/dataset/load.py", "/usr/lib/x.py")
    assert (shown_output(text) or "").count("File ") == 3


def test_long_output_keeps_both_ends_and_long_lines_are_cut() -> None:
    shown = shown_output("\n".join(map(str, range(1000))) + "\n" + "x" * 10_000) or ""
    lines = shown.splitlines()
    assert (lines[0], lines[12], len(lines)) == ("0", "[977 lines left out]", 25)
    assert len(lines[-1]) == 200
    assert shown_output("\n") is None


@pytest.mark.attack("loader runs")
def test_secret_in_the_output_is_masked() -> None:
    token = "hf_" + "aB3" * 12
    assert token not in (shown_output(f"token {token}\n") or "")
