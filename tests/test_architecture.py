"""The floors hold: what imports what, what stays small, what stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = ROOT / "huggingnersc"
NOT_MIRRORED = {
    "browser",
    "examples",
    "faults",
    "fuzz",
    "golden",
    "loaders",
    "notebooks",
    "slurm",
}  # tests/README.md
HEAVY = (
    "huggingface_hub", "jsonschema", "jinja2", "nbformat", "yaml", "starlette", "uvicorn",
    "dulwich", "pyarrow", "datasets", "sqlite3", "h5py", "netCDF4", "numpy", "csv",
)  # fmt: skip


def _sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def test_no_file_is_longer_than_five_hundred_lines() -> None:
    too_long = {
        str(file.relative_to(ROOT)): lines
        for file in _sources()
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > 500
    }
    assert too_long == {}


def test_a_class_name_exists_once() -> None:
    names = Counter(
        node.name
        for file in _sources()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys\nfrom huggingnersc.cli.app import main\nmain(['--help'])\n"
        f"sys.exit(','.join(m for m in {HEAVY!r} if m in sys.modules) or None)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_only_the_output_module_prints() -> None:
    printing = [
        str(file.relative_to(ROOT))
        for file in _sources()
        if any(word in file.read_text(encoding="utf-8") for word in ("print(", "sys.stdout.write"))
    ]
    assert printing == ["huggingnersc/cli/output.py"]


def _mirrored_tests() -> list[Path]:
    """Return the test files that stand in a floor or room, below `tests`."""
    files = (file.relative_to(ROOT / "tests") for file in (ROOT / "tests").rglob("test_*.py"))
    return sorted(f for f in files if len(f.parts) > 1 and f.parts[0] not in NOT_MIRRORED)


def test_every_folder_of_tests_stands_for_one_of_the_package() -> None:
    folders = {file.parent for file in _mirrored_tests()}
    assert sorted(str(folder) for folder in folders if not (PACKAGE / folder).is_dir()) == []


def test_a_test_named_after_a_module_stands_in_the_room_of_that_module() -> None:
    misplaced = {}
    for file in _mirrored_tests():
        module = file.name.removeprefix("test_")
        rooms = [found.parent for found in (PACKAGE / file.parts[0]).rglob(module)]
        if rooms and PACKAGE / file.parent not in rooms:
            misplaced[str(file)] = [str(room.relative_to(PACKAGE)) for room in rooms]
    assert misplaced == {}
