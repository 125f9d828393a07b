"""The command `list-versions`: a table for people, lines for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.api.iris import catalog_iris
from tests.api.iris_versions import add_version
from tests.hostile_texts import HOSTILE, harm
from tests.terminal import on_terminal, unstyled

if TYPE_CHECKING:
    from tests.api.conftest import Centre
    from tests.conftest import Golden, Run, RunCommand


def listed(run: RunCommand, centre: Centre, *words: str) -> Run:
    return run("list-versions iris", *words, "--site", centre.profile)


def test_lines_for_programs_are_not_cut(run: RunCommand, centre: Centre) -> None:
    catalog_iris(centre)
    add_version(centre, "v1", message="First\nline.", labels=("a", "b"), retired=True)
    add_version(centre, "v2", content=b"x" * 5_000, tag=False)
    done = listed(run, centre)
    assert done.code == 0
    assert [line.split("\t") for line in done.out.splitlines()] == [
        ["v2", "2026-11-22T00:00:02Z", "1", "5000", "", "", "", "", "no", ""],
        ["v1", "2026-11-22T00:00:02Z", "1", "2", "", "", "a,b", "retired", "yes", "First line."],
    ]
    assert "update-dataset iris --site" in done.err


def test_json_has_all_that_is_known(run: RunCommand, centre: Centre) -> None:
    catalog_iris(centre)
    add_version(centre, "v1", labels=("a",))
    result = json.loads(listed(run, centre, "--json").out)
    (row,) = result["versions"]
    assert (row["tagged"], row["is_current"], row["version"]["labels"]) == (True, True, ["a"])
    assert (result["nickname"], result["problems"]) == ("iris", [])


def test_altered_version_is_listed_and_ends_in_1(run: RunCommand, centre: Centre) -> None:
    catalog_iris(centre)
    add_version(centre, "v1")
    (centre.catalog / "iris/versions/v1/manifest.tsv").unlink()
    done = listed(run, centre)
    assert (done.code, done.out.count("\n")) == (1, 1)
    assert "versions/v1/manifest.tsv" in done.err


def test_dataset_without_versions_is_an_empty_list(run: RunCommand, centre: Centre) -> None:
    catalog_iris(centre)
    done = listed(run, centre)
    assert (done.code, done.out) == (0, "")
    assert "snapshot-dataset iris --site" in done.err


def test_table_fits_a_terminal(centre: Centre, golden: Golden) -> None:
    catalog_iris(centre)
    message = "Three rows were corrected by the errata of Fisher, see the paper of 1936."
    add_version(centre, "v1.0.0")
    add_version(centre, "v1.1.0", message=message, labels=("paper",), retired=True)
    shown = on_terminal("list-versions", "iris", "--site", centre.profile)
    golden("messages/list_versions.txt", unstyled(shown))


def test_hostile_texts_cannot_drive_a_terminal(run: RunCommand, centre: Centre) -> None:
    catalog_iris(centre)
    add_version(centre, "v1", message=HOSTILE, labels=(HOSTILE,))
    for form in ((), ("--json",)):
        done = listed(run, centre, *form)
        assert done.code == 0
        assert harm(done.out + done.err) == set()
