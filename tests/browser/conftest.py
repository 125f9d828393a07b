"""A real Chromium, and a record of all it asked for and complained about."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.data_contents import fill_data
from tests.hub_contents import filled_hub, served

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from playwright.sync_api import Browser, Page

_LOOPS: list[asyncio.AbstractEventLoop] = []  # that of Playwright, while no test uses it
CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-software-rasterizer",  # pages need no WebGL
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@dataclass
class Window:
    """A page that remembers what it asked for and complained about."""

    page: Page
    address: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def outside(self) -> list[str]:
        """Addresses asked for that are not ours."""
        return [url for url in self.requests if not url.startswith(self.address + "/")]

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Hide Playwright's event loop, which runs on, from the tests of other folders."""
    if item.path.parent != Path(__file__).parent:
        return (yield)
    asyncio._set_running_loop(_LOOPS.pop() if _LOOPS else None)
    try:
        return (yield)
    finally:
        if (loop := asyncio._get_running_loop()) and not loop.is_closed():
            _LOOPS.append(loop)
        asyncio._set_running_loop(None)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    if find_spec("playwright") is None:
        pytest.skip("playwright is not installed: pip install -e '.[browser]'")
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    hub = filled_hub(tmp_path_factory.mktemp("site"))
    if find_spec("pyarrow") is not None:
        fill_data(hub)
    with served(hub) as address:
        yield address


@pytest.fixture(params=["wide light", "phone dark"])
def window(request: pytest.FixtureRequest, chromium: Browser, site: str) -> Iterator[Window]:
    shape, scheme = request.param.split()
    size = (1280, 850) if shape == "wide" else (390, 844)
    context = chromium.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
    )
    opened = Window(context.new_page(), site)
    opened.page.on("request", lambda sent: opened.requests.append(sent.url))
    opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.page.on(
        "console",
        lambda said: opened.complaints.append(said.text) if said.type != "log" else None,
    )
    yield opened
    context.close()
