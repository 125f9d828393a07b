from __future__ import annotations

import pytest

from huggingnersc.adapters.templates import render
from huggingnersc.domain.loading.shards_script import script_shards, shards_loader
from huggingnersc.hub_server.web.script_note import is_script, read_note
from tests.domain.loading.test_upload import UPLOAD

COMMENT = render(
    "script_comment.txt.j2",
    official_name="Iris",
    nickname="iris",
    data_path="/global/iris",
    portal_link="https://portal.example.org/iris",
    command="python iris_loader.py /global/iris",
)
SCRIPT = "".join(f"# {line}".rstrip() + "\n" for line in COMMENT.splitlines())


def test_the_comment_of_a_published_script_says_where_the_data_is_and_how_it_runs() -> None:
    note = read_note("iris_loader.py", f"#!/usr/bin/env python\n{SCRIPT}import csv\n")
    assert (note.data, note.portal) == ("/global/iris", "https://portal.example.org/iris")
    assert note.run == "python iris_loader.py /global/iris"
    assert (note.program, note.module, note.is_batch) == ("python", "iris_loader", False)


def test_a_script_that_was_generated_for_shards_is_known() -> None:
    shards = script_shards(UPLOAD, "NERSC/iris")
    text = shards_loader("iris", "Iris", shards, (), render).content.decode()
    assert read_note("load_iris.py", text).loads_shards
    assert not read_note("load_iris.py", "def load(path): ...\n").loads_shards


def test_a_script_without_that_comment_says_its_program_alone() -> None:
    note = read_note("read.jl", "println(1)\n")
    assert (note.data, note.portal, note.run, note.program) == ("", "", "", "julia")


@pytest.mark.parametrize("text", ["# Run: sbatch job.sh\n", "#!/bin/bash\n#SBATCH -N 1\nsrun x\n"])
def test_a_batch_script_is_known_by_its_options_or_by_how_it_runs(text: str) -> None:
    assert read_note("job.sh", text).is_batch


@pytest.mark.parametrize(
    ("text", "has_load"),
    [
        ("def load(path):\n    return 1\n", True),
        ("x = 1\ndef load(data_path: str | None = None) -> int: ...\n", True),
        ("def load():\n    return 1\n", False),
        ("class A:\n    def load(self): ...\n", False),
        ("def loader(path): ...\n", False),
    ],
)
def test_a_function_that_takes_the_path_is_found(text: str, has_load: bool) -> None:
    assert read_note("a.py", text).has_load is has_load


@pytest.mark.attack("pasted commands")
@pytest.mark.parametrize(
    "value", ["rm\u202e x", "echo \x1b[31m", "a\u200bb", "x" * 500, "ls \u2028 rm"]
)
def test_a_command_that_looks_other_than_it_is_copied_is_left_out(value: str) -> None:
    note = read_note("a.py", f"# Data: {value}\n# Run: {value}\n")
    assert (note.data, note.run) == ("", "")


def test_scripts_are_known_by_their_suffix_in_the_root_only() -> None:
    assert all(map(is_script, ("a.py", "a.R", "a.slurm")))
    assert not any(map(is_script, ("b/a.py", "a.csv", "README", "a.yml")))
