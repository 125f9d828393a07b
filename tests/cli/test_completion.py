"""The Tab key, driven as the shells drive it: by Typer's environment variables."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from huggingnersc.cli.commands import COMMANDS
from huggingnersc.domain.catalog.record import record_bytes
from huggingnersc.domain.catalog.version_history import VersionHistory
from tests.adapters.engines.test_run_folder import SPEC, made
from tests.builders import make_version, record_of, write_tree
from tests.conftest import ROOT
from tests.forked_python import forked_python
from tests.interactive_bash import words_after_tab

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


def python() -> Path:
    """What starts the program in the time that a key may take on a busy machine."""
    return forked_python("huggingnersc.cli.app", "huggingnersc.api.completion")


def complete(line: str, *, started: str | Path = "", **environment: str) -> list[str]:
    """What bash offers at the end of a line."""
    words = line.split(" ")
    asked = {
        "_HUGGINGNERSC_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    done = subprocess.run(
        [started or python(), "-c", PROGRAM],
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
    assert complete("huggingnersc ", started=sys.executable) == [
        command.name for command in COMMANDS
    ]
    assert complete("huggingnersc ins") == ["inspect-dataset"]


def test_nicknames_of_the_catalog_are_offered(catalog: Path) -> None:
    assert complete("huggingnersc inspect-dataset i") == ["iris", "iris-2"]
    assert complete("huggingnersc inspect-dataset --json j") == ["jetclass"]


def test_versions_are_offered_after_the_nickname_and_an_at(catalog: Path) -> None:
    catalog_versions(catalog / "catalog", "flowers", "v1", "v2", "beta")
    line = "huggingnersc inspect-dataset flowers"
    assert complete(line) == ["flowers"]
    assert complete(f"{line}@") == ["flowers@beta", "flowers@v2", "flowers@v1"]
    assert complete(f"{line}@v") == ["flowers@v2", "flowers@v1"]
    assert complete("huggingnersc inspect-dataset iris@") in ([], [""])  # its record is damaged
    assert complete("huggingnersc inspect-dataset no@") in ([], [""])


def test_words_that_bash_broke_at_the_at_are_put_together(catalog: Path) -> None:
    catalog_versions(catalog / "catalog", "flowers", "v1", "v2")

    def offered(*words: str, at: int) -> list[str]:
        line = "\n".join(("huggingnersc", "inspect-dataset", *words))
        return complete("", COMP_WORDS=line, COMP_CWORD=str(at))

    assert offered("flowers", "@", at=3) == ["@v2", "@v1"]
    assert offered("flowers", "@", "v2", at=4) == ["@v2"]
    assert offered("--json", "flowers", "@", "v1", "--site", "x", at=5) == ["@v1"]
    assert offered("flowers", "@", "v1", "--js", at=5) == ["--json"]
    assert offered("flowers", "@", "v1", "", at=5) in ([], [""])


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
    assert complete("huggingnersc list-datasets --tag p") == [r"particle\ physics"]
    assert complete("huggingnersc list-datasets --license m") == ["mit"]
    assert complete("huggingnersc list-datasets --size 1K") == [r"1K\<n\<10K"]
    assert complete("huggingnersc list-datasets --site ") == ["local", "nersc"]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("--tag cos", ["cosmology"]),
        ("--task image-s", ["image-segmentation"]),
        ("--language e", ["en", "es"]),
        ("--license bsd-3-clause-", ["bsd-3-clause-clear"]),
        ("--size-category 1K", [r"1K\<n\<10K"]),
    ],
)
def test_answers_of_init_are_offered(line: str, offered: list[str]) -> None:
    assert complete(f"huggingnersc init-dataset data {line}") == offered


def test_values_are_those_of_the_site_s_own_schema(tmp_path: Path) -> None:
    schema = {"properties": {"datacard_tags": {"properties": {"license": {"enum": ["ours"]}}}}}
    write_tree(tmp_path, {"schema.json": json.dumps(schema)})
    text = '[hub]\norganization = "X"\n[catalog]\nroot = "/x"\nmetadata_schema = '
    text += json.dumps(str(tmp_path / "schema.json"))
    write_tree(tmp_path, {"site.toml": f'name = "x"\ntitle = "x"\n{text}\n'})
    site = f"--site {tmp_path / 'site.toml'}"
    assert complete(f"huggingnersc init-dataset data {site} --license ") == ["ours"]
    assert complete(f"huggingnersc init-dataset data {site} --tag ") in ([], [""])


def test_nickname_is_offered_as_the_first_word_of_a_preview_only(catalog: Path) -> None:
    assert complete("huggingnersc preview-dataset j") == ["jetclass"]
    assert complete("huggingnersc preview-dataset --json j") == ["jetclass"]
    assert complete("huggingnersc preview-dataset Jets j") in ([], [""])


def test_what_was_removed_is_offered_with_its_times(catalog: Path) -> None:
    names = ("iris.20260101T000000Z", "iris.20270101T000000Z", "wine.20260101T000000Z", "x.y")
    write_tree(catalog / "catalog", {f".removed/{name}/README.md": "x" for name in names})
    assert complete("huggingnersc restore-dataset ") == ["iris", "wine"]
    times = ["20270101T000000Z", "20260101T000000Z"]
    assert complete("huggingnersc restore-dataset iris --at ") == times
    assert complete("huggingnersc restore-dataset iris --at 2026") == times[1:]
    assert complete("huggingnersc restore-dataset --at ") in ([], [""])


def test_options_are_offered() -> None:
    assert complete("huggingnersc list-datasets --from") == ["--from-hub"]
    assert "--log-file" in complete("huggingnersc list-datasets --")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("list-datasets --tag part", "particle physics"),
        (r"list-datasets --tag particle\ ph", "particle physics"),
        ('list-datasets --tag "particle ph', "particle physics"),
        ("list-datasets --tag 'particle ph", "particle physics"),
        ("list-datasets --size 1K", "1K<n<10K"),
        (r"list-datasets --size 1K\<", "1K<n<10K"),
        ("init-dataset data --tag weather", "weather/climate"),
        ("init-dataset data --size-category 10B", "10B<n<100B"),
        ("inspect-dataset jet", "jetclass"),
        ("inspect-dataset flow", "flowers"),
        ("inspect-dataset flowers@v1", "flowers@v1.2.0"),
        ("inspect-dataset 'flowers@v1", "flowers@v1.2.0"),
        ('inspect-dataset "flowers@v1', "flowers@v1.2.0"),
        (r"inspect-dataset flowers\@v1", "flowers@v1.2.0"),
        ("inspect-dataset flowers@", "flowers@"),
        ("inspect-dataset flowers@n", "flowers@n"),
        ("inspect-dataset --json flowers@b", "flowers@beta"),
    ],
)
def test_bash_reads_the_word_that_was_completed(
    catalog: Path, tmp_path: Path, typed: str, read: str
) -> None:
    catalog_versions(catalog / "catalog", "flowers", "v1.2.0", "beta")
    rc_file, path = bash_with_completion(tmp_path)
    assert words_after_tab(f"huggingnersc {typed}", rc_file, path=path)[-1] == read


def catalog_versions(root: Path, nickname: str, *names: str) -> None:
    """Write a record with versions, the oldest first."""
    record = replace(record_of(nickname), history=VersionHistory(tuple(map(make_version, names))))
    write_tree(root, {f"{nickname}/{nickname}_info.json": record_bytes(record)})


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_are_served_too(shell: str, catalog: Path) -> None:
    done = in_shell(shell, "huggingnersc inspect-dataset j", started=sys.executable)
    assert "jetclass" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("shell", "written"), [("zsh", '"particle physics"'), ("fish", "particle physics\n")]
)
def test_shells_that_quote_what_they_insert_get_the_plain_word(shell: str, written: str) -> None:
    assert written in in_shell(shell, "huggingnersc list-datasets --tag part").stdout


def in_shell(
    shell: str, line: str, *, started: str | Path = ""
) -> subprocess.CompletedProcess[str]:
    """What zsh or fish gets at the end of a line."""
    environment = {
        "_HUGGINGNERSC_COMPLETE": f"complete_{shell}",
        "_TYPER_COMPLETE_ARGS": line,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    return subprocess.run(
        [started or python(), "-c", PROGRAM],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )


def bash_with_completion(folder: Path) -> tuple[Path, str]:
    """What bash runs first, as --install-completion has it, and a PATH with the program."""
    start = f'#!/bin/sh\nexec "{python()}" "{folder}/program.py" "$@"\n'
    program = write_tree(folder, {"program.py": PROGRAM, "bin/huggingnersc": start})
    (program / "bin/huggingnersc").chmod(0o755)
    path = f"{program / 'bin'}:{os.environ['PATH']}"
    script = subprocess.run(
        ["huggingnersc", "--show-completion", "bash"],
        env={**os.environ, "PATH": path, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    prompt = "PS1='ready> '\nbind 'set enable-bracketed-paste off'\n"
    return write_tree(folder, {"rc": f"{prompt}{script}\n"}) / "rc", path


def test_runs_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    for run_id in ("snapshot-iris-v1", "verify-iris"):
        made(tmp_path / "huggingnersc/runs", spec=replace(SPEC, run_id=run_id))
    for command in ("status-run", "resume-run", "cancel-run"):
        assert complete(f"huggingnersc {command} s") == ["snapshot-iris-v1"]
