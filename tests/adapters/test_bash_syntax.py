"""Bash reads a script without running it."""

from __future__ import annotations

from pathlib import Path

import pytest

from huggingnersc.adapters.bash_syntax import bash_fault
from tests.builders import JETCLASS, write_tree


def test_fault_is_told_with_its_line() -> None:
    fault = bash_fault("#!/bin/bash\nif true; then\n  echo\nfi fi\n")
    assert fault is not None
    assert fault[0] == 4
    assert "syntax error" in fault[1]


def test_right_script_has_no_fault() -> None:
    assert bash_fault((JETCLASS / "jetclass_batch.sh").read_text(encoding="utf-8")) is None
    assert bash_fault("shopt -s extglob\nls !(*.csv)\n") is None


def test_nothing_is_run_and_no_start_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "ran"
    write_tree(tmp_path, {"start": f"touch {mark}\n"})
    monkeypatch.setenv("BASH_ENV", str(tmp_path / "start"))
    assert bash_fault(f"touch {mark}\n") is None
    assert not mark.exists()


def test_without_bash_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bash_fault("if\n") is None
