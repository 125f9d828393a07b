"""A catalog as a static site, served by nginx below a folder of a portal and used in Chromium."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urldefrag, urljoin, urlsplit

import pytest

from huggingnersc import export_catalog
from huggingnersc.hub_server.web import list_pages
from tests.api.conftest import Centre
from tests.api.hub.exported import Links, catalog_many, pages_of
from tests.browser.conftest import Window
from tests.builders import CENTRE_PROFILE
from tests.portal_server import needs_nginx, portal

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from huggingnersc.hub_server import RunningHub

pytestmark = [pytest.mark.system("chromium"), needs_nginx]
PREFIX = "/cfs/dasrepo/the%20catalog/"


@pytest.fixture
def exported(hub: RunningHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a portal with an export of six datasets, four on a page of the list."""
    profile, catalog = tmp_path / "centre.toml", tmp_path / "catalog"
    catalog.mkdir()
    profile.write_text(CENTRE_PROFILE.format(endpoint=hub.endpoint, root=catalog))
    monkeypatch.setenv("HF_TOKEN", hub.token)
    monkeypatch.setattr(list_pages, "PAGE_LENGTH", 4)
    catalog_many(Centre(profile, catalog, hub), 6)
    www = tmp_path / "www"
    export_catalog(www / "cfs/dasrepo/the catalog", site=str(profile))
    return www


def opened(chromium: Browser, address: str, **options: object) -> Window:
    context = chromium.new_context(ignore_https_errors=True, **options)  # type: ignore[arg-type]
    window = Window(context.new_page(), address)
    window.page.on("request", lambda sent: window.requests.append(sent.url))
    window.page.on("pageerror", lambda error: window.complaints.append(str(error)))
    window.page.on("console", lambda said: window.complaints.append(f"{said.type}: {said.text}"))
    return window


def test_a_visitor_finds_a_dataset_and_every_link_works(
    chromium: Browser, exported: Path, tmp_path: Path
) -> None:
    own = tmp_path / "portal"
    own.mkdir()
    with portal(own, exported) as (address, _):
        window = opened(chromium, address)
        page = window.page
        window.open(PREFIX)
        page.get_by_role("searchbox").fill("run-05")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("status").filter(has_text="1 dataset found").wait_for()
        page.get_by_role("link", name="Climate run 5").click()
        assert page.get_by_role("heading", level=1).count() == 1
        page.get_by_role("link", name="Files", exact=True).click()
        page.get_by_role("link", name="iris_loader.py").click()
        assert page.locator("#L1").is_visible()
        page.get_by_role("link", name="Datasets", exact=True).click()
        assert page.locator("li.slip").count() == 4
        page.get_by_role("link", name="Next").click()
        assert page.locator("li.slip").count() == 2
        page.get_by_role("link", name="tabular-classification").first.click()
        page.get_by_role("status").filter(has_text="6 datasets found").wait_for()
        statuses = {
            target: page.request.get(target).status
            for target in addresses_of(exported, address)
            if target.startswith(f"{address}/")
        }
        assert {target: code for target, code in statuses.items() if code != 200} == {}
        assert len(statuses) > 6 * 4
        visit_all(window, exported, address)
        assert (window.complaints, window.outside()) == ([], [])
        window.page.context.close()
        assert rows_without_script(chromium, f"{address}{PREFIX}datasets/?search=nothing") == 4


def rows_without_script(chromium: Browser, address: str) -> int:
    window = opened(chromium, address, java_script_enabled=False)
    window.open("")
    rows = window.page.locator("li.slip").count()
    window.page.context.close()
    return rows


def visit_all(window: Window, exported: Path, address: str) -> None:
    """Open one page of each kind."""
    kinds: dict[str, Path] = {}
    for file in pages_of(exported):
        kinds.setdefault(re.sub(r"iris|run-\d+", "*", "/".join(file.parts[-4:-1])), file)
    for file in kinds.values():
        path = str(file.parent.relative_to(exported)).replace(" ", "%20")
        window.open(f"/{path}/")
        assert window.page.get_by_role("main").is_visible()


def addresses_of(exported: Path, address: str) -> set[str]:
    """Return what all pages link, as a browser reads it."""
    found = set()
    for file, html in pages_of(exported).items():
        base = f"{address}/{quote(str(file.parent.relative_to(exported)))}/"
        found |= {urldefrag(urljoin(base, link))[0] for link in Links(html).found}
    return {one for one in found if urlsplit(one).scheme == "https"}
