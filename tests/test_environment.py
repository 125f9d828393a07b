"""The conda environment and the pinned versions fit the package."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions, version

import yaml

from tests.conftest import ROOT

# Parts of what is declared: used only together with it, and in the version that it wants.
_PARTS = {"markupsafe", "pydantic_core", "httpx2", "hf_xet", "h11", "botocore", "fsspec"}
_NAME = re.compile(r"[A-Za-z0-9_.-]+")


def _requirements() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [str(requirement) for requirement in project["dependencies"]]


def _pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if "==" in line)
    return {_canonical(name): pinned for name, pinned in pairs}


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


# Named the same on conda-forge and PyPI; other packages, such as fastjsonschema, are not.
_OF_THE_OWNER = ["typer", "huggingface_hub", "jsonschema", "jinja2", "nbformat", "rich", "pytest"]


def test_conda_brings_python_and_the_owners_packages_and_pip_the_rest() -> None:
    environment = yaml.safe_load((ROOT / "huggingnersc_env.yml").read_text(encoding="utf-8"))
    assert environment["channels"] == ["conda-forge"]
    *of_conda, of_pip = environment["dependencies"]
    assert of_conda == ["python>=3.11", "pip", *_OF_THE_OWNER]
    assert of_pip == {"pip": ["-e ."]}


def test_pip_enforces_the_versions_of_what_conda_brings() -> None:
    required = {_NAME.match(text)[0] for text in _requirements()}  # type: ignore[index]
    assert set(_OF_THE_OWNER) - required == {"pytest"}


def test_every_package_that_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    declared = {
        _canonical(match[0])
        for text in (*project["dependencies"], *extras["data"], *extras["s3"], *extras["test"])
        if (match := _NAME.match(text))
    }
    of_packages = packages_distributions()
    imported = {
        _canonical(of_packages.get(name, [name])[0])
        for name in _imported() - sys.stdlib_module_names - {"huggingnersc", *_PARTS}
    }
    assert imported - declared - {"pyarrow"} == set()  # only where datasets is installed


def _imported() -> set[str]:
    nodes = (
        node
        for file in (ROOT / "huggingnersc").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    )
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def test_every_dependency_is_pinned_to_the_version_that_is_tested() -> None:
    names = {_canonical(match[0]) for r in _requirements() if (match := _NAME.match(r))}
    pins = _pins()
    assert names <= pins.keys()
    assert {name: version(name) for name in names} == {name: pins[name] for name in names}
