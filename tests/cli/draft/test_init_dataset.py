"""The command for people and for programs; questions on a real pseudo-terminal."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.builders import IRIS, write_tree
from tests.conftest import ROOT
from tests.loaders.loading import names_of

if TYPE_CHECKING:
    from tests.conftest import RunCommand


@pytest.fixture(autouse=True)
def in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def on_terminal(*words: str | Path, answers: list[str]) -> tuple[int, str]:
    """Run the program on a terminal, type an answer at each question; return code and output."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, ROOT / "main.py", *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "dumb", "COLUMNS": "400"},
        start_new_session=True,
        preexec_fn=_take_terminal,
    )
    os.close(theirs)
    shown, waiting = b"", list(answers)
    try:
        while block := os.read(ours, 4096):
            shown += block
            if shown.endswith(b"): "):
                os.write(ours, waiting.pop(0).encode())
    except OSError:  # the terminal is gone with the program
        pass
    os.close(ours)
    assert waiting == []
    return process.wait(timeout=60), shown.decode().replace("\r\n", "\n")


def _take_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C and Ctrl-D mean what they mean


def test_terminal_is_asked_for_what_cannot_be_known() -> None:
    words = [
        "Fisher's Iris",
        "",
        "bsd3",
        "bsd-3-clause",
        "tabular-classification",
        "en",
        "biology",
        "",
    ]
    answers = [f"{word}\n" for word in words]
    code, shown = on_terminal("init-dataset", IRIS / "data", "--site", "local", answers=answers)
    assert code == 0, shown
    assert '"bsd3"' in shown
    document = json.loads(Path("iris/metadata.json").read_text(encoding="utf-8"))
    assert document["datacard_tags"] == {
        "pretty_name": "Fisher's Iris",
        "size_categories": "n<1K",
        "license": "bsd-3-clause",
        "task_categories": ["tabular-classification"],
        "language": ["en"],
        "tags": ["csv", "biology"],
    }
    assert document["other_info"] == {"nickname": "iris"}


def test_yes_asks_no_question() -> None:
    code, shown = on_terminal(
        "init-dataset", IRIS / "data", "--yes", "--site", "local", answers=[]
    )
    assert code == 0
    assert "License" not in shown


@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_key_that_ends_the_questions_exits_with_130_and_writes_nothing(key: str) -> None:
    code, shown = on_terminal(
        "init-dataset", IRIS / "data", "--site", "local", answers=["x\n", key]
    )
    assert code == 130, shown
    assert shown.splitlines()[-1].startswith("Stopped.")
    assert not Path("iris").exists()
    assert not Path("x").exists()


def test_view_shows_findings_files_and_next_steps(run: RunCommand) -> None:
    done = run("init-dataset --site nersc --output my_draft", IRIS / "data")
    assert done.code == 0, done.err
    assert "150 examples; size category n<1K" in done.out
    assert "species (str)" in done.out
    assert "my_draft/iris_loader.py" in done.out
    lines = [line.strip() for line in done.out.splitlines()]
    steps = [
        line for line in lines if " metadata" not in line and "my_draft/metadata.json" in line
    ]
    assert any("validate-metadata my_draft/metadata.json" in step for step in steps)
    assert any(
        "catalog-new-dataset Iris iris my_draft/iris_loader.py PORTAL_LINK" in s for s in steps
    )


def test_single_file_is_cataloged_by_its_folder_and_read_alone(run: RunCommand) -> None:
    write_tree(Path("d"), {"a.csv": "x,y\n1,2\n", "b.csv": "x,y\n3,4\n"})
    drafted = run("init-dataset --site local --nickname one --json", Path("d/a.csv"))
    *_, catalog = [step["words"] for step in json.loads(drafted.out)["next_steps"]]
    cataloged = run("", *catalog, "--json")
    assert cataloged.code == 0, cataloged.err
    assert json.loads(cataloged.out)["data_path"] == str(Path("d").absolute())
    load = names_of(Path("one/one_loader.py"))["load"]
    assert [*load("d")] == [*load("d/a.csv")] == [{"x": 1, "y": 2}]


def test_commands_printed_on_the_local_site_work_as_they_are(run: RunCommand) -> None:
    table = (IRIS / "data/iris.csv").read_bytes()
    data = write_tree(Path("elsewhere/my set ü"), {"iris.csv": table}).absolute()
    drafted = run("init-dataset --site local --nickname iris --json", data)
    check, _, catalog = [step["words"] for step in json.loads(drafted.out)["next_steps"]]
    checked = run("", *check)
    assert checked.code == 0, checked.err
    cataloged = run("", *catalog, "--json")
    assert cataloged.code == 0, cataloged.err
    result = json.loads(cataloged.out)
    assert result["portal_link"] == data.as_uri()
    assert result["data_path"] == str(data)
    folder = Path(result["catalog_dir"])
    for name in ("README.md", "iris_dataloader.ipynb"):
        assert data.as_uri() in (text := (folder / name).read_text(encoding="utf-8"))
        assert f"]({data.as_uri()}" not in text  # no link: it opens nothing in a browser
    assert "portal" not in run("check-dataset iris --probe --site local").out


def test_json_holds_what_was_found_and_written(run: RunCommand) -> None:
    done = run("init-dataset --site local --json", IRIS / "data")
    result = json.loads(done.out)
    assert (result["examples"], result["file_type"], result["files"]) == (150, "csv", 1)
    assert result["written"] == ["metadata.json", "iris_loader.py"]
    assert result["next_steps"][2]["words"][0] == "catalog-new-dataset"
    assert result["metadata"]["other_info"] == {"nickname": "iris"}


def test_missing_options_are_reported_at_once_with_exit_code_2(run: RunCommand) -> None:
    write_tree(Path("..."), {"a.csv": "x,y\n1,2\n"})
    done = run("init-dataset --site local ...")
    assert done.code == 2
    assert "  --official-name: " in done.err
    assert "  --nickname: " in done.err
    assert done.out == ""


@pytest.mark.parametrize("encoding", ["utf-8:strict", "ascii", "latin-1"])
def test_names_that_are_not_utf_8_are_printable_on_every_output(encoding: str) -> None:
    names = (b"\xff.csv", "漢.csv".encode(), "🦆.csv".encode())
    write_tree(Path("odd"), {"a.csv": "x,y\n1,2\n3,4\n"})
    for name in names:
        Path("odd", os.fsdecode(name)).write_text("p,q\n1,2\n", encoding="utf-8")
    words = ["init-dataset", "odd", "--site", "local", "--official-name", "é", "--force"]
    for more in ("--json", "--distributed"):
        done = subprocess.run(
            [sys.executable, ROOT / "main.py", *words, more],
            env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        if more == "--json":
            shown = json.loads(done.stdout.decode(encoding.split(":")[0]))
            assert shown["official_name"] == "é"
            assert "\udcff.csv" in "".join(shown["warnings"])
