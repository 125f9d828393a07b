"""Ctrl-C at every step ends a command with 130 and no traceback; the same command completes it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.builders import IRIS, IRIS_LINK
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

CATALOG = [
    "catalog-new-dataset", "Iris", "iris", str(IRIS / "iris_loader.py"), IRIS_LINK,
    str(IRIS / "iris_metadata.json"),
]  # fmt: skip
STOPPED = re.compile(r"Stopped\..*\n")  # one line, and nothing else
# Runs main.py, and presses Ctrl-C at an import of this number from the program's first one on.
IMPORTING = """
import runpy, signal, sys
at, program = int(sys.argv[1]), sys.argv[2]
sys.argv = sys.argv[2:]
imports = []
def hook(event, arguments):
    if event == "import" and (imports or arguments[0].startswith("huggingnersc")):
        imports.append(arguments[0])
        if len(imports) == at:
            signal.raise_signal(signal.SIGINT)
sys.addaudithook(hook)
try:
    runpy.run_path(program, run_name="__main__")
finally:
    if at == 0:
        print(len(imports))
"""


def test_ctrl_c_at_every_request_ends_with_130_and_the_same_command_completes(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.cli.interrupted", tmp_path, *CATALOG],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *interrupted, last = [json.loads(line) for line in done.stdout.splitlines()]
    assert last[0]["code"] == 0  # no step was left
    assert len(interrupted) == last[0]["steps"] > 10
    for number, (first, again) in enumerate(interrupted):
        assert (first["code"], first["out"]) == (130, ""), number
        assert STOPPED.fullmatch(first["err"]), number
        assert (again["code"], bool(again["out"])) == (0, True), number


def test_ctrl_c_while_importing_ends_with_130_and_no_traceback(clean_env: Path) -> None:
    imports = int(_importing(0, "list-datasets").stdout.splitlines()[-1])
    for at in (1, *range(2, imports, imports // 5)):
        done = _importing(at, "list-datasets")
        assert done.returncode == 130, at
        assert done.stderr == "" or STOPPED.fullmatch(done.stderr), at


def _importing(at: int, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", IMPORTING, str(at), ROOT / "main.py", *words],
        capture_output=True,
        text=True,
        check=False,
    )
