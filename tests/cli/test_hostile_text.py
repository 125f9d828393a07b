"""Hostile text in records, files and answers of the Hub never reaches a terminal as it is."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.api.iris import catalog_iris
from tests.builders import IRIS, IRIS_LINK
from tests.conftest import ROOT
from tests.hostile_hub import answers_changed, with_content
from tests.hostile_texts import FRIENDLY, HOSTILE, HOSTILE_FILE, harm, poisoned
from tests.terminal import python_on_terminal

if TYPE_CHECKING:
    from pathlib import Path

    import httpx2

    from tests.api.conftest import Centre
    from tests.conftest import RunCommand

pytestmark = pytest.mark.attack("terminal text")

# Every verb that prints what others wrote; DATA, METADATA and SITE stand for files.
LINES = (
    "list-datasets",
    "list-datasets --removed",
    "list-datasets --from-hub",
    "inspect-dataset iris",
    "inspect-dataset old",
    "inspect-dataset broken",
    "inspect-dataset irris",
    "check-dataset iris",
    "check-dataset old",
    "check-dataset --all",
    "update-dataset iris --dry-run",
    "update-dataset old --dry-run",
    "remove-dataset iris --dry-run",
    "remove-dataset old --dry-run",
    "restore-dataset gone",
    "preview-dataset iris",
    "validate-metadata METADATA",
    "init-dataset DATA --output OUTPUT --license cc --yes",
    f"catalog-new-dataset Iris flowers LOADER {IRIS_LINK} METADATA --dry-run",
    "doctor",
    "serve-hub --check",
)


@pytest.fixture
def hostile(centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """A catalog, data and metadata in which every text that may be is hostile; gives the files."""
    catalog_iris(centre)
    record = json.loads((centre.catalog / "iris/iris_info.json").read_text(encoding="utf-8"))
    texts = {key: poisoned(record[key]) for key in ("official_name", "metadata", "notebook")}
    places = {"data_dir": f"/data/{HOSTILE}", "portal_link": f"{IRIS_LINK}/{HOSTILE}"}
    _write(centre.catalog / "iris/iris_info.json", record | texts | places)
    _write(centre.catalog / "broken/broken_info.json", _poisoned_record(record, "broken"))
    (centre.catalog / "iris" / os.fsdecode(HOSTILE_FILE)).write_text(HOSTILE, encoding="utf-8")
    (centre.catalog / "iris/README.md").write_text(HOSTILE, encoding="utf-8")
    first = {"nickname": "old", "hf_dir": record["hf_dir"], "nersc_dir": "/x", "data_dir": "/y"}
    _write(
        centre.catalog / "old/old_info.json",
        first | {"official_name": HOSTILE, "metadata": poisoned(record["metadata"])},
    )
    shutil.copytree(centre.catalog / "old", centre.catalog / os.fsdecode(HOSTILE_FILE))
    data = tmp_path / "data"
    data.mkdir()
    (data / os.fsdecode(HOSTILE_FILE)).write_bytes(b"x")
    (data / "table.csv").write_text(f'"{HOSTILE}",b\n1,2\n{HOSTILE},x,y\n', encoding="utf-8")
    metadata = tmp_path / os.fsdecode(HOSTILE_FILE + b".json")
    _write(metadata, poisoned(record["metadata"]))
    profile = centre.profile.read_text(encoding="utf-8")
    title = json.dumps(HOSTILE).replace("\x7f", "\\u007f")
    hostile_profile = profile.replace('"the centre"', title)
    centre.profile.write_text(hostile_profile, encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    return {
        "LOADER": IRIS / "iris_loader.py",
        "DATA": data,
        "METADATA": metadata,
        "OUTPUT": tmp_path / "output",
        "SITE": centre.profile,
    }


def _poisoned_record(record: dict[str, Any], nickname: str) -> dict[str, Any]:
    changed = {key: poisoned(value) for key, value in record.items()}
    return changed | {"nickname": nickname, "repo_id": record["repo_id"]}


def _write(file: Path, content: object) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(content), encoding="utf-8")


def _words(line: str, files: dict[str, Path]) -> list[str]:
    words = [str(files.get(word, word)) for word in line.split()]
    return [*words, "--site", str(files["SITE"]), "-v"]


def _poison(_request: httpx2.Request, answer: httpx2.Response) -> httpx2.Response:
    """Poison every text of an answer, its reason and its headers."""
    content = answer.content
    if "json" in answer.headers.get("content-type", ""):
        content = json.dumps(_with_id(poisoned(answer.json()), answer.json())).encode()
    changed = with_content(answer, content, x_hf_warning=b"hostile; \x9b31m\x9d0;owned\x9c")
    changed.extensions["reason_phrase"] = b"OK\x9b31m"
    return changed


def _with_id(poisoned_answer: Any, answer: Any) -> Any:
    """Keep what must be as it is for the client to read on."""
    if isinstance(answer, dict):
        kept = ("id", "sha", "lastModified", "createdAt", "url", "commitUrl", "commitOid", "type")
        return poisoned_answer | {key: answer[key] for key in kept if key in answer}
    if isinstance(answer, list):
        return [_with_id(new, old) for new, old in zip(poisoned_answer, answer, strict=True)]
    return poisoned_answer


@pytest.mark.parametrize("line", LINES)
def test_no_verb_prints_hostile_text_as_it_is(
    line: str, run: RunCommand, hostile: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = hostile["SITE"].parent / "log"
    with answers_changed(_poison):
        plain = run("", *_words(line, hostile), "--log-file", log)
        monkeypatch.setenv("FORCE_COLOR", "1")
        styled = run("", *_words(line, hostile))
    for done in (plain, styled):
        assert done.code in {0, 1, 3}, done.err
        assert (harm(done.out), harm(done.err)) == (set(), set())
    assert harm(log.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize("line", [line for line in LINES if "restore" not in line])
def test_json_holds_every_value_and_no_harmful_character(
    line: str, run: RunCommand, hostile: dict[str, Path]
) -> None:
    with answers_changed(_poison):
        done = run("", *_words(line, hostile), "--json")
    assert (harm(done.out), harm(done.err)) == (set(), set())
    if done.out:
        json.loads(done.out)


def test_a_terminal_gets_no_hostile_text(hostile: dict[str, Path]) -> None:
    lines = [_words(line, hostile) for line in LINES if "preview" not in line]
    script = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n" + (
        "from huggingnersc.cli.app import main\n"
        "from tests.cli.test_hostile_text import _poison, answers_changed\n"
        "with answers_changed(_poison):\n"
        f"    for line in {lines!r}:\n"
        "        assert main(line, program='huggingnersc') in {0, 1, 3}, line\n"
        "print('every line was run')\n"
    )
    # On a busy machine the progress bars of other terminals would appear, which move the cursor.
    shown = python_on_terminal("-c", script, HF_ENDPOINT="", TERM="dumb")
    assert shown.endswith("every line was run\n")
    assert harm(shown) == set()
    assert r"\x1b]0;owned\x07" in shown


@pytest.mark.parametrize(
    "line",
    [
        "list-datasets --size",
        "validate-metadata --from-file",
        "inspect-dataset",
        "preview-dataset",
    ],
)
def test_words_of_the_command_line_are_shown_safely(line: str, run: RunCommand) -> None:
    for words in ([*line.split(), HOSTILE], [*line.split(), "a", HOSTILE], [HOSTILE]):
        done = run("", *words)
        assert (harm(done.out), harm(done.err)) == (set(), set())


def test_friendly_text_is_printed_as_it_is(centre: Centre, run: RunCommand) -> None:
    catalog_iris(centre, official_name=FRIENDLY)
    for line in ("inspect-dataset iris", "list-datasets", "inspect-dataset iris --json"):
        assert FRIENDLY in run(line, "--site", centre.profile).out
