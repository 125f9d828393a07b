from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from pydantic_core import core_schema

from huggingnersc.type_adapter import type_adapter

if TYPE_CHECKING:
    from pathlib import Path

PLUGIN = "import sys; sys.exit('loaded')"
MAKE = (
    "from huggingnersc.type_adapter import type_adapter; "
    "print(type_adapter(int).validate_python('7'))"
)
LEFT = "; import os; print(os.environ.get('PYDANTIC_DISABLE_PLUGINS'))"


@pytest.mark.parametrize("given", [None, "other"])
def test_no_plugin_is_looked_for_and_the_environment_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str | None
) -> None:
    (tmp_path / "plugin.py").write_text(PLUGIN)
    installed = tmp_path / "plugin-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: plugin\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text("[pydantic]\nplugin = plugin:plugin\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    if given:
        monkeypatch.setenv("PYDANTIC_DISABLE_PLUGINS", given)
    else:
        monkeypatch.delenv("PYDANTIC_DISABLE_PLUGINS", raising=False)
    plain = "from pydantic import TypeAdapter; TypeAdapter(int)"
    assert "loaded" in run(plain).stderr
    assert run(MAKE + LEFT).stdout.split() == ["7", str(given)]


def test_another_thread_may_change_the_environment_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Kind:
        @classmethod
        def __get_pydantic_core_schema__(cls, *_: object) -> core_schema.CoreSchema:
            del os.environ["PYDANTIC_DISABLE_PLUGINS"]
            return core_schema.any_schema()

    monkeypatch.delenv("PYDANTIC_DISABLE_PLUGINS", raising=False)
    assert type_adapter(Kind).validate_python(7) == 7
    assert "PYDANTIC_DISABLE_PLUGINS" not in os.environ


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
