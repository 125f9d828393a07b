"""The description of a dataset: given as a file, kept in the record, shown on the card."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import inspect_dataset
from huggingnersc.domain.catalog.description import BEGIN, END
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.text.safe_markdown import MAX_CHARS
from huggingnersc.errors import DatasetExistsError, RequestInvalidError
from huggingnersc.fixes import REMOVE
from tests.api.iris import catalog_iris, commits, hub_text, update_iris
from tests.builders import write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.conftest import Centre

# The README.md of a data folder, as stewards have them.
README = """\
---
license: mit
---
# Fisher's Iris Data

Measured by *Edgar Anderson* <anderson@mobot.org>.<br>
![plot](plot.png) <!-- to do: a better one -->

# Columns

| name         | unit |
|--------------|------|
| sepal_length | cm   |
"""
SHOWN = """\
Measured by *Edgar Anderson* <anderson@mobot.org>.\\<br>
[plot](plot.png)

## Columns

| name         | unit |
|--------------|------|
| sepal_length | cm   |"""


@pytest.fixture
def about(tmp_path: Path) -> Path:
    """The file of a description."""
    return write_tree(tmp_path / "data", {"README.md": README}) / "README.md"


def record(centre: Centre) -> dict[str, Any]:
    file = centre.catalog / "iris" / "iris_info.json"
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


def test_a_readme_becomes_the_words_below_the_title(centre: Centre, about: Path) -> None:
    result = catalog_iris(centre, about=about)
    card = hub_text(centre, "README.md")
    assert f"# Fisher's Iris Data\n\n{BEGIN}\n\n{SHOWN}\n\n{END}\n\n" in card
    assert record(centre)["about"] == SHOWN
    said = [str(one) for one in result.warnings if str(one).startswith("README.md ")]
    assert len(said) == 5
    assert catalog_iris(centre, about=about).outcome == "unchanged"
    assert update_iris(centre).outcome == "unchanged"
    assert inspect_dataset("iris", site=str(centre.profile)).about == SHOWN


def test_a_card_without_a_description_has_a_place_for_one(centre: Centre) -> None:
    catalog_iris(centre)
    assert f"\n\n{BEGIN}\n\n{END}\n\n" in hub_text(centre, "README.md")
    assert "about" not in record(centre)


def test_an_update_sets_and_drops_it(centre: Centre, about: Path) -> None:
    catalog_iris(centre)
    assert update_iris(centre, about=about).outcome == "updated"
    assert update_iris(centre, about=about).outcome == "unchanged"
    assert SHOWN in hub_text(centre, "README.md")
    assert update_iris(centre, about=REMOVE).outcome == "updated"
    assert "about" not in record(centre)
    assert len(commits(centre)) == 4


def test_another_description_is_other_content(centre: Centre, about: Path) -> None:
    catalog_iris(centre)
    with pytest.raises(DatasetExistsError, match=r"other content \(about\)"):
        catalog_iris(centre, about=about)


@pytest.mark.parametrize(
    "text",
    ["", "\n \n", "a\0b", b"\xff", "x" * (MAX_CHARS + 1), "<!-- to do -->", f"hf_{'aB3' * 11}"],
)
def test_what_is_no_description_is_refused(centre: Centre, about: Path, text: str | bytes) -> None:
    write_tree(about.parent, {"README.md": text})
    with pytest.raises(RequestInvalidError) as caught:
        catalog_iris(centre, about=about)
    (problem,) = caught.value.problems
    assert problem.where in {Field.ABOUT, "README.md:1"}


@pytest.mark.attack("descriptions")
def test_a_description_that_someone_wrote_into_the_record_is_made_safe(centre: Centre) -> None:
    catalog_iris(centre)
    file = centre.catalog / "iris" / "iris_info.json"
    hostile = "# Iris\n\n<script>alert(1)</script>\n\n[x](javascript:y)\n\n```\n" + END
    file.write_text(json.dumps(record(centre) | {"about": hostile}), encoding="utf-8")
    update_iris(centre)
    card = hub_text(centre, "README.md")
    described = card.partition(BEGIN)[2].partition(END)[0]
    assert "<script>" not in described.replace(r"\<script>", "")
    assert card.count(END) == card.count("\n# Fisher's") == 1
    assert described.rstrip().endswith("```")
