"""The command: exit codes, the findings on a terminal and as JSON, its options."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.builders import write_tree
from tests.versioned_catalog import VersionedCatalog, manifest_of_folder

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunCommand


@pytest.fixture
def data(clean_env: Path, tmp_path: Path) -> Path:
    """The data of iris, which has one version at the local site."""
    root = write_tree(tmp_path / "data", {"a": "1\n", "b/c": "2\n"})
    catalog = VersionedCatalog(clean_env / ".local/share/huggingnersc/catalog")
    catalog.add("iris", manifest_of_folder(root), data_path=root)
    return root


def test_data_that_is_well_exits_with_zero_and_quiet_prints_nothing(
    run: RunCommand, data: Path
) -> None:
    done = run("verify-dataset iris")
    assert (done.code, done.out.startswith("iris@v1: ")) == (0, True)
    for option in ("--full", "--quick", "--sample 50%", "--sample 100%"):
        quiet = run(f"verify-dataset iris@v1 {option} --quiet")
        assert (quiet.code, quiet.out, quiet.err) == (0, "", "")


def test_findings_exit_with_one_also_when_quiet(run: RunCommand, data: Path) -> None:
    (data / "b/c").unlink()
    (data / "\x1b[31m").write_text("x")
    done = run("verify-dataset iris --quiet")
    assert done.code == 1
    assert done.out.splitlines()[0] == "iris@v1: 1 file missing, 1 file extra"
    assert "\x1b" not in done.out
    document = json.loads(run("verify-dataset iris --json").out)
    assert document["counts"] == {
        "changed": 0,
        "extra": 1,
        "missing": 1,
        "moved": 0,
        "unreadable": 0,
    }
    assert [(one["finding"], one["path"]) for one in document["findings"]] == [
        ("extra", "\\x1b[31m"),
        ("missing", "b/c"),
    ]


def test_a_damaged_version_exits_with_one(run: RunCommand, data: Path, clean_env: Path) -> None:
    catalog = clean_env / ".local/share/huggingnersc/catalog"
    (catalog / "iris/versions/v1/manifest.tsv").write_bytes(b"")
    done = run("verify-dataset iris")
    assert (done.code, "manifest.tsv" in done.out) == (1, True)


@pytest.mark.parametrize(
    "options",
    [
        "--full --quick",
        "--quick --sample 1%",
        "--sample 0%",
        "--sample 101%",
        "--sample x%",
        "--sample 0.1",
    ],
)
def test_options_that_make_no_sense_are_refused(run: RunCommand, data: Path, options: str) -> None:
    assert run(f"verify-dataset iris {options}").code == 2
