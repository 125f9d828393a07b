"""The folders of a job's output files, as the `#SBATCH` lines name them."""

from __future__ import annotations

import pytest

from huggingnersc.domain.scan.log_folders import log_folders


def folders(options: str) -> list[str]:
    text = f"#!/bin/bash\n#SBATCH {options}\necho\n#SBATCH --output=late/x\n"
    return [str(folder.path) for folder in log_folders(text)]


@pytest.mark.parametrize(
    ("options", "folder"),
    [
        ("--output=logs/%j.out", "logs"),
        ("--output logs/a.out", "logs"),
        ("-o logs/%x/%j.out", "logs/%x"),
        ("-olog/out -elog/err", "log"),
        ("--error='my logs/a.out' # a comment", "my logs"),
        ("--output=../logs/a.out", "../logs"),
        ("--output=/global/logs/%u/%j.out", "/global/logs"),
        ("--chdir=/scratch --output=/global/logs/a", "/global/logs"),
    ],
)
def test_folder_of_an_output_file_is_found(options: str, folder: str) -> None:
    assert folders(options) == [folder]


@pytest.mark.parametrize(
    "options",
    [
        "--output=%x-%j.out",
        "-o ./a.out",
        "-N 2",
        "-D /x -o logs/a",
        "--output='x",
        "--output",
        "-o",
    ],
)
def test_file_without_a_folder_of_its_own_has_none(options: str) -> None:
    assert folders(options) == []
