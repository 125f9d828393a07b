"""The floors hold: what imports what, what stays small, what stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = ROOT / "huggingnersc"
HEAVY = (
    "huggingface_hub", "jsonschema", "jinja2", "nbformat", "yaml", "starlette", "uvicorn",
    "dulwich", "pyarrow", "datasets", "sqlite3", "h5py", "netCDF4", "numpy", "csv",
)  # fmt: skip


def _sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def test_no_file_is_longer_than_three_hundred_lines() -> None:
    too_long = {
        str(file.relative_to(ROOT)): lines
        for file in _sources()
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > 300
    }
    assert too_long == {}


def test_no_function_body_is_longer_than_forty_lines() -> None:
    too_long = [
        f"{file.relative_to(ROOT)}:{node.lineno} {node.name}"
        for file in _sources()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _body_lines(node) > 40
    ]
    assert too_long == []


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


def test_contract_on_huggingface_hub_names_every_adapter_but_its_own() -> None:
    """Else a new file would be free to import it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = [
        contract
        for contract in project["tool"]["importlinter"]["contracts"]
        if contract.get("forbidden_modules") == ["huggingface_hub"]
    ]
    adapters = {
        f"huggingnersc.adapters.{path.stem}"
        for path in (PACKAGE / "adapters").iterdir()
        if not path.stem.startswith("__") and path.stem not in {"hub", "hub_client"}
    }
    named = {name for name in contract["source_modules"] if ".adapters." in name}
    assert named == adapters


def _body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
