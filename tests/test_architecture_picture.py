"""docs/architecture.svg shows the imports of the package, and that they lead down."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

pytest.importorskip("grimp", reason="comes with import-linter; make check installs it")

from docs.draw_architecture import FILE, Imports, architecture, problems, read_imports
from docs.layered_picture import Box, picture


@pytest.fixture(scope="module")
def package() -> Imports:
    return read_imports()


def _imports(**below: str) -> Imports:
    parts = {part.replace("__", "."): frozenset(text.split()) for part, text in below.items()}
    floors = (("cli",), ("api",), ("errors",))
    return Imports(floors, parts, frozenset({"api.catalog", "api.draft"}))


def _arrow_ys(svg: str) -> list[list[float]]:
    paths = re.findall(r'<path marker-end="url\(#tip\)" d="([^"]+)"', svg)
    return [[float(y) for y in re.findall(r"(?: |V)(\d+)(?= ?[CV]|$)", path)] for path in paths]


def test_the_picture_is_that_of_the_package(package: Imports) -> None:
    drawn = architecture(package)
    assert FILE.read_text(encoding="utf-8") == drawn, "run: python docs/draw_architecture.py"


def test_no_import_of_the_package_goes_up_or_in_a_circle(package: Imports) -> None:
    assert list(problems(package)) == []


def test_an_import_that_goes_up_is_a_problem() -> None:
    (found,) = problems(_imports(cli__app="", api__catalog="cli.app", errors=""))
    assert found.split()[:3] == ["api.catalog", "imports", "cli.app,"]


def test_imports_in_a_circle_are_a_problem() -> None:
    (found,) = problems(_imports(api__catalog="api.draft", api__draft="api.catalog"))
    assert {"api.catalog", "api.draft"} <= set(found.split())


def test_imports_of_a_floor_below_are_no_problem() -> None:
    imports = _imports(
        cli__app="api.draft", api__draft="api.catalog errors", api__catalog="errors"
    )
    assert list(problems(imports)) == []


def test_every_arrow_leads_down() -> None:
    arrows = _arrow_ys(FILE.read_text(encoding="utf-8"))
    assert len(arrows) > 40
    assert [ys for ys in arrows if ys != sorted(ys)] == []


def test_an_arrow_that_follows_from_others_is_left_out() -> None:
    boxes = [Box(name, 0, row, name) for row, name in enumerate("cba")]
    chain = [("a", "b"), ("b", "c")]
    implied = ("a", "c")
    drawn = picture(["floor"], boxes, [*chain, implied])
    assert len(_arrow_ys(drawn)) == 2


def test_an_arrow_that_follows_from_others_can_be_kept() -> None:
    boxes = [Box(name, 0, row, name) for row, name in enumerate("cba")]
    implied = ("a", "c")
    drawn = picture(["floor"], boxes, [("a", "b"), ("b", "c"), implied], kept=[implied])
    assert len(_arrow_ys(drawn)) == 3


def test_boxes_of_a_row_do_not_overlap() -> None:
    drawn = FILE.read_text(encoding="utf-8")
    boxes = re.findall(r'<rect x="(\d+)" y="(\d+)" width="(\d+)" height="30"', drawn)
    spans = sorted((int(y), int(x), int(x) + int(width)) for x, y, width in boxes)
    assert len(spans) > 30
    for (y, _, right), (other_y, left, _) in pairwise(spans):
        assert y != other_y or right < left
