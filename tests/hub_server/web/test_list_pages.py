from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.hub_contents import TOKEN

if TYPE_CHECKING:
    from tests.hub_server.web.conftest import Browser


def titles(html: str) -> list[str]:
    return re.findall(r'class="slip-link" href="[^"]*">([^<]*)<', html)


def next_page(html: str) -> str | None:
    found = re.search(r'rel="next" href="([^"]*)"', html)
    return found[1].replace("&amp;", "&") if found else None


def test_the_front_page_shows_the_newest_of_both_kinds(browser: Browser) -> None:
    html = browser.get("/").html
    assert titles(html)[0] == "Iris flower classification"
    assert "tagger" in titles(html)
    assert "See all 34" in html


def test_paging_shows_every_public_repository_once(browser: Browser) -> None:
    seen: list[str] = []
    address: str | None = "/datasets"
    while address:
        html = browser.get(address).html
        seen += titles(html)
        address = next_page(html)
    assert len(seen) == len(set(seen)) == 34


def test_search_finds_names_and_titles(browser: Browser) -> None:
    assert titles(browser.get("/datasets?search=climate-07").html) == ["Climate run 7"]
    assert titles(browser.get("/datasets?search=FLOWER+iris").html) == [
        "Iris flower classification"
    ]


def test_filters_narrow_the_list_and_can_be_taken_away(browser: Browser) -> None:
    html = browser.get("/datasets?filter=license:mit&filter=climate").html
    assert "30 datasets found" in html
    assert 'href="/datasets?filter=climate"' in html
    assert 'href="/datasets?filter=license%3Amit"' in html


@pytest.mark.parametrize("title", ["Task", "Size", "License", "Language", "Tag"])
def test_every_filter_is_offered(browser: Browser, title: str) -> None:
    assert re.search(rf"<summary>{title}\W", browser.get("/datasets").html)


def test_filters_show_how_many_repositories_they_match(browser: Browser) -> None:
    html = browser.get("/datasets").html
    assert re.search(r'filter=license%3Amit"><span class="cut">mit</span> <span[^>]*>31<', html)


def test_the_search_form_keeps_filters_and_order(browser: Browser) -> None:
    html = browser.get("/datasets?filter=climate&sort=downloads").html
    assert '<input type="hidden" name="filter" value="climate">' in html
    assert '<input type="hidden" name="sort" value="downloads">' in html


def test_an_empty_list_says_what_to_do(browser: Browser) -> None:
    html = browser.get("/datasets?search=nothing-is-called-so").html
    assert "Nothing matches" in html
    assert 'href="/datasets">Show all datasets' in html


def test_a_namespace_has_a_page(browser: Browser) -> None:
    html = browser.get("/NERSC").html
    assert "Climate run 29" in titles(html)
    assert 'href="/datasets?author=NERSC"' in html
    assert "34 datasets" in browser.get("/datasets?author=nersc").html


def test_private_repositories_are_listed_only_for_those_who_may_see_them(browser: Browser) -> None:
    assert titles(browser.get("/datasets?search=secret").html) == []
    with_token = browser.get("/datasets?search=secret", Authorization=f"Bearer {TOKEN}")
    assert titles(with_token.html) == ["secret"]
    assert with_token.headers["vary"] == "Authorization"


@pytest.mark.parametrize(
    "query",
    [
        "search=" + quote("<script>alert(1)</script>"),
        "filter=" + quote('"><script>alert(1)</script>'),
        "author=" + quote("<script>"),
        "sort=%3Cscript%3E",
        "search=" + "x" * 5_000,
        "&".join(f"filter=t{n}" for n in range(300)),
        "search=%00%ff",
    ],
)
def test_odd_questions_are_answered_without_harm(browser: Browser, query: str) -> None:
    answer = browser.get(f"/datasets?{query}")
    assert answer.status in {200, 400}
    assert "<script" not in answer.html


def test_a_made_up_place_in_the_list_is_refused_as_a_page(browser: Browser) -> None:
    answer = browser.get("/datasets?cursor=made-up")
    assert answer.status == 400
    assert answer.headers["content-type"].startswith("text/html")
