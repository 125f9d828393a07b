"""Changing commands ask on a terminal, and nowhere else."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.builders import IRIS, IRIS_LINK
from tests.conftest import ROOT
from tests.forked_python import forked_python

if TYPE_CHECKING:
    from tests.conftest import RunCommand

HUB = ".local/share/huggingnersc/hub"
UPDATE = ["update-dataset", "iris", "--official-name", "Iris :100: [red]flowers"]


@pytest.fixture(autouse=True)
def iris(run: RunCommand, clean_env: Path) -> Path:
    """Iris, cataloged for this user; gives its catalog folder."""
    words: list[str | Path] = [IRIS / "iris_loader.py", IRIS_LINK, IRIS / "iris_metadata.json"]
    assert run("catalog-new-dataset Iris iris", *words).code == 0
    return clean_env / ".local/share/huggingnersc/catalog/iris"


def on_terminal(words: list[str], answer: str) -> tuple[int, str]:
    """Run a command on a pseudo-terminal and type `answer` where it asks."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [forked_python(), ROOT / "main.py", *words], stdin=theirs, stdout=theirs, stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "80"},
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    try:
        while chunk := _read(ours):
            shown += chunk
            if answer and (b"[y/N]: " in shown or b"to remove it: " in shown):
                os.write(ours, answer.encode())
                answer = ""
    finally:
        os.close(ours)
    return process.wait(), shown.decode()


def _read(terminal: int) -> bytes:
    ready, _, _ = select.select([terminal], [], [], 60)
    assert ready, "the command waits for something else"
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # the other end is closed: what Linux says at the end
        return b""


def test_yes_on_a_terminal_does_it_and_the_diff_is_coloured(iris: Path) -> None:
    code, shown = on_terminal(UPDATE, "y\n")
    assert code == 0
    assert "\x1b[32m+# Iris" in shown
    assert "\x1b[31m-# Iris" in shown
    assert "is updated" in shown
    for once in (
        "+# Iris",
        "does not exist on this",
        "The Hub's lists",
        "Nothing left this machine",
    ):
        assert shown.count(once) == 1  # not a second time after the answer
    assert shown.index("warning: ") < shown.index("[y/N]") < shown.index("Nothing left")
    assert "[red]flowers" in (iris / "iris_info.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("answer", ["n\n", "\n", "yess\n"])
def test_any_other_answer_touches_nothing(iris: Path, answer: str) -> None:
    before = (iris / "iris_info.json").read_bytes()
    code, shown = on_terminal(UPDATE, answer)
    assert code == 3
    assert "you did not agree" in shown
    assert (iris / "iris_info.json").read_bytes() == before


def test_removal_wants_the_nickname_typed_again(iris: Path) -> None:
    assert on_terminal(["remove-dataset", "iris"], "y\n")[0] == 3
    assert iris.is_dir()
    code, shown = on_terminal(["remove-dataset", "iris"], "iris\n")
    assert (code, iris.exists()) == (0, False)
    assert shown.count("Nothing left this machine") == 1
    assert "is removed" in shown


@pytest.mark.parametrize("words", [UPDATE, ["remove-dataset", "iris"]])
def test_without_a_terminal_the_plan_is_shown_and_nothing_done(
    words: list[str], iris: Path, run: RunCommand
) -> None:
    before = (iris / "iris_info.json").read_bytes()
    done = run("", *words)
    assert done.code == 3
    assert "nothing was touched yet" in done.out
    assert done.err.endswith(": --yes\n")
    assert (iris / "iris_info.json").read_bytes() == before


def test_diff_in_a_pipe_is_plain_and_keeps_every_character(run: RunCommand) -> None:
    done = run("", *UPDATE, "--dry-run")
    assert done.code == 0
    assert "\x1b" not in done.out
    assert "+# Iris :100: \\[red\\]flowers" in done.out
    assert '+  "official_name": "Iris :100: [red]flowers",' in done.out
    assert "README.md (changed), the same change" in done.out


def test_long_lines_of_the_record_are_cut_in_the_view_only(
    run: RunCommand, tmp_path: Path
) -> None:
    loader = tmp_path / "new.py"
    loader.write_text("x = 1\n" * 500, encoding="utf-8")
    done = run("update-dataset iris --dry-run --loader", loader)
    assert "more characters)" in done.out
    as_json = run("update-dataset iris --dry-run --json --loader", loader)
    (record,) = [
        change["diff"]
        for change in json.loads(as_json.out)["changes"]
        if change["path"] == "iris_info.json"
    ]
    assert "x = 1\\n" * 500 in record


def test_json_shows_the_plan_and_the_result(run: RunCommand) -> None:
    planned = run("", *UPDATE, "--json")
    assert (planned.code, json.loads(planned.out)["outcome"]) == (3, "planned")
    done = run("", *UPDATE, "--json", "--yes")
    assert (done.code, json.loads(done.out)["outcome"]) == (0, "updated")
    removed = run("remove-dataset iris --json --yes")
    assert json.loads(removed.out)["on_hub"] == "make private"
    restored = run("restore-dataset iris --json")
    assert json.loads(restored.out)["outcome"] == "restored"


def test_edit_on_the_hub_is_printed_to_stderr_as_a_diff(run: RunCommand, clean_env: Path) -> None:
    from huggingface_hub import HfApi

    from huggingnersc.hub_server import running_hub

    with running_hub(clean_env / HUB, organizations=["NERSC"]) as hub:
        HfApi(endpoint=hub.endpoint, token=hub.token).upload_file(
            path_or_fileobj=b"print('theirs')\n",
            path_in_repo="iris_loader.py",
            repo_id="NERSC/iris",
            repo_type="dataset",
        )
    done = run("", *UPDATE, "--yes")
    assert (done.code, done.out) == (3, "")
    assert "was edited on the Hub since the record was written (iris_loader.py)" in done.err
    assert "\n+print('theirs')\n" in done.err
    assert done.err.endswith(": --overwrite\n")
