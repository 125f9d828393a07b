"""The Tab key, driven as the shells drive it: by Typer's environment variables."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from huggingnersc.cli.commands import COMMANDS
from tests.builders import write_tree
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = ("huggingface_hub", "jsonschema", "jinja2", "nbformat", "starlette", "yaml", "rich")
PROGRAM = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from huggingnersc.cli.app import main
code = main(program="huggingnersc")
assert not [name for name in {HEAVY!r} if name in sys.modules], sys.modules.keys()
sys.exit(code)
"""


def complete(line: str, **environment: str) -> list[str]:
    """What bash offers at the end of a line."""
    words = line.split(" ")
    asked = {
        "_HUGGINGNERSC_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, **asked, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split("\n")[:-1]


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    names = ("iris", "iris-2", "jetclass")
    files = {f"{name}/{name}_info.json": "damaged" for name in names}
    monkeypatch.setenv("HUGGINGNERSC_CATALOG_ROOT", str(write_tree(tmp_path / "catalog", files)))
    return tmp_path


def test_every_command_is_offered() -> None:
    assert complete("huggingnersc ") == [command.name for command in COMMANDS]
    assert complete("huggingnersc ins") == ["inspect-dataset"]


def test_nicknames_of_the_catalog_are_offered(catalog: Path) -> None:
    assert complete("huggingnersc inspect-dataset i") == ["iris", "iris-2"]
    assert complete("huggingnersc inspect-dataset --json j") == ["jetclass"]


def test_nicknames_are_those_of_the_site_that_the_line_names(tmp_path: Path) -> None:
    write_tree(tmp_path, {"catalog/mine/mine_info.json": "{}"})
    text = '[hub]\norganization = "X"\n[catalog]\nroot = ' + json.dumps(str(tmp_path / "catalog"))
    write_tree(tmp_path, {"site.toml": f'name = "x"\ntitle = "x"\n{text}\n'})
    line = f"huggingnersc inspect-dataset --site {tmp_path / 'site.toml'} "
    assert complete(line) == ["mine"]


def test_nothing_is_offered_where_nothing_can_be_known(tmp_path: Path) -> None:
    assert complete("huggingnersc inspect-dataset --site nowhere i") in ([], [""])
    blocked = write_tree(tmp_path, {"file": ""}) / "file"
    assert complete("huggingnersc inspect-dataset ", HUGGINGNERSC_CATALOG_ROOT=str(blocked)) in (
        [],
        [""],
    )


def test_values_of_the_schema_and_sites_are_offered() -> None:
    assert complete("huggingnersc list-datasets --tag p") == ["particle physics"]
    assert complete("huggingnersc list-datasets --license m") == ["mit"]
    assert complete("huggingnersc list-datasets --size 1K") == ["1K<n<10K"]
    assert complete("huggingnersc list-datasets --site ") == ["local", "nersc"]


def test_options_are_offered() -> None:
    assert complete("huggingnersc list-datasets --from") == ["--from-hub"]
    assert "--log-file" in complete("huggingnersc list-datasets --")


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_are_served_too(shell: str, catalog: Path) -> None:
    environment = {
        "_HUGGINGNERSC_COMPLETE": f"complete_{shell}",
        "_TYPER_COMPLETE_ARGS": "huggingnersc inspect-dataset j",
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "jetclass" in done.stdout
    assert done.stderr == ""
