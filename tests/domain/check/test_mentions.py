"""Absolute paths are found in scripts; what only looks like one is left alone."""

from __future__ import annotations

from pathlib import PurePosixPath
from shlex import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.check.mentions import mentioned_paths
from tests.odd_texts import ODD, many


def mentioned(text: str, language: str) -> list[tuple[int, str]]:
    return [(m.line, str(m.path)) for m in mentioned_paths(text, language=language)]


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ('open("/global/cfs/data/x.csv")', "/global/cfs/data/x.csv"),
        ("DATA = '/global/cfs/data/'", "/global/cfs/data"),
        ("DATA = '/global/cfs/My Data'", "/global/cfs/My Data"),
        ("DATA = '/global/cfs/the lab\\'s data, 2020'", "/global/cfs/the lab's data, 2020"),
        ('DATA = ("/global/cfs"\n        "/My Data")', "/global/cfs/My Data"),
        ("DATA = ['/global/cfs/a']", "/global/cfs/a"),
        ('f"/global/cfs/{name}/x"', "/global/cfs"),
        ('open(f"/global/cfs/my {name}/x")', "/global/cfs"),
        ('open(f"/global/cfs/My Data/{name}")', "/global/cfs/My Data"),
        ('glob("/global/cfs/data/*.csv")', "/global/cfs/data"),
        ('run("cp /global/cfs/data .")', "/global/cfs/data"),
        ('run("read --input=/global/cfs/data")', "/global/cfs/data"),
    ],
)
def test_path_in_python_is_found_with_its_line(line: str, path: str) -> None:
    if line.startswith("f"):
        line = f"x = {line}"
    assert mentioned(f"import os\n{line}\n", "python") == [(2, path)]


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("cd /global/cfs/data", "/global/cfs/data"),
        ("cd /global/cfs/data;ls", "/global/cfs/data"),
        ("srun --input=/global/cfs/data/x", "/global/cfs/data/x"),
        ('srun --input="/global/cfs/My Data/x"', "/global/cfs/My Data/x"),
        ("cd /global/cfs/My\\ Data && ls", "/global/cfs/My Data"),
        ("DATA=" + quote("/global/cfs/the lab's data"), "/global/cfs/the lab's data"),
        ('for x in "/global/cfs/My Data"/*; do', "/global/cfs/My Data"),
        ("PATH=/global/cfs/bin:$PATH", "/global/cfs/bin"),
        ("files=(/global/cfs/data)", "/global/cfs/data"),
        ("echo \"don't", ""),
        ('echo "it is in /global/cfs/data', "/global/cfs/data"),
    ],
)
def test_path_in_a_shell_script_is_found_with_its_line(line: str, path: str) -> None:
    assert mentioned(f"set -e\n{line}\n", "bash") == ([(2, path)] if path else [])


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ('read.csv("/global/cfs/My Data/x.csv")', "/global/cfs/My Data/x.csv"),
        ("data <- '/global/cfs/My Data'", "/global/cfs/My Data"),
        ("data = /global/cfs/data", "/global/cfs/data"),
    ],
)
@pytest.mark.parametrize("language", ["r", "", "python"])  # none of it parses as Python
def test_path_in_other_code_goes_to_the_closing_quote(line: str, path: str, language: str) -> None:
    assert mentioned(f"!\n{line}\n", language) == [(2, path)]


@pytest.mark.parametrize(
    "line",
    [
        'url = "https://portal.nersc.gov/cfs/data/x"',
        'events = file["/particles/pt"]',
        "# /global/cfs/data is where it was",
        '"""Read /global/cfs/data."""',
        'x = "/data"',
        "y = a / b / c",
        'z = f"{root}/global/cfs"',
        'z = "/{name}/x/y"',
    ],
)
@pytest.mark.parametrize("beginning", ["", "!\n"])  # the second does not parse
def test_other_text_is_left_alone(line: str, beginning: str) -> None:
    if not (beginning and line.startswith('"""')):
        assert mentioned(beginning + line, "python") == []


def test_path_is_reported_once_at_its_first_line() -> None:
    text = 'a = "/global/cfs/x"\nb = "/global/cfs/x"\n'
    assert mentioned(text, "python") == [(1, "/global/cfs/x")]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('run("/usr/bin/env python x.py")', "/usr/bin/env"),
        ('mount = "/global/cfs:ro"', "/global/cfs"),
        ('print("Reading /global/cfs/My Data now")', "/global/cfs/My Data"),
    ],
)
def test_other_readings_of_a_text_are_returned(text: str, meant: str) -> None:
    (mention,) = mentioned_paths(text, language="python")
    assert PurePosixPath(meant) in mention.other_readings


@many
@given(ODD, st.sampled_from(["python", "bash", "r"]))
def test_no_text_is_too_odd(text: str, language: str) -> None:
    assert all(m.path.is_absolute() for m in mentioned_paths(text, language=language))
