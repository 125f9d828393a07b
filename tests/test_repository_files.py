"""The files beside the package agree with it."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT


def _read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def test_the_citation_names_the_version_of_the_package() -> None:
    citation = _read("CITATION.cff")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert citation["version"] == project["version"]
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(citation)


def test_the_license_is_the_one_that_the_package_and_the_citation_name() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == _read("CITATION.cff")["license"] == "BSD-3-Clause"
    (name,) = project["license-files"]
    assert (ROOT / name).read_text(encoding="utf-8").startswith("BSD 3-Clause License")


def test_ci_runs_what_a_clean_checkout_runs() -> None:
    (job,) = _read(".github/workflows/ci.yml")["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step][-1] == ".ci/run"
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


def test_hooks_before_a_commit_need_no_network() -> None:
    config = _read(".pre-commit-config.yaml")
    assert [repository["repo"] for repository in config["repos"]] == ["local"]
    hooks = [hook for repository in config["repos"] for hook in repository["hooks"]]
    assert [hook["id"] for hook in hooks if hook["language"] != "system"] == []


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/design.md"])
def test_a_file_that_a_page_links_to_exists(name: str) -> None:
    page = ROOT / name
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert len(links) > 1
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_a_file_that_the_guide_for_contributors_names_exists() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|--- a/)((?:[a-z_.]+/)+[\w.]+\.\w+)", text))
    assert "huggingnersc/domain/catalog/fields.py" in named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_a_target_of_make_that_a_page_names_exists() -> None:
    pages = [
        ROOT / "CONTRIBUTING.md",
        ROOT / "README.md",
        *(ROOT / ".github" / "workflows").glob("*.yml"),
    ]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    named = set(re.findall(r"(?:`|run: |\n)make ([a-z]+)", text))
    named |= set(
        _read(".github/workflows/weekly.yml")["jobs"]["long"]["strategy"]["matrix"]["target"]
    )
    rules = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert {"check", "faults", "fuzz", "mutants"} <= named
    assert named - rules == set()
