"""Explained errors, bugs and interruptions each end with their exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunCommand


def test_bug_ends_with_70_and_its_traceback(
    run: RunCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingnersc.api.catalog import inspect_dataset

    monkeypatch.delattr(inspect_dataset, "CatalogFolder")  # what a mistake in the code would be
    done = run("inspect-dataset iris")
    assert done.code == 70
    assert "NameError" in done.err


def test_closed_pipe_is_no_bug(clean_env: Path) -> None:
    line = f'"{sys.executable}" "{ROOT / "main.py"}" catalog-new-dataset --help | true'
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr


def test_output_has_no_color_in_a_pipe(clean_env: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "main.py", "inspect-dataset", "iris"],
        env={**os.environ, "TERM": "xterm-256color"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize("words", ["list-datasets --json", "doctor"])
def test_output_that_cannot_be_written_is_explained(clean_env: Path, words: str) -> None:
    line = f'"{sys.executable}" "{ROOT / "main.py"}" {words} > /dev/full'
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    error, hint = done.stderr.splitlines()[-2:]
    assert error.startswith("error: ")
    assert "No space left on device" in error
    assert hint.startswith("hint: ")


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(("words", "code"), [("list-datasets", 0), ("inspect-dataset iris", 3)])
def test_closed_streams_change_no_exit_code(
    clean_env: Path, words: str, code: int, closed: str
) -> None:
    line = f'"{sys.executable}" "{ROOT / "main.py"}" {words} {closed}'
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)


def test_python_without_the_packages_says_where_they_are() -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-I", ROOT / "main.py", "doctor"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    error, hint = done.stderr.splitlines()
    assert error.startswith(f"error: {sys.executable} ")
    assert "source .venv/bin/activate" in hint


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("list", ["list-datasets"]),
        ("catalog", ["catalog-new-dataset"]),
        ("inspect", ["inspect-dataset"]),
        ("re", ["remove-dataset", "restore-dataset"]),
        ("lst-datasets", ["list-datasets"]),
    ],
)
def test_beginning_of_a_command_names_the_matching_commands(
    run: RunCommand, word: str, meant: list[str]
) -> None:
    done = run(word)
    assert done.code == 2
    assert [name for name in meant if f"'{name}'" not in done.err] == []
