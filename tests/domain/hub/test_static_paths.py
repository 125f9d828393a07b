from __future__ import annotations

import posixpath
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.hub.static_paths import place_of, relative_address, search_query

IRIS = "/datasets/NERSC/iris"
ENTRIES = st.sampled_from(
    ["a", "..", ".", "%2e%2e", "%2F", "a%2Fb", "%00", "%0a", "-", "datasets", "NERSC", "blob",
     "tree", "main", "resolve", "figure", "data", "x.html", "x.py", "x.svg", "index.html",
     "\u202e", "%ff", "a b"]
)  # fmt: skip


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/", "index.html"),
        ("/datasets", "datasets/index.html"),
        ("/NERSC", "NERSC/index.html"),
        ("/-/style.0f.css", "assets/style.0f.css"),
        (IRIS, "datasets/NERSC/iris/index.html"),
        (f"{IRIS}/tree/main", "datasets/NERSC/iris/tree/main/index.html"),
        (f"{IRIS}/tree/main/a%20b", "datasets/NERSC/iris/tree/main/a b/index.html"),
        (f"{IRIS}/blob/main/x.py", "datasets/NERSC/iris/blob/main/x.py/index.html"),
        (f"{IRIS}/blob/main/a.md?plain=1",
         "datasets/NERSC/iris/blob/main/a.md/plain-1/index.html"),
        (f"{IRIS}/resolve/main/a.png", "datasets/NERSC/iris/resolve/main/a.png"),
        (f"{IRIS}/data", "datasets/NERSC/iris/data/index.html"),
        (f"{IRIS}/data?config=x&page=2", "datasets/NERSC/iris/data/config-x_page-2/index.html"),
        (f"{IRIS}/thumbnail/main/3/version/sample/train.parquet",
         "datasets/NERSC/iris/thumbnail/main/3/version/sample/train.parquet"),
        (f"{IRIS}/figure/main/a.ipynb?cell=1&output=0",
         "datasets/NERSC/iris/figure/main/a.ipynb/cell-1_output-0"),
    ],
)  # fmt: skip
def test_pages_and_harmless_files_have_a_place(address: str, file: str) -> None:
    place = place_of(address, "NERSC")
    assert place is not None
    assert place.file == file
    assert place.repository == ("NERSC/iris" if "/iris" in address else "")


@pytest.mark.parametrize(
    "address",
    [
        "/models", "/spaces", "/steward", "/robots.txt", "/datasets?search=x", "/?x=1",
        "/datasets/Other/iris", f"{IRIS}/commits/main", f"{IRIS}/commit/0f",
        f"{IRIS}/discussions/1",
        f"{IRIS}/raw/main/x.py", f"{IRIS}/tree/v1", f"{IRIS}/blob/v1/x.py", f"{IRIS}/resolve/main",
        f"{IRIS}/blob/main/version/manifest.tsv", f"{IRIS}/blob/main/version/x.json",
        f"{IRIS}/tree/main?x=1", f"{IRIS}/blob/main/x.py?plain=2", f"{IRIS}?x=1",
        f"{IRIS}/resolve/main/x.py?download=true", f"{IRIS}/{'x' * 256}",
    ],
)  # fmt: skip
def test_what_needs_a_server_or_has_no_end_has_none(address: str) -> None:
    assert place_of(address, "NERSC") is None


@pytest.mark.attack("static sites")
@pytest.mark.parametrize(
    "name", ["x.html", "x.svg", "x.xml", "x.js", "x.HTM", "x.xhtml", "x", "x.css"]
)
def test_a_file_that_a_browser_would_run_is_not_copied(name: str) -> None:
    assert place_of(f"{IRIS}/resolve/main/{name}", "NERSC") is None


@pytest.mark.attack("static sites")
@given(st.lists(ENTRIES, max_size=8), st.sampled_from(["", "?x=1", "?x=../..", "?plain=1"]))
def test_no_address_leads_out_of_the_folder(segments: list[str], query: str) -> None:
    for start in ("", "datasets/NERSC/iris/", "datasets/NERSC/iris/data/"):
        place = place_of(f"/{start}{'/'.join(segments)}{query}", "NERSC")
        if place is not None:
            assert not place.file.startswith("/")
            assert posixpath.normpath(place.file) == place.file
            assert ".." not in place.file.split("/")
            assert place.file.isprintable()


def test_the_pages_of_a_list_are_counted_because_their_cursors_differ_each_time() -> None:
    place = place_of("/datasets?cursor=abc%3D", "NERSC", lists=2)
    assert place is not None
    assert place.file == "datasets/page-3/index.html"


@pytest.mark.parametrize(
    ("file", "page", "link"),
    [
        ("index.html", "index.html", "./"),
        ("datasets/index.html", "index.html", "datasets/"),
        ("index.html", "datasets/NERSC/iris/index.html", "../../../"),
        ("datasets/NERSC/iris/index.html", "datasets/NERSC/iris/index.html", "./"),
        ("assets/a.css", "datasets/index.html", "../assets/a.css"),
        ("datasets/NERSC/iris/resolve/main/a b#?.png", "datasets/NERSC/iris/index.html",
         "resolve/main/a%20b%23%3F.png"),
        ("a:b/index.html", "index.html", "a%3Ab/"),
    ],
)  # fmt: skip
def test_links_are_relative(file: str, page: str, link: str) -> None:
    assert relative_address(file, page) == link
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(link)))
    assert joined in {file, posixpath.dirname(file) or "."}


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("/datasets?filter=license%3Amit", "search=mit"),
        ("/datasets?filter=climate&search=a+b", "search=climate+a+b"),
        ("/datasets?sort=downloads", None),
        ("/datasets", None),
        ("/models?filter=x", None),
    ],
)
def test_a_link_to_a_list_becomes_a_search(address: str, query: str | None) -> None:
    assert search_query(address) == query
