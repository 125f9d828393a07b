"""Packages and programs are looked up as they are on this machine."""

from __future__ import annotations

import tomllib
from importlib import metadata
from typing import TYPE_CHECKING

from huggingnersc.adapters import installation
from huggingnersc.adapters.installation import own_version, packages_by_extra, program_version
from huggingnersc.errors import InstallationError
from tests.builders import write_tree
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_packages_are_those_of_the_project_and_satisfied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = packages_by_extra()
    assert len(found[""]) == len(project["dependencies"])
    assert all(package.is_satisfied for package in found[""])
    assert not {"test", "dev"} & found.keys()
    assert "torch" in found
    assert own_version() == project["version"]


def test_an_old_installation_of_a_checkout_hides_no_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(metadata, "requires", lambda _: ['h5py; extra == "data"'])
    names = {package.name for package in packages_by_extra()["data"]}
    assert {"numpy", "duckdb", "pyarrow", "h5py", "matplotlib"} <= names


def test_without_a_checkout_the_packages_are_those_of_the_installation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> None:
        raise InstallationError(name)

    monkeypatch.setattr(installation, "asset", missing)
    monkeypatch.setattr(metadata, "requires", lambda _: ['h5py; extra == "data"'])
    found = packages_by_extra()
    assert {extra: [one.name for one in of] for extra, of in found.items()} == {
        "": [],
        "data": ["h5py"],
    }


def test_program_is_asked_for_its_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(tmp_path, {"good": "#!/bin/sh\necho 'good 1'\n", "bad": "#!/bin/sh\nexit 3\n"})
    for name in ("good", "bad"):
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert program_version("good", "--version") == (True, "good 1")
    assert program_version("bad", "--version") == (False, str(tmp_path / "bad"))
    assert program_version("none") is None
