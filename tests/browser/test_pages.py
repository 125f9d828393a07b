from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hub_contents import LONG_NAME

if TYPE_CHECKING:
    from tests.browser.conftest import Window

pytestmark = pytest.mark.system("chromium")

IRIS = "/datasets/NERSC/iris"
LONG = f"/datasets/NERSC/{LONG_NAME}"
PATHS = [
    "/",
    "/datasets",
    "/datasets?filter=climate&filter=license:mit&search=climate",
    "/models",
    "/NERSC",
    IRIS,
    f"{IRIS}/tree/main",
    f"{IRIS}/blob/main/iris_loader.py",
    f"{IRIS}/blob/main/data/iris.csv",
    f"{IRIS}/blob/main/iris.ipynb",
    f"{IRIS}/commits/main",
    f"{IRIS}/commit/main",
    LONG,
    f"{LONG}/tree/main",
    f"{LONG}/tree/main/deep/deep/deep/deep/deep/deep/deep/deep",
    f"{LONG}/blob/main/wide.csv",
    f"{LONG}/commit/main",
    "/datasets/NERSC/empty",
]


def test_a_reader_finds_a_dataset_and_reads_all_of_it(window: Window) -> None:
    page = window.page
    window.open("/")
    page.get_by_role("search").get_by_role("searchbox").fill("iris")
    page.get_by_role("button", name="Search").click()
    assert page.get_by_role("status").inner_text() == "1 dataset found"
    page.get_by_text("License", exact=True).first.click()
    page.get_by_role("group", name="Filters").get_by_role("link", name="cc-by-4.0").click()
    assert "filter=license%3Acc-by-4.0" in page.url
    page.get_by_role("link", name="Iris flower classification").click()
    assert page.get_by_role("heading", name="Where the data lives").is_visible()
    square = page.get_by_role("img", name="A square")
    assert square.evaluate("picture => picture.naturalWidth") == 64
    page.get_by_role("article").get_by_role("link", name="iris_loader.py").click()
    assert page.locator("#L1").is_visible()
    repository = page.get_by_role("navigation", name="Repository")
    repository.get_by_role("link", name="Files").click()
    page.get_by_role("link", name="data (folder)").click()
    page.get_by_role("link", name="iris.csv").click()
    assert page.get_by_role("columnheader", name="species").count() == 1
    repository.get_by_role("link", name="History").click()
    page.get_by_role("link", name="Read the folder from the environment").click()
    assert page.locator("tr.added").count() == 3
    assert (window.complaints, window.outside()) == ([], [])


def test_every_page_fits_its_window_and_asks_only_us(window: Window) -> None:
    too_wide = {}
    for path in PATHS:
        window.open(path)
        too_wide[path] = window.overflow()
    assert [path for path, pixels in too_wide.items() if pixels > 0] == []
    assert (window.complaints, window.outside()) == ([], [])


def test_hostile_content_does_nothing(window: Window) -> None:
    window.page.on("dialog", lambda dialog: window.complaints.append(dialog.message))
    for path in ("", "/tree/main", "/commit/main", "/blob/main/evil.ipynb"):
        window.open(f"/datasets/NERSC/hostile{path}")
        window.page.wait_for_load_state("networkidle")
        assert window.page.title().endswith("NERSC/hostile · HuggingNERSC Hub")
    assert window.outside() == []
    # A picture named `x` is asked for from the repository, and is not there: that alone is said.
    assert [said for said in window.complaints if "404" not in said] == []


def test_the_keyboard_reaches_the_content_first(window: Window) -> None:
    window.open(IRIS)
    window.page.keyboard.press("Tab")
    skip = window.page.locator(":focus")
    assert skip.inner_text() == "Skip to the content"
    assert skip.bounding_box() is not None
    window.page.keyboard.press("Enter")
    assert window.page.locator(":focus").get_attribute("id") == "main"


def test_one_click_selects_a_whole_snippet(window: Window) -> None:
    window.open(IRIS)
    snippet = window.page.locator("pre.pick").last
    snippet.click()
    assert window.page.evaluate("getSelection().toString()").strip() == snippet.inner_text()


def test_the_colours_follow_the_reader_s_choice(window: Window) -> None:
    window.open("/")
    ground = window.page.evaluate("getComputedStyle(document.body).backgroundColor")
    dark = window.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert ground == ("rgb(18, 21, 29)" if dark else "rgb(246, 244, 238)")


def test_a_page_that_is_not_there_helps_further(window: Window) -> None:
    window.open("/datasets/NERSC/nothing")
    window.page.get_by_role("link", name="All datasets").click()
    assert window.page.get_by_role("heading", name="Datasets").is_visible()
