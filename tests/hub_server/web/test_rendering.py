from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from huggingnersc.assets import asset
from huggingnersc.hub_server.web.rendering import POLICY

if TYPE_CHECKING:
    from tests.hub_server.web.conftest import Browser

PAGES = ["/", "/datasets", "/models", "/NERSC", "/datasets/NERSC/iris", "/unknown"]
TEMPLATES = sorted((asset("templates") / "hub").glob("*.html"))


@pytest.mark.parametrize("path", PAGES)
def test_every_page_carries_the_strict_policy(browser: Browser, path: str) -> None:
    headers = browser.get(path).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "set-cookie" not in headers


def test_the_policy_allows_only_the_hub_s_own_styles_and_pictures() -> None:
    assert POLICY.startswith("default-src 'none'; img-src 'self'; style-src 'self'; ")
    assert "unsafe" not in POLICY
    assert "script-src" not in POLICY


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_trusts_text_or_contains_scripts_or_styles(template: object) -> None:
    text = str(template.read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    assert not re.search(r"\|\s*safe|Markup|<script|<style|\sstyle=|\son[a-z]+=|https?://", text)


def test_the_stylesheet_is_sent_once(browser: Browser) -> None:
    first = browser.get("/-/style.css")
    assert first.headers["content-type"] == "text/css; charset=utf-8"
    again = browser.get("/-/style.css", If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")


def test_the_stylesheet_loads_nothing() -> None:
    css = (asset("templates") / "hub" / "style.css").read_text(encoding="utf-8")
    assert "@import" not in css
    assert "url(" not in css


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_landmarks_one_first_heading_and_a_way_past_the_menu(
    browser: Browser, path: str
) -> None:
    html = browser.get(path).html
    assert html.count("<h1") == 1
    assert html.count("<main") == html.count("<header") == html.count("<footer") == 1
    assert '<a class="skip" href="#main">' in html
    assert '<html lang="en">' in html
    assert all('aria-label="' in nav for nav in re.findall(r"<nav[^>]*>", html))
    ids = re.findall(r'\sid="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    for field in re.findall(r'<input id="([^"]*)"', html):
        assert f'for="{field}"' in html


def colors(css: str) -> list[dict[str, str]]:
    """The color variables, light and dark."""
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
        for block in re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    )
    return [light, light | dark]


def contrast(first: str, second: str) -> float:
    """The contrast of two colors as WCAG 2 defines it, from 1 to 21."""
    shares = []
    for color in (first, second):
        parts = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        shares.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(shares) + 0.05) / (min(shares) + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "grounds"),
    [
        ("ink", "paper sheet code accent-soft warn added removed"),
        ("soft", "paper sheet code accent-soft"),
        ("accent", "paper sheet accent-soft"),
        ("sheet", "accent"),
        ("night-ink", "night"),
        ("night-soft", "night"),
        ("added-ink", "added sheet paper"),
        ("removed-ink", "removed sheet paper"),
        *((letter, "code sheet added removed warn") for letter in "cksmfbt"),
    ],
)
def test_text_has_enough_contrast_on_every_background(scheme: int, ink: str, grounds: str) -> None:
    found = colors((asset("templates") / "hub" / "style.css").read_text(encoding="utf-8"))[scheme]
    for ground in grounds.split():
        assert contrast(found[ink], found[ground]) >= 4.5, ground


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_the_edge_of_a_control_can_be_seen(scheme: int) -> None:
    found = colors((asset("templates") / "hub" / "style.css").read_text(encoding="utf-8"))[scheme]
    assert contrast(found["strong-line"], found["sheet"]) >= 3
    assert contrast(found["strong-line"], found["paper"]) >= 3
