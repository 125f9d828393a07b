from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING
from urllib.robotparser import RobotFileParser

import pytest

from huggingnersc.assets import asset
from huggingnersc.hub_server.web.page_script import SCRIPT_SOURCE
from huggingnersc.hub_server.web.rendering import POLICY
from tests.hub_contents import TOKEN

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


def test_the_policy_allows_only_the_hub_s_own_styles_pictures_and_one_script() -> None:
    assert POLICY.startswith("default-src 'none'; img-src 'self'; style-src 'self'; ")
    assert "unsafe" not in POLICY
    assert re.findall(r"script-src ([^;]*);", POLICY) == [SCRIPT_SOURCE]


def test_the_script_that_may_run_is_the_one_that_every_page_carries(browser: Browser) -> None:
    (script,) = re.findall(r"<script>(.*?)</script>", browser.get("/").html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"'sha256-{digest}'" == SCRIPT_SOURCE


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_trusts_text_or_contains_scripts_or_styles(template: object) -> None:
    text = str(template.read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    text = text.replace("<script>{{ page_script() }}</script>", "", 1)
    text = text.replace('<script type="application/ld+json">{{ page.json_ld }}</script>', "", 1)
    assert not re.search(r"\|\s*safe|Markup|<script|<style|\sstyle=|\son[a-z]+=|https?://", text)


@pytest.mark.parametrize("path", ["/-/style.css", "/-/mark.svg"])
def test_a_static_file_is_sent_once(browser: Browser, path: str) -> None:
    first = browser.get(path)
    again = browser.get(path, If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert "immutable" not in first.headers["cache-control"]


def test_the_address_of_the_stylesheet_names_its_content(browser: Browser) -> None:
    found = re.search(r'<link rel="stylesheet" href="(/-/style\.[0-9a-f]{20}\.css)">',
                      browser.get("/").html)  # fmt: skip
    assert found
    kept, plain = browser.get(found[1]), browser.get("/-/style.css")
    assert kept.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in kept.headers["cache-control"]
    assert (kept.body, kept.headers["etag"]) == (plain.body, plain.headers["etag"])
    assert browser.get(f"/-/style.{'0' * 20}.css").status == 404


@pytest.mark.parametrize("path", ["/", "/datasets", "/datasets/NERSC/iris"])
def test_a_page_is_sent_again_only_when_it_has_changed(browser: Browser, path: str) -> None:
    first = browser.get(path)
    again = browser.get(path, If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["cache-control"] == first.headers["cache-control"] == "private, no-cache"
    assert again.headers["content-security-policy"] == POLICY
    assert browser.get(path, If_None_Match='W/"other"').body == first.body


@pytest.mark.attack("accounts")
def test_a_page_that_may_no_longer_be_seen_is_not_confirmed(browser: Browser) -> None:
    path = "/datasets/NERSC/secret"
    seen = browser.get(path, Authorization=f"Bearer {TOKEN}")
    assert (seen.status, "Authorization" in seen.headers["vary"]) == (200, True)
    for etag in (seen.headers["etag"], "*"):
        assert browser.get(path, If_None_Match=etag).status == 404
    again = browser.get(path, Authorization=f"Bearer {TOKEN}", If_None_Match=seen.headers["etag"])
    assert again.status == 304


def test_a_page_that_failed_has_no_etag(browser: Browser) -> None:
    assert "etag" not in browser.get("/datasets/NERSC/nothing").headers


def test_crawlers_are_kept_from_files_and_histories(browser: Browser) -> None:
    answer = browser.get("/robots.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    robots = RobotFileParser()
    robots.parse(answer.html.splitlines())
    assert robots.can_fetch("any", "/datasets/NERSC/iris")
    assert not robots.can_fetch("any", "/api/datasets")
    assert "Disallow: /*/commit/\n" in answer.html


def test_the_icon_that_browsers_ask_for_is_the_mark(browser: Browser) -> None:
    answer = browser.get("/favicon.ico")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.body == browser.get("/-/mark.svg").body


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/datasets/", "/datasets"),
        ("/NERSC/", "/NERSC"),
        ("/datasets/NERSC/iris/", "/datasets/NERSC/iris"),
        ("/datasets/NERSC/iris/?x=1&y=2", "/datasets/NERSC/iris?x=1&y=2"),
        ("/NERSC/iris/commits/dev%2Fx//", "/NERSC/iris/commits/dev%2Fx"),
        ("//evil.example/", "/evil.example"),
        ("/%2F/evil.example/", "/%2F/evil.example"),
        ("/%5C%5Cevil.example/", "/%5C%5Cevil.example"),
        ("/\\\\evil.example/", "/%5C%5Cevil.example"),
        ("/a%0D%0AX-Evil:%201/", "/a%0D%0AX-Evil:%201"),
    ],
)
def test_a_slash_at_the_end_leads_to_the_page_on_this_hub(
    browser: Browser, path: str, location: str
) -> None:
    answer = browser.get(path)
    assert (answer.status, answer.headers["location"]) == (308, location)


def test_a_folder_may_be_written_with_a_slash(browser: Browser) -> None:
    assert browser.get("/datasets/NERSC/iris/tree/main/data/").status == 200


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
        for block in re.findall(r":root \{(.*?)\}", css, re.DOTALL)[:2]  # the third is paper
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
