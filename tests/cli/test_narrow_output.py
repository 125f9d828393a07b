"""An output that has few characters gets the others as escapes, never a traceback."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from huggingnersc.cli.output import let_all_names_be_shown
from tests.builders import IRIS, IRIS_LINK
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunCommand


@pytest.mark.parametrize("errors", ["strict", "surrogateescape", "backslashreplace"])
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_every_character_can_be_written(
    monkeypatch: pytest.MonkeyPatch, encoding: str, errors: str
) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding, errors))
    let_all_names_be_shown()
    sys.stdout.write("Größe 鳶尾 \udcff")
    sys.stdout.flush()
    assert written.getvalue().startswith(b"Gr")


@pytest.mark.parametrize("name", ["ascii", "ascii:surrogateescape", ""])
def test_inspect_degrades_on_a_terminal_of_ascii(
    run: RunCommand, clean_env: Path, name: str
) -> None:
    files = (str(IRIS / "iris_loader.py"), IRIS_LINK, str(IRIS / "iris_metadata.json"))
    assert run("catalog-new-dataset", "Größe 鳶尾", "iris", *files).code == 0
    encoding = {"PYTHONIOENCODING": name} if name else {}
    old = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [sys.executable, ROOT / "main.py", "inspect-dataset", "iris"],
        env={**os.environ, **old, **encoding},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, b"Gr\\xf6\\xdfe" in done.stdout) == (0, True), done.stderr.decode()
