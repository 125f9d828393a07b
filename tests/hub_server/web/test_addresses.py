from __future__ import annotations

import pytest

from huggingnersc.domain.repo_names import RepoKind, RepoName
from huggingnersc.hub_server.web.addresses import (
    RepoPages,
    is_outside,
    list_address,
    repository_path,
)

PAGES = RepoPages(RepoName(RepoKind.DATASET, "N", "x"))


def test_addresses_leave_empty_values_out() -> None:
    assert list_address("/x", search="", filter=("a", "b"), page=0) == "/x?filter=a&filter=b"


@pytest.mark.parametrize(
    ("folder", "link", "path"),
    [("", "a.md", "a.md"), ("d", "../a.md", "a.md"), ("d", "./b/c", "d/b/c"), ("", "..", None),
     ("d", "../../a", None), ("", ".", None), ("d/e", "../..", None)],
)  # fmt: skip
def test_a_relative_link_stays_in_the_repository(folder: str, link: str, path: str | None) -> None:
    assert repository_path(folder, link) == path


@pytest.mark.parametrize("url", ["//a", "\\\\a", "/\\a", "https:a", "mailto:a", "http://[x"])
def test_addresses_that_leave_the_site_are_known(url: str) -> None:
    assert is_outside(url)


@pytest.mark.parametrize("url", ["a.md", "../a", "#part", "?p=1", "/datasets/N/x", ""])
def test_addresses_of_this_site_stay(url: str) -> None:
    assert not is_outside(url)


def test_every_page_of_a_repository_has_its_address() -> None:
    assert PAGES.card == "/datasets/N/x"
    assert PAGES.tree("main") == "/datasets/N/x/tree/main"
    assert PAGES.tree("main", "d/e") == "/datasets/N/x/tree/main/d/e"
    assert PAGES.blob("main", "a.md") == "/datasets/N/x/blob/main/a.md"
    assert PAGES.resolve("main", "a.md") == "/datasets/N/x/resolve/main/a.md"
    assert PAGES.figures("main", "a.ipynb") == "/datasets/N/x/figure/main/a.ipynb"
    assert PAGES.commit("0" * 40) == "/datasets/N/x/commit/" + "0" * 40
    assert RepoPages(RepoName(RepoKind.MODEL, "N", "x")).card == "/N/x"


def test_a_slash_of_a_branch_is_quoted_and_one_of_a_path_is_not() -> None:
    assert PAGES.blob("refs/pr/1", "d/ä ?#%.md") == (
        "/datasets/N/x/blob/refs%2Fpr%2F1/d/%C3%A4%20%3F%23%25.md"
    )


def test_the_first_page_of_the_history_has_no_number() -> None:
    assert PAGES.commits("main") == PAGES.commits("main", 1) == "/datasets/N/x/commits/main"
    assert PAGES.commits("main", 2) == "/datasets/N/x/commits/main?page=2"


def test_a_list_without_a_query_has_no_question_mark() -> None:
    assert list_address("/datasets") == list_address("/datasets", search="") == "/datasets"
    assert list_address("/datasets", search="a b&c") == "/datasets?search=a+b%26c"
