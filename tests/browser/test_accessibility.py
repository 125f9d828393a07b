"""Every kind of page, looked at by axe-core: what keeps people from reading or using it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.hub_server.web.routes import REPOSITORY, SITE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.system("chromium")

IRIS = "/datasets/NERSC/iris"
WIDE = {"width": 1280, "height": 850}
PHONE = {"width": 390, "height": 844}
ALL_RULES: dict[str, object] = {"resultTypes": ["violations"], "preload": False}
BY_COLOR: dict[str, object] = {**ALL_RULES, "runOnly": ["color-contrast", "link-in-text-block"]}
BY_SHAPE: dict[str, object] = {**ALL_RULES, "runOnly": ["scrollable-region-focusable"]}
LOOKS = (
    ("wide light", WIDE, "light", ALL_RULES),
    ("wide dark", WIDE, "dark", BY_COLOR),
    ("phone dark", PHONE, "dark", BY_SHAPE),
)

PAGES = {
    "home": ["/"],
    "datasets": [
        "/datasets?filter=climate&search=climate-07",
        "/datasets?search=nothing-of-this-name",
    ],
    "models": ["/models"],
    "spaces": ["/spaces"],
    "owner": ["/NERSC"],
    "card": [IRIS, "/datasets/NERSC/empty", "/NERSC/tagger"],
    "tree": [f"{IRIS}/tree/main"],
    "blob": [
        "/datasets/NERSC/hostile/blob/main/cells.csv",
        f"{IRIS}/blob/main/iris.ipynb",
        f"{IRIS}/blob/main/README.md",
        f"{IRIS}/blob/main/pictures/square.png",
        "/datasets/NERSC/hostile/blob/main/evil.html",
    ],
    "data": [
        "/datasets/NERSC/measured/data",
        "/datasets/NERSC/pictured/data",
        "/datasets/NERSC/modeled/data",
        "/datasets/NERSC/odd/data",
    ],
    "data_files": [
        "/datasets/NERSC/measured/data-files/main?folder=year-1990",
        "/datasets/NERSC/measured/data-files/main?find=nothing-of-this-name",
    ],
    "commits": [f"{IRIS}/commits/main"],
    "commit": [f"{IRIS}/commit/main"],
    "discussions": [f"{IRIS}/discussions", f"{IRIS}/discussions?status=closed"],
    "discussion": [f"{IRIS}/discussions/1", f"{IRIS}/discussions/2"],
    "error": ["/datasets/NERSC/nothing"],
}
NO_PAGES = {"static", "figure", "thumbnail", "robots", "favicon"}
"""Views that answer with a file."""


@pytest.fixture(scope="module")
def reader(chromium: Browser) -> Iterator[Page]:
    if find_spec("axe_playwright_python") is None:
        pytest.skip("axe-core is not installed: pip install -e '.[browser]'")
    import axe_playwright_python

    context = chromium.new_context()
    context.add_init_script(path=Path(axe_playwright_python.__file__).with_name("axe.min.js"))
    yield context.new_page()
    context.close()


def test_every_kind_of_page_is_looked_at() -> None:
    assert {*SITE.values(), *REPOSITORY.values()} - NO_PAGES <= set(PAGES)


@pytest.mark.parametrize("kind", PAGES)
def test_no_page_keeps_anyone_out(reader: Page, site: str, kind: str) -> None:
    found = []
    for path in PAGES[kind]:
        reader.goto(site + path)
        for look, size, scheme, options in LOOKS:
            reader.set_viewport_size(size)  # type: ignore[arg-type]
            reader.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found += [f"{path} ({look}): {one}" for one in violations(reader, options)]
    assert found == []


def test_an_open_menu_keeps_no_one_out(reader: Page, site: str) -> None:
    reader.goto(f"{site}/datasets?search=iris")
    reader.get_by_role("button", name="License").click()
    assert violations(reader, ALL_RULES) == []


def violations(page: Page, options: dict[str, object]) -> list[str]:
    """Each barrier that axe finds: its rule and the elements."""
    result: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{one['id']} ({one['help']}): {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in result["violations"]
    ]
