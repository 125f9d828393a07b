"""Absolute paths are found in scripts; what only looks like one is left alone."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from huggingnersc.domain.checking.mentions import mentioned_paths


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ('open("/global/cfs/data/x.csv")', "/global/cfs/data/x.csv"),
        ("DATA = '/global/cfs/data/'", "/global/cfs/data"),
        ('f"/global/cfs/{name}/x"', "/global/cfs"),
        ("cd /global/cfs/data", "/global/cfs/data"),
        ("srun --input=/global/cfs/data/x", "/global/cfs/data/x"),
        ('glob("/global/cfs/data/*.csv")', "/global/cfs/data"),
    ],
)
def test_path_is_found_with_its_line(line: str, path: str) -> None:
    assert mentioned_paths(f"import os\n{line}\n") == ((2, PurePosixPath(path)),)


@pytest.mark.parametrize(
    "line",
    [
        'url = "https://portal.nersc.gov/cfs/data/x"',
        'events = file["/particles/pt"]',
        "# /global/cfs/data is where it was",
        'x = "/data"',
        "y = a / b / c",
        'f"{root}/global/cfs"',
        '"/{name}/x/y"',
    ],
)
def test_other_text_is_left_alone(line: str) -> None:
    assert mentioned_paths(line) == ()


def test_path_is_told_once_at_its_first_line() -> None:
    text = 'a = "/global/cfs/x"\nb = "/global/cfs/x"\n'
    assert mentioned_paths(text) == ((1, PurePosixPath("/global/cfs/x")),)
