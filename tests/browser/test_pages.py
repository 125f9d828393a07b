from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hub_contents import LONG_NAME

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.conftest import Window

pytestmark = pytest.mark.system("chromium")

AT_A_DESK = pytest.mark.parametrize("window", ["wide light"], indirect=True)
ON_A_PHONE = pytest.mark.parametrize("window", ["phone dark"], indirect=True)
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
    f"{IRIS}/discussions",
    f"{IRIS}/discussions?status=closed",
    f"{IRIS}/discussions/1",
    f"{IRIS}/discussions/2",
    LONG,
    f"{LONG}/tree/main",
    f"{LONG}/tree/main/deep/deep/deep/deep/deep/deep/deep/deep",
    f"{LONG}/blob/main/wide.csv",
    f"{LONG}/commit/main",
    "/datasets/NERSC/empty",
    "/datasets/NERSC/measured",
    "/datasets/NERSC/measured/data",
    "/datasets/NERSC/measured/data-files/main?folder=year-1990",
    "/datasets/NERSC/pictured/data",
    "/datasets/NERSC/modeled/data",
    "/datasets/NERSC/odd/data",
]


def test_a_reader_finds_a_dataset_and_reads_all_of_it(window: Window) -> None:
    page = window.page
    window.open("/")
    page.get_by_role("search").get_by_role("searchbox").fill("iris")
    page.get_by_role("button", name="Search").click()
    assert page.get_by_role("status").inner_text() == "1 dataset found"
    page.get_by_role("button", name="License").click()
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


LINES_OF_CELLS = """cells => cells.map(cell => {
  const range = document.createRange();
  range.selectNodeContents(cell);
  return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size;
})"""


def test_numbers_in_the_table_of_a_notebook_stay_on_one_line(window: Window) -> None:
    window.open(f"{LONG}/blob/main/frame.ipynb")
    numbers = window.page.locator(".output td", has_text="e-05")
    assert numbers.evaluate_all(LINES_OF_CELLS) == [1] * (3 * 24)
    assert window.overflow() <= 0


def test_long_names_of_files_leave_the_headings_whole(window: Window) -> None:
    window.open("/datasets/NERSC/odd/data")
    headings = window.page.locator(".data-files thead th:visible")
    lines = headings.evaluate_all(LINES_OF_CELLS)
    assert lines == [1] * len(lines)
    assert len(lines) >= 3


def test_hostile_content_does_nothing(window: Window) -> None:
    window.page.on("dialog", lambda dialog: window.complaints.append(dialog.message))
    for path in ("", "/tree/main", "/commit/main", "/blob/main/evil.ipynb"):
        window.open(f"/datasets/NERSC/hostile{path}")
        window.page.wait_for_load_state("networkidle")
        assert window.page.title().endswith("NERSC/hostile · HuggingNERSC Hub")
        described = window.page.locator("head > script[type='application/ld+json']")
        assert described.count() == (path == "")
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
    snippet = window.page.locator("pre.pick").first
    snippet.click()
    assert window.page.evaluate("getSelection().toString()").strip() == snippet.inner_text()


@AT_A_DESK
def test_a_copy_button_copies_what_it_stands_beside(window: Window) -> None:
    window.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    window.open(IRIS)
    snippet = window.page.locator("pre.pick").first
    window.page.get_by_role("button", name="Copy Load in Python").click()
    window.page.get_by_role("status").filter(has_text="Copied").wait_for(state="attached")
    assert window.page.evaluate("navigator.clipboard.readText()") == snippet.inner_text()
    assert (window.complaints, window.outside()) == ([], [])


@AT_A_DESK
@pytest.mark.attack("pasted commands")
def test_a_copy_button_stands_beside_code_that_reads_as_it_is_copied(window: Window) -> None:
    window.open("/datasets/NERSC/hostile/blob/main/commands.md")
    codes = window.page.locator(".prose pre")
    assert codes.count() == 5
    buttons = window.page.locator(".copy-frame:has(button)")
    assert [frame.locator("pre").inner_text().strip() for frame in buttons.all()] == ["/plain"]
    assert codes.last.evaluate("pre => getComputedStyle(pre).direction") == "ltr"


@AT_A_DESK
def test_where_the_clipboard_is_refused_the_old_way_copies(window: Window) -> None:
    window.page.add_init_script("delete Navigator.prototype.clipboard")
    window.open(IRIS)
    window.page.get_by_role("button", name="Copy the path").click()
    window.page.get_by_role("status").filter(has_text="Copied").wait_for(state="attached")
    path = "/global/cfs/cdirs/dasrepo/www/iris"
    assert window.page.evaluate("getSelection().toString()") == path


@AT_A_DESK
def test_a_menu_opens_by_the_keyboard_and_closes_on_escape_and_on_a_click_outside(
    window: Window,
) -> None:
    window.open("/datasets")
    button = window.page.get_by_role("button", name="License")
    option = window.page.get_by_role("group", name="Filters").get_by_role("link", name="cc-by-4.0")
    button.press("Enter")
    assert option.is_visible()
    window.page.keyboard.press("Tab")
    assert option.page.locator(":focus").get_attribute("href")
    window.page.keyboard.press("Escape")
    assert not option.is_visible()
    assert button.evaluate("button => button === document.activeElement")
    button.click()
    assert option.is_visible()
    window.page.locator("h1").click()
    assert not option.is_visible()


@ON_A_PHONE
def test_the_data_comes_before_the_card(window: Window) -> None:
    window.open(IRIS)
    lead, card = (window.page.locator(one).bounding_box() for one in (".lead", "article.card"))
    assert lead is not None
    assert card is not None
    assert lead["y"] + lead["height"] <= card["y"]


def test_the_colours_follow_the_reader_s_choice(window: Window) -> None:
    window.open("/")
    ground = window.page.evaluate("getComputedStyle(document.body).backgroundColor")
    dark = window.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert ground == ("rgb(18, 21, 29)" if dark else "rgb(246, 244, 238)")


def test_a_page_that_is_not_there_helps_further(window: Window) -> None:
    window.open("/datasets/NERSC/nothing")
    window.page.get_by_role("link", name="All datasets").click()
    assert window.page.get_by_role("heading", name="Datasets").is_visible()


def test_without_scripts_nothing_is_dead(chromium: Browser, site: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site + IRIS)
    assert page.get_by_role("button").count() == 0
    page.goto(f"{site}/datasets")
    page.get_by_role("button", name="License").click()
    page.get_by_role("group", name="Filters").get_by_role("link", name="cc-by-4.0").click()
    assert page.get_by_role("status").inner_text() == "1 dataset found"
    context.close()


def test_paper_has_the_whole_card_and_the_addresses_of_its_links(
    chromium: Browser, site: str
) -> None:
    page = chromium.new_page(color_scheme="dark")
    page.goto(site + IRIS)
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    for hidden in ("header.top", ".tabs", ".copy", "footer"):
        assert not page.locator(hidden).first.is_visible()
    cut = "[...document.querySelectorAll('article pre')].map(e => e.scrollHeight - e.clientHeight)"
    assert max(page.evaluate(cut)) <= 2
    link = page.get_by_role("article").get_by_role("link", name="portal.nersc.gov")
    after = link.evaluate("link => getComputedStyle(link, '::after').content")
    assert "https://portal.nersc.gov/cfs/dasrepo/iris" in after
    page.close()
