from __future__ import annotations

import pytest

from huggingnersc.domain.catalog.description import BEGIN, END
from huggingnersc.hub_server.web.card_outline import Place, outline_of

LIST = """# The data

- **Path at NERSC:** `/global/cfs/iris`
- **Portal:** [portal.nersc.gov/iris](https://portal.nersc.gov/iris)
- **Catalog folder:** `/catalog/iris`
- **Notebook:** [open it](https://jupyter.nersc.gov/lab/iris.ipynb), `/catalog/iris.ipynb`

[iris_loader.py](iris_loader.py) reads it.
"""
TABLE = """| | |
|:--|:--|
| Path at NERSC | `/global/cfs/iris` |
| Portal | [portal.nersc.gov/iris](https://portal.nersc.gov/iris) |
"""


@pytest.mark.parametrize("card", [LIST, TABLE])
def test_the_places_of_data_are_found_in_a_list_and_in_a_table(card: str) -> None:
    outline = outline_of(card)
    assert outline.path == Place("Path at NERSC", "/global/cfs/iris")
    address = "https://portal.nersc.gov/iris"
    assert outline.portal == Place("Portal", "portal.nersc.gov/iris", address)


def test_a_notebook_and_the_linked_files_are_found() -> None:
    outline = outline_of(LIST)
    assert outline.notebook is not None
    assert outline.notebook.href == "https://jupyter.nersc.gov/lab/iris.ipynb"
    assert outline.files == ("iris_loader.py",)


def test_the_commands_of_a_card_after_its_download_are_found() -> None:
    shell = "hf download N/x\ncd x\nmake env\nsbatch j.sh"
    card = f"```python\nhf download\n```\n\n```bash\n{shell}\n```\n"
    assert outline_of(card).commands == ("make env", "sbatch j.sh")
    assert outline_of("```bash\nls\n```").commands == ()
    assert outline_of(card.replace("make", "ma\u202eke")).commands == ()


def test_the_words_of_a_card_do_not_matter() -> None:
    outline = outline_of("* Ort: `/daten/iris`\n* Adresse: <https://daten.example.org/iris>\n")
    assert outline.path == Place("Ort", "/daten/iris")
    assert outline.portal is not None
    assert outline.portal.label == "Adresse"


def test_a_bare_address_is_a_link_as_on_the_page() -> None:
    outline = outline_of("- Portal: https://portal.example.org/a_b.\n- <https://other.example>\n")
    address = "https://portal.example.org/a_b"
    assert outline.portal == Place("Portal", address, address)


def test_a_path_in_a_sentence_is_taken_where_no_list_names_one() -> None:
    assert outline_of("Read `/data/a` there.").path == Place("", "/data/a")
    both = outline_of("See `/data/a`.\n\n- Path: `/data/b`\n")
    assert both.path == Place("Path", "/data/b")


@pytest.mark.parametrize(
    "card",
    [
        "- Paper: [x](https://doi.org/10.1/x)\n- More: <https://arxiv.org/abs/1>",
        "- Portal: [x](javascript:alert(1))\n- Portal: [x](//)",
        "- Portal: [x](mailto:a@b)\n- Word: `value`\n- Root: `/`\n- Bin: `/x`",
        "```\nPath: `/data/a`\n```",
    ],
)
def test_papers_other_schemes_and_code_are_no_places(card: str) -> None:
    outline = outline_of(card)
    assert (outline.path, outline.portal) == (None, None)


@pytest.mark.parametrize(
    ("card", "title", "rest"),
    [
        ("# A *new* `title`\n\nText\n", "A new title", "\nText\n"),
        ("\n\nA title\n===\nText\n", "A title", "\n\nText\n"),
        ("# AT&amp;T \\_x\\_\n", "AT&T _x_", ""),
        ("Text first\n# Later\n", "", "Text first\n# Later\n"),
        ("## Second\n", "", "## Second\n"),
        ("# \nText", "", "# \nText"),
        ("# T\r\n\r\nA\u2028B\r\n", "T", "\nA\u2028B\n"),
        ("", "", ""),
    ],
)
def test_the_heading_that_a_card_begins_with_is_its_title(
    card: str, title: str, rest: str
) -> None:
    outline = outline_of(card)
    assert (outline.title, outline.text) == (title, rest)


@pytest.mark.parametrize(
    ("card", "deepen"),
    [("# T\n## A\n### B", 0), ("# T\n### A", -1), ("# T\n# U\n## A", 1), ("## A", 0), ("x", 0)],
)
def test_the_highest_heading_below_the_title_becomes_the_second_level(
    card: str, deepen: int
) -> None:
    assert outline_of(card).deepen == deepen


@pytest.mark.attack("expensive pages")
@pytest.mark.parametrize("piece", ["`/a/b` ", "[x](https://e.org/) ", "- a: `/b/c`\n", "`"])
def test_a_card_of_very_many_places_is_read(piece: str) -> None:
    outline = outline_of(piece * (128 * 1024 // len(piece)))
    assert (outline.path is not None) is ("`/" in piece)


@pytest.mark.attack("pasted commands")
def test_a_path_that_looks_other_than_it_is_copied_is_no_place() -> None:
    assert outline_of("- Path: `/data/\u202ea`").path is None


@pytest.mark.attack("descriptions")
def test_a_description_names_no_place_of_the_data() -> None:
    places = "- Portal: <https://evil.example>\n- Path: `/evil/path`\n\n"
    described = f"[x](evil.py)\n\n{places}{END}\n\n"
    outline = outline_of(f"# The data\n\n{BEGIN}\n\n{described}{LIST}")
    assert outline.path == Place("Path at NERSC", "/global/cfs/iris")
    assert outline.portal is not None
    assert outline.portal.href == "https://portal.nersc.gov/iris"
    assert outline.files == ("iris_loader.py",)
