from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

ROOT = Path(__file__).parents[2]
CATALOGED = ("iris", "jetclass")


def metadata(name: str) -> Any:
    return json.loads((ROOT / "examples" / name / f"{name}_metadata.json").read_text("utf-8"))


def command_of(name: str) -> list[str]:
    readme = (ROOT / "examples" / name / "README.md").read_text("utf-8")
    (line,) = [line for line in readme.splitlines() if " catalog-new-dataset " in line]
    return shlex.split(line)


@pytest.mark.parametrize("name", CATALOGED)
def test_the_metadata_of_each_example_obeys_the_schema(name: str) -> None:
    schema = json.loads((ROOT / "metadata_schema.json").read_text("utf-8"))

    assert not list(Draft202012Validator(schema).iter_errors(metadata(name)))


@pytest.mark.parametrize("name", CATALOGED)
def test_the_readme_catalogs_each_example_with_files_that_exist(name: str) -> None:
    program, main, verb, title, nickname, loader, portal, tags, *rest = command_of(name)

    assert (program, main, verb) == ("python", "main.py", "catalog-new-dataset")
    assert title
    assert nickname == metadata(name)["other_info"]["nickname"] == name
    assert portal.startswith("https://portal.nersc.gov/cfs/dasrepo/")
    files = [loader, tags, *(word for word in rest if word.startswith("examples/"))]
    assert [file for file in files if not (ROOT / file).is_file()] == []


def test_the_distributed_example_brings_its_batch_script_and_its_environment() -> None:
    batch, distributed, *options = command_of("jetclass")[8:]

    assert batch.endswith("jetclass_batch.sh")
    assert distributed == "True"
    assert options == ["--include", "examples/jetclass/jetclass_environment.yml"]
