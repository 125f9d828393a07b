from __future__ import annotations

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from huggingnersc.domain.catalog.card_statistics import card_statistics
from tests.odd_texts import ODD, ShownHtml, some

PICTURE = "![A chart.](version/pictures/columns.png)"


def test_pictures_of_the_version_stay() -> None:
    text = f"150 files.\n\n{PICTURE}\n\n### Columns\n\n| a |\n| --- |\n| 1 |"
    assert card_statistics(text) == text


@pytest.mark.attack("descriptions")
@pytest.mark.parametrize(
    "text",
    [
        "![x](https://elsewhere.example/pixel.png)",
        "![x](version/pictures/../../x.png)",
        "![x](/version/pictures/x.png)",
        "![x](version/pictures/x.svg)",
        "![<script>](version/pictures/x.png)",
        '![x](version/pictures/x.png "title")',
        "<img src=https://elsewhere.example/pixel.png>",
        "![x][1]\n\n[1]: https://elsewhere.example/pixel.png",
    ],
)
def test_no_other_picture_is_shown(text: str) -> None:
    assert "img" not in shown(card_statistics(text)).tags


@pytest.mark.attack("descriptions")
@some
@given(ODD, ODD)
def test_edited_statistics_are_safe_whatever_stands_around_a_picture(
    before: str, after: str
) -> None:
    safe = card_statistics(f"{before}\n\n{PICTURE}\n\n{after}")
    page = shown(f"{safe}\n\n## below\n")
    assert not {"h1", "script"} & {*page.tags}
    assert page.tags.count("img") == 1
    assert page.text.rstrip().endswith("below")
    assert card_statistics(safe) == safe


def shown(markdown: str) -> ShownHtml:
    return ShownHtml(MarkdownIt("commonmark").enable("table").render(markdown))
