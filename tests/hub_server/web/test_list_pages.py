from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from huggingnersc.domain.repo_names import RepoKind, RepoName
from tests.hub_contents import TOKEN, commit, make

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


@pytest.mark.parametrize("words", ["biology", "Fisher measured", "2101.00001", "multiple CC-BY"])
def test_search_finds_tags_descriptions_and_papers(browser: Browser, words: str) -> None:
    html = browser.get(f"/datasets?search={quote(words)}").html
    assert titles(html) == ["Iris flower classification"]


def test_search_does_not_look_into_code(browser: Browser) -> None:
    assert titles(browser.get("/datasets?search=DictReader").html) == []


def test_two_licenses_or_sizes_widen_a_list_and_two_tags_narrow_it(bench: Browser) -> None:
    sized(bench)

    def names(query: str) -> list[str]:
        return sorted(titles(bench.get(f"/datasets?search=sized&{query}").html))

    assert names("filter=license:mit") == ["sized-a"]
    assert names("filter=license:mit&filter=license:bsd") == ["sized-a", "sized-b"]
    assert names("filter=size_categories:n<1K&filter=size_categories:n>1T") == [
        "sized-a",
        "sized-c",
    ]
    assert names("filter=license:mit&filter=size_categories:n>1T") == []
    assert names("filter=red&filter=round") == ["sized-b"]


def test_a_filter_keeps_its_options_when_one_is_chosen(bench: Browser) -> None:
    sized(bench)
    html = bench.get("/datasets?search=sized&filter=license:mit").html
    assert options(html, "License") == [("mit", 1), ("apache-2.0", 1), ("bsd", 1)]
    assert options(html, "Size") == [("n<1K", 1)]
    tags = bench.get("/datasets?search=sized&filter=red").html
    assert options(tags, "Tag") == [("red", 2), ("round", 1), ("blue", 0)]
    assert not re.search(r'href="[^"]*filter=blue', tags)


def test_sizes_are_in_order_of_size(bench: Browser) -> None:
    sized(bench)
    html = bench.get("/datasets?search=sized").html
    assert [label for label, _ in options(html, "Size")] == ["n<1K", "100K<n<1M", "n>1T"]


def test_a_filter_that_finds_nothing_can_be_taken_away(bench: Browser) -> None:
    html = bench.get("/datasets?filter=license:wtfpl").html
    assert ("wtfpl", 0) in options(html, "License")


def test_a_list_shows_what_a_card_says_first_unless_others_say_the_same(bench: Browser) -> None:
    for name, words in (("same-1", "Boilerplate."), ("same-2", "Boilerplate."), ("own", "Mine.")):
        if bench.hub.registry.find(RepoName(RepoKind.DATASET, "NERSC", name)) is None:
            make(bench.hub, name)
            commit(bench.hub, name, {"README.md": f"# {name}\n\n{words} #listed\n"}, "Add")
    html = bench.get("/datasets?search=%23listed").html
    assert re.findall(r'class="slip-summary" dir="auto">([^<]*)<', html) == ["Mine. #listed"]


def sized(bench: Browser) -> None:
    """Three datasets of different licenses, sizes and tags."""
    for name, license_id, size, tags in (
        ("sized-a", "mit", "n<1K", "red"),
        ("sized-b", "bsd", "100K<n<1M", "red, round"),
        ("sized-c", "apache-2.0", "n>1T", "blue"),
    ):
        if bench.hub.registry.find(RepoName(RepoKind.DATASET, "NERSC", name)) is None:
            make(bench.hub, name)
            front = f'license: {license_id}\nsize_categories: "{size}"\ntags: [{tags}]'
            commit(bench.hub, name, {"README.md": f"---\n{front}\n---\n"}, "Add")


def options(html: str, title: str) -> list[tuple[str, int]]:
    """The choices of a filter and how many repositories each finds."""
    found = re.search(
        rf'popovertarget="([^"]*)">{title}\W.*?<div class="panel"(.*?)</div>', html, re.S
    )
    assert found
    pairs = re.findall(r'class="cut">([^<]*)</span> <span class="count">(\d+)<', found[2])
    return [(unescape(label), int(number)) for label, number in pairs]


def test_filters_narrow_the_list_and_can_be_taken_away(browser: Browser) -> None:
    html = browser.get("/datasets?filter=license:mit&filter=climate").html
    assert "30 datasets found" in html
    assert 'href="/datasets?filter=climate"' in html
    assert 'href="/datasets?filter=license%3Amit"' in html


@pytest.mark.parametrize("title", ["Task", "Size", "License", "Language", "Tag"])
def test_every_filter_is_offered(browser: Browser, title: str) -> None:
    assert re.search(rf'popovertarget="facet-\d">{title}\W', browser.get("/datasets").html)


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
    assert "Authorization" in with_token.headers["vary"]


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
    assert answer.html.count("<script") == 1


def test_a_made_up_place_in_the_list_is_refused_as_a_page(browser: Browser) -> None:
    answer = browser.get("/datasets?cursor=made-up")
    assert answer.status == 400
    assert answer.headers["content-type"].startswith("text/html")
