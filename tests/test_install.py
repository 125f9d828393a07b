"""The wheel, installed into a fresh environment, works from any folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from typing import TYPE_CHECKING, Any

import pytest

from tests.builders import IRIS, IRIS_LINK
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

CATALOG = [
    "catalog-new-dataset", "Fisher's Iris Data", "iris", str(IRIS / "iris_loader.py"), IRIS_LINK,
    str(IRIS / "iris_metadata.json"), "--json",
]  # fmt: skip


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the built wheel; it borrows this one's dependencies."""
    folder = tmp_path_factory.mktemp("with a space")
    _python(
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(folder),
        str(ROOT),
    )
    venv.create(folder / "env")
    python = folder / "env" / "bin" / "python"
    (wheel,) = folder.glob("*.whl")
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", python),
            *("install", "-q", "--no-deps", str(wheel)),
        ],
        check=True,
        cwd="/",
    )
    site = next((folder / "env").glob("lib/python*/site-packages"))
    borrowed = [path for path in sys.path if path.endswith("site-packages")]
    (site / "borrowed.pth").write_text("\n".join(borrowed), encoding="utf-8")
    return folder / "env" / "bin"


def test_installed_program_catalogs_and_inspects_from_the_root_folder(
    installed: Path, clean_env: Path
) -> None:
    program = installed / "huggingnersc"
    cataloged = _json([program, *CATALOG], clean_env)
    assert cataloged["outcome"] == "cataloged"
    inspected = _json([program, "inspect-dataset", "iris", "--json"], clean_env)
    assert inspected["hub"]["commit"] == cataloged["commit"]


def test_installed_program_brings_its_own_templates(installed: Path, clean_env: Path) -> None:
    script = "from huggingnersc.assets import asset; print(asset('templates'))"
    done = _run([installed / "python", "-c", script], clean_env)
    assert "_assets" in done


def test_installed_program_knows_the_tasks_and_licenses_of_the_hub(
    installed: Path, clean_env: Path
) -> None:
    script = (
        "from huggingnersc.hub_server.protocol.hub_values import license_ids, task_ids\n"
        "print('mit' in license_ids(), 'image-to-image' in task_ids())"
    )
    assert _run([installed / "python", "-c", script], clean_env).split() == ["True", "True"]


def test_module_runs_like_the_program(installed: Path, clean_env: Path) -> None:
    done = _run([installed / "python", "-m", "huggingnersc", "--help"], clean_env)
    assert "catalog-new-dataset" in done


def test_checkout_runs_from_the_root_folder_through_a_link(
    tmp_path: Path, clean_env: Path
) -> None:
    link = tmp_path / "link to main.py"
    link.symlink_to(ROOT / "main.py")
    environment = {"PYTHONSAFEPATH": "1"}
    cataloged = _json([sys.executable, link, *CATALOG], clean_env, **environment)
    assert cataloged["outcome"] == "cataloged"


def _json(command: list[str | Path], home: Path, **environment: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(_run(command, home, **environment))
    return value


def _run(command: list[str | Path], home: Path, **environment: str) -> str:
    done = subprocess.run(
        command,
        cwd="/",
        env={**os.environ, "HOME": str(home), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _python(*words: str) -> None:
    subprocess.run([sys.executable, *words], check=True, cwd="/")
