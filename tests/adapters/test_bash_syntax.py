"""Bash reads a script without running it."""

from __future__ import annotations

from pathlib import Path

import pytest

from huggingnersc.adapters.bash_syntax import bash_syntax_error
from tests.builders import JETCLASS, write_tree


def test_syntax_error_is_reported_with_its_line() -> None:
    error = bash_syntax_error("#!/bin/bash\nif true; then\n  echo\nfi fi\n")
    assert error is not None
    assert error[0] == 4
    assert "syntax error" in error[1]


def test_correct_script_has_no_error() -> None:
    assert bash_syntax_error((JETCLASS / "jetclass_batch.sh").read_text(encoding="utf-8")) is None
    assert bash_syntax_error("shopt -s extglob\nls !(*.csv)\n") is None


def test_nothing_is_run_and_no_start_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "ran"
    write_tree(tmp_path, {"start": f"touch {mark}\n"})
    monkeypatch.setenv("BASH_ENV", str(tmp_path / "start"))
    assert bash_syntax_error(f"touch {mark}\n") is None
    assert not mark.exists()


def test_without_bash_nothing_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bash_syntax_error("if\n") is None
