"""Arguments in the wrong order or left empty are reported as such, with what to do."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest

from tests.builders import IRIS, IRIS_LINK, write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunCommand

LOADER, METADATA = str(IRIS / "iris_loader.py"), str(IRIS / "iris_metadata.json")
RIGHT = ("Iris", "iris", LOADER, IRIS_LINK, METADATA)
ORDER = "OFFICIAL_NAME NICKNAME LOADER_SCRIPT PORTAL_LINK METADATA_JSON"
VERBS = ["catalog-new-dataset", "preview-dataset"]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("words", "reported"),
    [
        (
            ("Iris", "iris", IRIS_LINK, LOADER, METADATA),
            [f"LOADER_SCRIPT: {IRIS_LINK} ", f"PORTAL_LINK: {LOADER} "],
        ),
        (
            ("Iris", "iris", LOADER, METADATA, IRIS_LINK),
            [f"PORTAL_LINK: {METADATA} ", f"METADATA_JSON: {IRIS_LINK} "],
        ),
    ],
)
def test_arguments_in_another_order_are_reported_with_the_right_order(
    run: RunCommand, verb: str, words: tuple[str, ...], reported: list[str]
) -> None:
    done = run(shlex.join([verb, *words]))
    assert done.code == 1
    assert [start for start in reported if f"  {start}" not in done.err] == []
    assert ORDER in done.err.splitlines()[-1]


@pytest.mark.parametrize("verb", VERBS)
def test_right_order_is_not_questioned(run: RunCommand, verb: str) -> None:
    done = run(shlex.join([verb, "Iris", "iris", "gone.py", IRIS_LINK, METADATA]))
    assert done.code == 1
    assert "LOADER_SCRIPT: " in done.err
    assert ORDER not in done.err


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(("word", "meant"), [("true", "None True"), ("False", "None False")])
def test_flag_in_the_place_of_the_batch_script_is_reported(
    run: RunCommand, verb: str, word: str, meant: str
) -> None:
    done = run(shlex.join([verb, *RIGHT, word]))
    assert done.code == 2
    assert "BATCH_SCRIPT" in done.err
    assert meant in spaced(done.err)


def test_file_of_such_a_name_is_a_batch_script(
    run: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write_tree(tmp_path, {"true": "#!/bin/bash\nsrun x\n"}))
    done = run(shlex.join(["catalog-new-dataset", *RIGHT, "true", "--dry-run", "--json"]))
    assert (done.code, '"path": "true"' in done.out) == (0, True)


@pytest.mark.parametrize("verb", VERBS)
def test_empty_arguments_are_reported_as_empty(run: RunCommand, verb: str) -> None:
    done = run(shlex.join([verb, *RIGHT, ""]))
    assert done.code == 2
    assert "BATCH_SCRIPT" in done.err
    assert "None" in done.err
    done = run(shlex.join([verb, "Iris", "iris", "", IRIS_LINK, METADATA]))
    assert done.code == 1
    assert "  LOADER_SCRIPT: is empty" in done.err


def test_other_verbs_report_an_address_and_an_empty_name_too(run: RunCommand) -> None:
    assert run(shlex.join(["catalog-new-dataset", *RIGHT])).code == 0
    done = run(f"update-dataset iris --loader {IRIS_LINK} --batch-script ''")
    assert f"  --loader: {IRIS_LINK} " in done.err
    assert "  --batch-script: is empty" in done.err
    assert ORDER not in done.err


def test_wrong_data_path_names_the_nearest_also_beside_problems(
    run: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write_tree(tmp_path, {"data/stars/a.csv": "1\n"}))
    warning = re.compile(rf"^warning: {tmp_path}/data/star .* stars\.$", re.MULTILINE)
    for words in (RIGHT, ("Iris", "iris", "gone.py", IRIS_LINK, METADATA)):
        done = run(shlex.join(["catalog-new-dataset", *words, "--data-path", "data/star"]))
        assert warning.search(done.err)
    assert done.code == 1
    assert "LOADER_SCRIPT: " in done.err
    done = run(f"update-dataset iris --loader gone.py --data-path {tmp_path}/data/star")
    assert done.code == 1
    assert warning.search(done.err)


def spaced(text: str) -> str:
    """Return the text of an error's box without its frame and line breaks."""
    return re.sub(r"[\s│]+", " ", text)
