"""The dataset that a page describes for search engines."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.domain.catalog.describe_dataset import described
from huggingnersc.domain.loading.croissant import croissant_bytes
from huggingnersc.domain.repo_names import RepoKind, RepoName
from huggingnersc.hub_server.web.json_ld import FILES_SHOWN, MAX_CROISSANT_BYTES, safe_json
from tests.builders import make_site
from tests.croissants import TABLE, entry_with, make_source
from tests.hub_contents import commit, make

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.domain.loading.loading import Source
    from tests.hub_server.web.conftest import Browser

CARD = """---
license: cc-by-4.0
tags: [flowers]
language: en
pretty_name: Flowers
configs: [{data_files: "data/*"}]
---
# Flowers of Iris

Three kinds of *flowers*.

| | |
|:--|:--|
| Portal | [portal.nersc.gov/iris](https://portal.nersc.gov/iris) |
"""
ENDINGS = ["</script>", "</SCRIPT >", "<!--<script>", "]]>", "&quot;", "\u2028", "{{ page }}"]


def page(bench: Browser, name: str, files: Mapping[str, str | bytes]) -> str:
    make(bench.hub, name)
    commit(bench.hub, name, files, "Add")
    return bench.get(f"/datasets/NERSC/{name}").html


def found_in(html: str) -> list[dict[str, Any]]:
    """Every description in a page, as a browser sees where each ends."""
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script', html, re.DOTALL)
    return [json.loads(block) for block in blocks]


def croissant_file(source: Source, **changes: Any) -> bytes:
    return croissant_bytes(described(entry_with(source, **changes), make_site()), source)


def test_a_card_describes_its_dataset(bench: Browser) -> None:
    (found,) = found_in(page(bench, "flowers", {"README.md": CARD}))
    assert found == {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": "Flowers",
        "description": "Three kinds of flowers.",
        "url": f"{bench.address}/datasets/NERSC/flowers",
        "identifier": f"{bench.address}/datasets/NERSC/flowers",
        "license": ["https://spdx.org/licenses/CC-BY-4.0"],
        "keywords": ["flowers"],
        "inLanguage": ["en"],
        "creator": {"@type": "Organization", "name": "NERSC"},
        "distribution": [{"@type": "DataDownload", "contentUrl": "https://portal.nersc.gov/iris"}],
    }


def test_its_croissant_file_says_more(bench: Browser) -> None:
    content = croissant_file(make_source())
    html = page(bench, "described", {"README.md": CARD, "croissant.json": content})
    assert found_in(html) == [json.loads(content)]


def test_of_many_files_only_the_first_are_on_the_page(bench: Browser) -> None:
    source = make_source({f"{number:04}.csv": TABLE for number in range(600)})
    html = page(bench, "many-files", {"croissant.json": croissant_file(source)})
    (found,) = found_in(html)
    names = [file["name"] for file in found["distribution"]]
    assert names == [f"{number:04}.csv" for number in range(FILES_SHOWN)]
    assert found["recordSet"] == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("none", b""),
        ("no-json", b"{"),
        ("a-list", b"[]"),
        ("another-type", b'{"@type": "Person"}'),
        ("an-odd-type", b'{"@type": ["Dataset"]}'),
        ("twice", b'{"@type": "Dataset", "@type": "Dataset"}'),
        ("deep", b'{"@type": "Dataset", "x": ' + b"[" * 60 + b"]" * 60 + b"}"),
        ("long", b'{"@type": "Dataset", "x": "' + b"x" * 100_000 + b'"}'),
        ("large", b'{"@type": "Dataset", "x": "' + b"x" * MAX_CROISSANT_BYTES + b'"}'),
    ],
)
def test_a_file_that_describes_nothing_is_not_used(
    bench: Browser, name: str, content: bytes
) -> None:
    html = page(bench, f"bad-{name}", {"README.md": CARD, "croissant.json": content})
    (found,) = found_in(html)
    assert found["description"] == "Three kinds of flowers."


def test_a_gated_dataset_does_not_name_its_files(bench: Browser) -> None:
    files: dict[str, str | bytes] = {
        "README.md": CARD,
        "croissant.json": croissant_file(make_source()),
    }
    assert "data.csv" in page(bench, "gated-files", files)
    record = bench.hub.registry.find(RepoName(RepoKind.DATASET, "NERSC", "gated-files"))
    assert record is not None
    bench.hub.registry.set_gated(record.storage_id, "manual")
    (found,) = found_in(bench.get("/datasets/NERSC/gated-files").html)
    assert found["creator"] == {"@type": "Organization", "name": "NERSC"}


def test_only_the_front_page_of_a_dataset_describes_it(browser: Browser) -> None:
    pages = ("/NERSC/tagger", "/datasets", "/datasets/NERSC/iris/tree/main")
    assert [found_in(browser.get(path).html) for path in pages] == [[], [], []]


@pytest.mark.attack("descriptions")
@pytest.mark.parametrize("ending", ENDINGS)
def test_no_text_ends_the_description(bench: Browser, ending: str) -> None:
    name = f"hostile-{ENDINGS.index(ending)}"
    hostile = f'{ending}<script>document.title="owned"</script><img src=x onerror=alert(1)>'
    content = json.dumps({"@type": "Dataset", "name": hostile, hostile: [hostile]})
    html = page(bench, name, {"README.md": "# Odd\n", "croissant.json": content})
    assert found_in(html) == [json.loads(content)]
    head = html.partition("</head>")[0]
    assert (head.count("<script"), head.count("<img"), head.count("<!--")) == (1, 0, 0)


@pytest.mark.attack("descriptions")
@pytest.mark.parametrize("ending", ENDINGS)
def test_no_word_of_a_card_ends_the_description(bench: Browser, ending: str) -> None:
    hostile = f"{ending}<script>document.title='owned'</script>"
    front = json.dumps({"pretty_name": hostile, "tags": [hostile], "license": hostile})
    name = f"hostile-card-{ENDINGS.index(ending)}"
    html = page(bench, name, {"README.md": f"---\n{front}\n---\n{hostile}\n"})
    (found,) = found_in(html)
    assert found["keywords"] == [hostile]
    assert html.partition("</head>")[0].count("<script") == 1


@pytest.mark.attack("descriptions")
def test_nothing_that_html_knows_is_left() -> None:
    every = "".join(map(chr, range(0x300))) + "\u2028\u2029\ud800"
    text = str(safe_json({every: every}))
    assert not {"<", ">", "&", "\u2028"} & {*text}
    assert json.loads(text) == {every: every}
