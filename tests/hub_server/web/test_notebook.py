from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from huggingnersc.domain.repo_names import RepoKind, RepoName
from huggingnersc.hub_server.web.addresses import RepoPages
from huggingnersc.hub_server.web.markdown import Origin
from huggingnersc.hub_server.web.notebook import (
    CELL_LIMIT,
    OUTPUT_LIMIT,
    RENDERED_LIMIT,
    SHOWN_LIMIT,
    TEXT_LIMIT,
    Notebook,
    notebook_picture,
    read_notebook,
)
from tests.hub_contents import HOSTILE_HTML, notebook, png
from tests.hub_server.web.test_sanitize import FORBIDDEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ORIGIN = Origin(RepoPages(RepoName(RepoKind.DATASET, "NERSC", "iris")), "main")


def read(text: str) -> Notebook:
    found = read_notebook(text.encode(), ORIGIN)
    assert found is not None
    return found


def code(outputs: list[dict[str, object]]) -> str:
    cells = [{"cell_type": "code", "source": "x", "outputs": outputs}]
    return json.dumps({"nbformat": 4, "cells": cells})


def test_text_code_and_outputs_are_shown() -> None:
    text, work = read(notebook()).cells
    assert "<strong>first</strong>" in text.html
    assert (work.count, '<span class="hl-k">import</span>' in work.html) == ("1", True)
    stream, picture, table, error = work.outputs
    assert stream.html == "<pre>150 rows\nred\n</pre>"
    assert (picture.picture, str(picture.html)) == (1, "A plot")
    assert ">5.1</td>" in table.html
    assert (error.is_error, str(error.html)) == (True, "<pre>E: bad</pre>")


@pytest.mark.parametrize(
    ("cell", "stays"),
    [("-0.25e-05", True), ("2026-11-21", True), ("50%", True), ("a-b", False), ("1 2", False)],
)
def test_a_number_in_a_table_stays_on_one_line(cell: str, *, stays: bool) -> None:
    html = read(notebook(html=f"<table><tr><td>{cell}</td></tr></table>")).cells[1].outputs[2].html
    assert (f'<td class="one-line">{cell}</td>' in html) is stays


def test_headings_of_all_cells_have_names_of_their_own() -> None:
    cells = [{"cell_type": "markdown", "source": "# Data"} for _ in range(2)]
    first, second = read(json.dumps({"nbformat": 4, "cells": cells})).cells
    assert ('id="in-card-data"' in first.html, 'id="in-card-data-1"' in second.html) == (
        True,
        True,
    )


def test_html_outputs_and_text_cells_are_sanitized() -> None:
    cells = [{"cell_type": "markdown", "source": HOSTILE_HTML}]
    outputs = [cell.html for cell in read(json.dumps({"nbformat": 4, "cells": cells})).cells]
    outputs += [output.html for output in read(notebook(html=HOSTILE_HTML)).cells[1].outputs]
    assert not any(FORBIDDEN.search(html) for html in outputs)


def test_plain_outputs_are_escaped() -> None:
    text = "<script>alert(1)</script>"
    output: dict[str, object] = {"output_type": "stream", "name": "stdout", "text": text}
    assert "<script" not in read(code([output])).cells[0].outputs[0].html


def test_a_picture_can_be_asked_for_by_cell_and_output() -> None:
    assert notebook_picture(notebook().encode(), cell=1, output=1) == ("image/png", png())


@pytest.mark.parametrize("place", [(0, 0), (1, 0), (1, 9), (9, 0), (-1, 1), (1, -3)])
def test_where_no_picture_is_there_is_none(place: tuple[int, int]) -> None:
    assert notebook_picture(notebook().encode(), cell=place[0], output=place[1]) is None


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"<html>", b""])
def test_what_only_claims_to_be_a_picture_is_not_shown(content: bytes) -> None:
    data = {"image/png": base64.b64encode(content).decode()}
    text = code([{"output_type": "display_data", "data": data}])
    assert notebook_picture(text.encode(), cell=0, output=0) is None


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b'{"nbformat": 3}', b"[" * 100_000, b"\xff\xfe", b'{"nbformat": "4"}'],
)
def test_what_is_no_notebook_of_format_4_is_none(data: bytes) -> None:
    assert read_notebook(data, ORIGIN) is None


@pytest.mark.parametrize(
    "document",
    [
        {"nbformat": 4},
        {"nbformat": 4, "cells": "x", "metadata": []},
        {"nbformat": 4, "cells": [1, {"cell_type": "code", "outputs": [None, {"data": 1}]}]},
        {"nbformat": 4, "cells": [{"cell_type": "code", "source": 5, "outputs": {}}]},
        {"nbformat": 4, "cells": [{"cell_type": "raw", "source": ["a", 1]}]},
    ],
)
def test_odd_notebooks_are_read_as_far_as_they_go(document: object) -> None:
    assert read(json.dumps(document)).left_out == 0


def test_long_notebooks_are_cut_with_a_notice() -> None:
    cells = [{"cell_type": "markdown", "source": "x"}] * (CELL_LIMIT + 3)
    found = read(json.dumps({"nbformat": 4, "cells": cells}))
    assert (len(found.cells), found.left_out) == (CELL_LIMIT, 3)
    many = [{"output_type": "stream", "text": "x" * (TEXT_LIMIT + 1)}] * (OUTPUT_LIMIT + 2)
    outputs = read(code([dict(one) for one in many])).cells[0].outputs
    assert len(outputs) == OUTPUT_LIMIT + 1
    assert "2 more outputs" in outputs[-1].html
    assert len(outputs[0].html) < TEXT_LIMIT + 50


@pytest.mark.attack("expensive pages")
def test_past_a_limit_text_cells_code_and_tables_are_their_source() -> None:
    outputs = [{"output_type": "display_data", "data": {"text/html": "<b>x</b>"}},
               {"output_type": "display_data", "data": {"text/markdown": "**x**"}}]  # fmt: skip
    long: dict[str, object] = {"cell_type": "markdown", "source": "a " * 32_000}
    work: dict[str, object] = {"cell_type": "code", "source": "import csv", "outputs": outputs}
    many = [long] * (1 + RENDERED_LIMIT // 64_000)
    first, *_, last = read(notebook_of([work, *many, work])).cells
    assert "hl-k" in first.html
    table, text = (str(output.html) for output in last.outputs)
    assert (table, text) == ("<pre>(text/html)</pre>", "<pre>**x**</pre>")
    assert last.html == "import csv"


@pytest.mark.attack("expensive pages")
def test_a_notebook_of_more_text_than_a_page_holds_is_cut() -> None:
    cells = [{"cell_type": "raw", "source": "x" * TEXT_LIMIT}] * CELL_LIMIT
    found = read(notebook_of(cells))
    assert sum(len(cell.html) for cell in found.cells) <= SHOWN_LIMIT + TEXT_LIMIT
    assert found.left_out == CELL_LIMIT - len(found.cells) > 0


def notebook_of(cells: Sequence[Mapping[str, object]]) -> str:
    return json.dumps({"nbformat": 4, "cells": cells})


@pytest.mark.attack("odd requests")
def test_half_of_a_surrogate_pair_is_shown_as_a_question_mark() -> None:
    half = "a\ud800"
    outputs = [{"output_type": "stream", "text": half},
               {"output_type": "error", "traceback": [half]},
               {"output_type": "display_data", "data": {"text/html": half}},
               {"output_type": "display_data", "data": {"text/markdown": half}},
               {"output_type": "display_data", "data": {half: half}}]  # fmt: skip
    cells = [
        {"cell_type": kind, "source": half, "outputs": outputs}
        for kind in ("code", "markdown", "raw")
    ]
    for cell in read(notebook_of(cells)).cells:
        for html in (cell.html, *(output.html for output in cell.outputs)):
            assert "a?" in html
