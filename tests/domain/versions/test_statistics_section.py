from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from huggingnersc.domain.catalog.card_statistics import card_statistics
from huggingnersc.domain.versions.statistics_section import statistics_markdown
from tests.domain.versions.documents import (
    all_parts,
    make_arrays,
    make_column,
    make_images,
    make_member,
    make_statistics,
    make_table,
)
from tests.odd_texts import ODD, ShownHtml, some

GOLDEN = Path(__file__).parents[2] / "golden" / "statistics" / "card.md"


def test_a_card_shows_every_part_and_says_what_is_from_a_sample() -> None:
    assert f"{statistics_markdown(all_parts())}\n" == GOLDEN.read_text()


def test_what_is_too_much_for_a_card_is_counted() -> None:
    columns = [make_column(f"c{number}") for number in range(1_000)]
    tables = [make_table(*columns, name=f"t{number}.csv") for number in range(50)]
    problems = [{"file": f"{number}.csv", "message": "is no table"} for number in range(100)]
    shown = statistics_markdown(make_statistics(tables=tables, problems=problems))
    assert shown.count("\n") < 150
    assert shown.count("988 more columns: [statistics.json](version/statistics.json)") == 4


@pytest.mark.attack("hostile names")
@some
@given(ODD)
def test_no_name_and_no_value_changes_the_card(odd: str) -> None:
    column: dict[str, Any] = {"type": odd, "min": odd, "max": odd, "withheld": odd or None}
    top = [{"value": odd, "count": 1}]
    member: dict[str, Any] = {"units": odd, "type": odd, "attributes": {"long_name": odd}}
    found = make_statistics(
        by_extension=[{"extension": odd, "files": 1, "size_bytes": 1}],
        examples={"count": 1, "sample": True, "by_split": {odd: 1}},
        tables=[make_table(make_column(odd, top=top, **column), name=odd, split=odd)],
        arrays=[make_arrays(make_member(odd, dimensions=[odd] * 3, **member), name=odd)],
        images=[make_images(split=odd, classes=[{"name": odd, "files": 1}])],
        pictures=[{"path": "pictures/a.png", "title": odd, "alt": odd}],
        withheld=[{"table": odd, "column": odd, "reason": odd}],
        problems=[{"file": odd, "message": odd}],
    )
    markdown = statistics_markdown(found)
    assert card_statistics(markdown) == markdown
    page = ShownHtml(MarkdownIt("commonmark").enable("table").render(markdown))
    assert page.tags.count("img") == 1
    assert page.tags.count("h3") == 3
    assert page.tags.count("table") == 3
    assert not {"h1", "h2", "script", "b", "pre"} & {*page.tags}
