"""The command: exit codes, the tree, JSON with every file, hostile names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from huggingnersc.cli.versions.comparison_view import MOST_LINES
from tests.versioned_catalog import VersionedCatalog, entry, manifest_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunCommand


@pytest.fixture
def catalog(clean_env: Path) -> VersionedCatalog:
    """The catalog of the local site."""
    return VersionedCatalog(clean_env / ".local/share/huggingnersc/catalog")


def test_versions_that_differ_exit_with_one_and_a_summary(
    run: RunCommand, catalog: VersionedCatalog
) -> None:
    catalog.add("iris", manifest_of([entry("data/a", "1", 10), entry("data/b", "2", 5)]))
    catalog.add("iris", manifest_of([entry("data/a", "3", 12), entry("data/c", "2", 5)]))
    done = run("compare-datasets iris@v1 iris@v2")
    assert done.code == 1
    lines = done.out.splitlines()
    assert lines[0] == "iris@v1 -> iris@v2"
    assert lines[1].endswith("0 files added, 1 file modified, 0 files removed, 1 file renamed")
    assert [line.split()[:2] for line in lines[3:]] == [["~", "a"], [">", "c"]]
    quiet = run("compare-datasets iris@v1 iris@v2 --quiet")
    assert (quiet.code, quiet.out, quiet.err) == (1, "", "")
    same = run("compare-datasets iris@v1 iris@v1")
    assert (same.code, len(same.out.splitlines())) == (0, 2)


def test_tree_is_bounded_and_json_has_every_file(
    run: RunCommand, catalog: VersionedCatalog
) -> None:
    catalog.add("iris", b"")
    catalog.add("iris", manifest_of(entry(f"{n % 9}/{n}", str(n), size=n) for n in range(5_000)))
    done = run("compare-datasets iris@v1 iris@v2")
    lines = done.out.splitlines()
    assert len(lines) <= 2 * MOST_LINES + 2
    document = json.loads(run("compare-datasets iris@v1 iris@v2 --json").out)
    assert len(document["changes"]) == 5_000
    assert document["changes"][0] == {
        "kind": "added",
        "path": "0/0",
        "old_path": None,
        "before_bytes": None,
        "after_bytes": 0,
    }
    assert document["total"] == {"added": {"files": 5_000, "size_bytes": sum(range(5_000))}}
    assert len(document["folders"]) == 9
    none = json.loads(run("compare-datasets iris@v1 iris@v1 --json").out)
    assert (none["differs"], none["changes"], none["total"]) == (False, [], {})


@pytest.mark.attack("terminal text")
def test_hostile_names_are_shown_as_text(run: RunCommand, catalog: VersionedCatalog) -> None:
    names = ["\x1b[31mred", "[bold]x", "a\nb", "\u202eevil"]
    catalog.add("iris", b"")
    catalog.add("iris", manifest_of(map(entry, names)))
    for form in ("", " --json"):
        out = run(f"compare-datasets iris@v1 iris@v2{form}").out
        assert not {"\x1b", "\u202e"} & set(out)
    assert "[bold]x" in run("compare-datasets iris@v1 iris@v2").out


def test_a_second_side_is_required(run: RunCommand, catalog: VersionedCatalog) -> None:
    catalog.add("iris", b"")
    assert run("compare-datasets iris").code == 2


def test_an_unknown_version_is_explained(run: RunCommand, catalog: VersionedCatalog) -> None:
    catalog.add("iris", b"")
    done = run("compare-datasets iris@v1 iris@v7")
    assert (done.code, done.out) == (3, "")
