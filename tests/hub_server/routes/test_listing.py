"""Lists of models and datasets: pages, filters, and who sees what."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.hub_server.wire import text_file

if TYPE_CHECKING:
    from tests.hub_server.in_process import InProcess
    from tests.hub_server.wire import Answer


def pages(hub: InProcess, path: str) -> list[Answer]:
    """Follow `Link` headers to the end."""
    found = [hub.ask("GET", path)]
    while link := re.fullmatch(r'<([^>]+)>; rel="next"', found[-1].headers.get("link", "")):
        assert link[1].startswith(hub.endpoint)
        parts = urlsplit(link[1])
        found.append(hub.ask("GET", f"{parts.path}?{parts.query}"))
    return found


def test_listings_are_paged_without_loss_or_repetition(fresh: InProcess) -> None:
    for number in range(7):
        fresh.create(f"NERSC/set-{number}")
    for query in ("limit=3", "limit=2&sort=createdAt", "limit=2&sort=createdAt&direction=1"):
        found = pages(fresh, f"/api/datasets?{query}&search=set")
        ids = [row["id"] for page in found for row in page.json]
        assert sorted(ids) == [f"NERSC/set-{number}" for number in range(7)]
        assert len(found) > 2
    newest = fresh.ask("GET", "/api/datasets?sort=createdAt&limit=1").json[0]
    assert newest["id"] == "NERSC/set-6"


def test_search_filter_author_and_expand_narrow_a_listing(fresh: InProcess) -> None:
    fresh.create("NERSC/one")
    fresh.create("ada/two")
    card = "---\nlicense: mit\ntags: [Physics]\npretty_name: The First\n---\n"
    fresh.commit("NERSC/one", text_file("README.md", card))

    def ids(query: str) -> list[str]:
        return [row["id"] for row in fresh.ask("GET", f"/api/datasets?{query}").json]

    assert ids("search=first") == ["NERSC/one"]
    assert ids("search=nersc&search=on") == ["NERSC/one"]
    assert ids("search=dataset") == []
    assert ids("filter=license:mit&filter=physics") == ["NERSC/one"]
    assert ids("filter=license:mit,other") == []
    assert ids("author=ADA") == ["ada/two"]
    assert ids("gated=true") == []
    full = fresh.ask("GET", "/api/datasets?search=one&full=true").json[0]
    assert full["cardData"]["pretty_name"] == "The First"
    few = fresh.ask("GET", "/api/datasets?search=one&expand=downloads&expand=sha").json[0]
    assert set(few) == {"id", "_id", "downloads", "sha"}


@pytest.mark.parametrize(
    ("user", "names"),
    [
        (None, ["NERSC/iris"]),
        ("eve", ["NERSC/iris"]),
        ("ada", ["NERSC/iris", "NERSC/secret"]),
        ("bob", ["NERSC/iris", "NERSC/secret"]),
    ],
)
def test_a_private_repository_is_listed_for_its_members_only(
    iris: InProcess, user: str | None, names: list[str]
) -> None:
    rows = iris.ask("GET", "/api/datasets", user=user).json
    assert sorted(row["id"] for row in rows) == names


def test_a_brief_row_has_no_card_and_the_kinds_are_separate(iris: InProcess) -> None:
    (row,) = iris.ask("GET", "/api/datasets").json
    assert {"id", "author", "private", "tags", "lastModified"} <= set(row)
    assert not {"cardData", "sha", "siblings"} & set(row)
    (full,) = iris.ask("GET", "/api/datasets?full=true").json
    assert (full["siblings"], full["cardData"], len(full["sha"])) == ([], {}, 40)
    (card,) = iris.ask("GET", "/api/datasets?cardData=true").json
    assert "cardData" in card
    assert "sha" not in card
    assert iris.ask("GET", "/api/models").json == []


def test_a_kind_that_this_hub_does_not_hold_is_missing(iris: InProcess) -> None:
    assert iris.ask("GET", "/api/papers", user="ada").status == 404


def test_a_model_is_narrowed_by_task_library_and_language(fresh: InProcess) -> None:
    fresh.create("NERSC/net", kind="model")
    card = "---\npipeline_tag: image-to-image\nlibrary_name: keras\nlanguage: de\n---\n"
    lines = ('{"key": "header", "value": {"summary": "card"}}', _file_line("README.md", card))
    body = "\n".join(lines).encode()
    assert fresh.ask("POST", "/api/models/NERSC/net/commit/main", body, user="ada").status == 200
    for query in ("pipeline_tag=image-to-image", "library=keras", "language=de"):
        assert [row["id"] for row in fresh.ask("GET", f"/api/models?{query}").json] == [
            "NERSC/net"
        ]
    assert fresh.ask("GET", "/api/models?library=keras&language=fr").json == []


def _file_line(path: str, content: str) -> str:
    value = {"path": path, "content": content, "encoding": "utf-8"}
    return json.dumps({"key": "file", "value": value})
