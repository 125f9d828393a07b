"""The command `inspect-dataset` for versions."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.api.iris import catalog_iris
from tests.api.iris_versions import add_version
from tests.conftest import ROOT
from tests.forked_python import forked_python
from tests.hostile_texts import HOSTILE, harm
from tests.terminal import on_terminal, unstyled

if TYPE_CHECKING:
    from tests.api.conftest import Centre
    from tests.conftest import Golden, Run, RunCommand

LINE = b"a\xe2\x80\xae b\\x0a\t" + b"0" * 64 + b"\t2\t3\n"  # it has a direction override


def inspected(run: RunCommand, centre: Centre, *words: str) -> Run:
    return run("inspect-dataset", *words, "--site", centre.profile)


def test_version_is_shown(run: RunCommand, centre: Centre, golden: Golden) -> None:
    catalog_iris(centre)
    add_version(centre, "v1", message="First\nline.", labels=("paper",), links=2, unreadable=1)
    done = inspected(run, centre, "iris@v1")
    assert done.code == 0
    assert [line for line in done.out.splitlines() if line.endswith(" ")] == []
    shown = done.out.replace(centre.hub.endpoint, "HUB").replace(str(centre.catalog), "CATALOG")
    golden("messages/inspect_version.txt", re.sub(r"\b[0-9a-f]{40}\b", "COMMIT", shown))


def test_json_of_a_version_has_all_of_its_file(run: RunCommand, centre: Centre) -> None:
    catalog_iris(centre)
    version = add_version(centre, "v1")
    shown = json.loads(inspected(run, centre, "iris@v1", "--json").out)
    assert shown["version"]["manifest"]["sha256"] == version.manifest.sha256
    assert (shown["is_current"], shown["hub_note"]) == (True, "")


def test_dataset_names_its_current_version(run: RunCommand, centre: Centre) -> None:
    catalog_iris(centre)
    assert "Version" not in inspected(run, centre, "iris").out
    add_version(centre, "v1")
    add_version(centre, "v2", retired=True)
    shown = inspected(run, centre, "iris").out.splitlines()
    (line,) = [line for line in shown if line.startswith("  Version")]
    assert line.split(maxsplit=1)[1] == "v1, 22 Nov 2026: 1 file, 2 bytes (2 versions)"
    assert json.loads(inspected(run, centre, "iris", "--json").out)["version"]["name"] == "v1"


def test_manifest_and_sums_are_printed_byte_for_byte(centre: Centre) -> None:
    catalog_iris(centre)
    add_version(centre, "v1", contents={"manifest.tsv": LINE})
    command = [str(forked_python()), str(ROOT / "main.py"), "inspect-dataset", "iris@v1"]
    for form, expected in (
        (["--manifest"], LINE),
        (["--export", "sha256sum"], b"\\" + b"0" * 64 + b"  a\xe2\x80\xae b\\n\n"),
    ):
        done = subprocess.run(
            [*command, *form, "--site", str(centre.profile)], capture_output=True, check=False
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, expected, b"")


def test_manifest_is_made_safe_on_a_terminal(centre: Centre) -> None:
    catalog_iris(centre)
    add_version(centre, "v1", contents={"manifest.tsv": LINE})
    shown = on_terminal("inspect-dataset", "iris@v1", "--manifest", "--site", centre.profile)
    assert harm(shown.replace("\t", "")) == set()
    assert "\\u202e" in unstyled(shown)


def test_reader_of_the_manifest_may_leave(centre: Centre) -> None:
    catalog_iris(centre)
    add_version(centre, "v1", contents={"manifest.tsv": LINE * 100_000})
    command = f"'{forked_python()}' '{ROOT}/main.py' inspect-dataset iris@v1 --manifest --site"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} '{centre.profile}' | head -n 1"],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, LINE, b"")


def test_altered_manifest_ends_in_an_error(run: RunCommand, centre: Centre) -> None:
    catalog_iris(centre)
    add_version(centre, "v1")
    (centre.catalog / "iris/versions/v1/manifest.tsv").write_bytes(LINE)
    assert inspected(run, centre, "iris@v1", "--manifest").code == 3
    assert inspected(run, centre, "iris@v1", "--manifest", "--quiet").code == 3


@pytest.mark.parametrize(
    "words", [("--manifest", "--json"), ("--manifest", "--export", "sha256sum"), ("--export", "x")]
)
def test_forms_that_exclude_each_other_are_a_usage_error(
    run: RunCommand, centre: Centre, words: tuple[str, ...]
) -> None:
    assert inspected(run, centre, "iris@v1", *words).code == 2


def test_unknown_version_is_explained(run: RunCommand, centre: Centre) -> None:
    catalog_iris(centre)
    add_version(centre, "v1")
    done = inspected(run, centre, "iris@v11")
    assert (done.code, "iris@v1?" in done.err) == (3, True)
    assert inspected(run, centre, "irsi@v1").code == 3


def test_hostile_texts_cannot_drive_a_terminal(run: RunCommand, centre: Centre) -> None:
    catalog_iris(centre)
    add_version(centre, "v1", message=HOSTILE, labels=(HOSTILE,), data_path=f"/{HOSTILE}")
    for words in (("iris@v1",), ("iris@v1", "--json"), (f"iris@{HOSTILE}",)):
        done = inspected(run, centre, *words)
        assert harm(done.out + done.err) == set()
