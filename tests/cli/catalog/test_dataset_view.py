"""The view of `inspect-dataset`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.builders import IRIS, IRIS_LINK, make_metadata, write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunCommand


def test_the_first_lines_of_a_description_are_shown(run: RunCommand, tmp_path: Path) -> None:
    words = "\n\n".join(["[red]not markup[/red] \\[x]", *(f"Line {n}." for n in range(2, 8))])
    write_tree(tmp_path, {"about.md": words})
    catalog = ["catalog-new-dataset", "Iris", "iris", str(IRIS / "iris_loader.py"), IRIS_LINK]
    catalog += [str(IRIS / "iris_metadata.json"), "--about", str(tmp_path / "about.md")]
    assert run(*catalog).code == 0
    shown = run("inspect-dataset", "iris").out.splitlines()
    start = shown.index("Description")
    assert shown[start + 1 : start + 6] == [
        "  [red]not markup[/red] \\[x]",
        *(f"  Line {n}." for n in range(2, 5)),
        "  (3 more lines; all of them: --json)",
    ]


def test_nested_metadata_is_shown_line_by_line(run: RunCommand, tmp_path: Path) -> None:
    authors = [{"name": "Ann", "affiliation": "LBNL"}, {"name": "Bob"}]
    info = {"authors": authors, "citation": "@misc{iris,\n  title = {Iris}\n}"}
    write_tree(tmp_path, {"m.json": json.dumps(make_metadata(other_info=info))})
    catalog = ["catalog-new-dataset", "Iris", "iris", str(IRIS / "iris_loader.py"), IRIS_LINK]
    assert run(*catalog, str(tmp_path / "m.json"), "--schema", "wide").code == 0
    shown = run("inspect-dataset", "iris").out
    assert "{'" not in shown
    assert "name: Ann, affiliation: LBNL" in shown
    assert "Metadata schema  wide" in shown
    assert [line for line in shown.splitlines() if line.endswith(" ")] == []
    assert [line.strip() for line in shown.splitlines()][-4:] == [
        "citation",
        "@misc{iris,",
        "title = {Iris}",
        "}",
    ]
