"""The output on wide and narrow terminals, with and without color, and in pipes."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from huggingnersc.domain.catalog.record import record_bytes
from tests.api.catalog.test_list_datasets import a_record
from tests.builders import IRIS, write_tree
from tests.conftest import ROOT
from tests.forked_python import forked_python
from tests.terminal import ESCAPE, on_terminal, python_on_terminal, unstyled

if TYPE_CHECKING:
    from pathlib import Path

TITLES = {
    "iris": "Fisher's Iris Data",
    "jetclass": "Jets of the Large Hadron Collider, a very long title that has to be wrapped",
    "weather": "天気のデータセット、とても長い題名なので折り返さなければなりません",
}


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    files = {
        f"{name}/{name}_info.json": record_bytes(
            a_record(name, title, tags=["hdf5", "particle physics", "weather/climate"])
        )
        for name, title in TITLES.items()
    }
    monkeypatch.setenv("HUGGINGNERSC_CATALOG_ROOT", str(write_tree(tmp_path / "catalog", files)))
    return tmp_path


@pytest.mark.parametrize("columns", [60, 80, 132])
def test_the_list_fits_the_terminal_and_nothing_is_cut(catalog: Path, columns: int) -> None:
    shown = unstyled(on_terminal("list-datasets", columns=columns))
    lines = shown.splitlines()
    assert all(cell_len(line) <= columns for line in lines)
    begun = [line.split()[0] for line in lines if line and not line.startswith(" ")]
    assert begun == ["NICKNAME", *TITLES, "3"]
    start, end = lines[0].index("TITLE"), lines[0].index("SIZE")
    titles = "".join(line[start:end] for line in lines if line.isascii())
    for word in " ".join([TITLES["iris"], TITLES["jetclass"]]).split():
        assert word in titles
    characters = "".join(shown.split())
    assert all(character in characters for character in TITLES["weather"])


def test_a_very_narrow_terminal_gets_longer_lines_but_the_whole_list(catalog: Path) -> None:
    shown = "".join(unstyled(on_terminal("list-datasets", columns=30)).split())
    for word in TITLES["jetclass"].split():
        assert word in shown


def test_color_is_used_on_terminals_that_support_it(catalog: Path) -> None:
    assert ESCAPE not in on_terminal("list-datasets", TERM="dumb")
    assert f"{ESCAPE}36m" in on_terminal("list-datasets")
    assert f"{ESCAPE}36m" not in on_terminal("list-datasets", NO_COLOR="1")


@pytest.mark.parametrize(
    "words", [["--help"], ["list-datasets", "--help"], ["inspect-dataset", "x"]]
)
def test_help_and_errors_are_plain_on_a_dumb_terminal(words: list[str]) -> None:
    assert ESCAPE not in on_terminal(*words, TERM="dumb", NO_COLOR="1")


def test_valid_metadata_is_confirmed_on_a_terminal() -> None:
    # On a busy machine a progress bar would appear, and such a terminal shows none.
    shown = on_terminal("validate-metadata", IRIS / "iris_metadata.json", TERM="dumb")
    assert shown == f"{IRIS / 'iris_metadata.json'} is valid\n"


WORK = f"""
import sys, time
sys.path.insert(0, {str(ROOT)!r})
from huggingnersc.cli.progress import progress
with progress("Validating") as update:
    for done in range(4):
        update(done, 4)
        time.sleep(float(sys.argv[1]))
"""


def test_long_work_shows_a_bar_on_a_terminal_and_removes_it() -> None:
    shown = python_on_terminal("-c", WORK, "0.3")
    assert "Validating" in shown
    assert shown.endswith(f"{ESCAPE}2K")  # the line of the bar is wiped
    assert python_on_terminal("-c", WORK, "0.3", TERM="dumb").strip() == ""


def test_short_work_shows_nothing() -> None:
    assert python_on_terminal("-c", WORK, "0") == ""


def test_long_work_shows_nothing_in_a_pipe() -> None:
    done = subprocess.run(
        [forked_python(), "-c", WORK, "0.3"], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")


def test_a_reader_that_closes_the_pipe_early_is_no_error(catalog: Path) -> None:
    for options in ("", "--json"):
        line = f'"{forked_python()}" main.py list-datasets {options} | true'
        done = subprocess.run(
            ["bash", "-c", f"{line}; echo ${{PIPESTATUS[0]}}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert (done.stdout, done.stderr) == ("0\n", "")
