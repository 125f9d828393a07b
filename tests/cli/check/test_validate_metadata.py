"""The command: what it prints of valid and of other files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.builders import IRIS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunCommand

FILE = IRIS / "iris_metadata.json"


def test_valid_files_are_named_in_one_line(run: RunCommand) -> None:
    done = run("validate-metadata", FILE)
    assert (done.code, done.out, done.err) == (0, f"{FILE} is valid\n", "")
    several = run("validate-metadata", *[FILE] * 7)
    assert several.out.splitlines() == [
        f"7 files are valid: {', '.join([str(FILE)] * 5)} and 2 more"
    ]


def test_nothing_is_printed_of_valid_files_with_quiet(run: RunCommand) -> None:
    done = run("validate-metadata --quiet", FILE)
    assert (done.code, done.out, done.err) == (0, "", "")
    assert json.loads(run("validate-metadata --json", FILE).out)["valid"] is True


def test_no_file_is_said_to_be_valid_beside_one_that_is_not(
    run: RunCommand, tmp_path: Path
) -> None:
    (tmp_path / "a.json").write_text("{}")
    done = run("validate-metadata", FILE, tmp_path / "a.json")
    assert (done.code, "valid" in done.out) == (1, False)
    (tmp_path / "empty").write_text("")
    assert run("validate-metadata --from-file", tmp_path / "empty").out == ""
