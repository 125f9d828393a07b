"""Take the pictures of the Hub's pages: real datasets, cataloged by the real command.

    pip install -e '.[browser]'        (and Debian's chromium)
    python images/take_pictures.py

Writes into images/: iris_example_annotated.png, hub_datasets.png, hub_history.png, hub_phone.png.
The catalog is in a folder of the run's own; the pictures name it as it is called at NERSC.
"""

from __future__ import annotations

import base64
import html
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "images"
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FloatRect, Locator, Page

PORT = 8017
CATALOG_ROOT = "/global/cfs/cdirs/dasrepo/ai_ready_datasets"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
MARGIN = 250
HEIGHT = 1180

PROFILE = """name = "nersc"
title = "NERSC"
[hub]
endpoint = "embedded"
organization = "NERSC"
[catalog]
root = "{home}/catalog"
[portal]
url = "https://portal.nersc.gov/cfs/{{project}}/{{rest}}"
path = "/global/cfs/cdirs/{{project}}/www/{{rest}}"
[jupyter]
link = "https://jupyter.nersc.gov/hub/user-redirect/lab/tree{{path}}"
kernel_name = "python3"
kernel_display_name = "NERSC Python"
"""
JETCLASS = "examples/jetclass/jetclass"
COMMANDS = (
    ["JetClass", "jetclass", f"{JETCLASS}_loader.py", "https://portal.nersc.gov/cfs/dasrepo/jetclass",
     f"{JETCLASS}_metadata.json", f"{JETCLASS}_batch.sh", "True",
     "--include", f"{JETCLASS}_environment.yml"],
    ["Fisher's Iris Data", "iris", "examples/iris/iris_loader.py",
     "https://portal.nersc.gov/cfs/dasrepo/iris", "examples/iris/iris_metadata.json"],
)  # fmt: skip


@dataclass(frozen=True)
class Callout:
    """What to point at on the page, and what to say about it."""

    target: Locator
    title: str
    text: str


def main() -> None:
    """Catalog, serve, and take every picture."""
    from playwright.sync_api import sync_playwright

    from huggingnersc.hub_server import running_hub

    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        hub_root = _cataloged(Path(home))
        with running_hub(hub_root, port=PORT, organizations=["NERSC"]) as hub:
            chromium = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=ARGUMENTS
            )
            _annotated_iris(chromium, hub.endpoint, home)
            _add_table(hub.endpoint, hub.token)
            _plain(chromium, f"{hub.endpoint}/datasets", "hub_datasets.png")
            _plain(chromium, f"{hub.endpoint}/datasets/NERSC/iris/commits/main", "hub_history.png")
            _phones(chromium, f"{hub.endpoint}/datasets/NERSC/iris", home)
            chromium.close()


def _cataloged(home: Path) -> Path:
    profile = home / "nersc.toml"
    profile.write_text(PROFILE.format(home=home), encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    environment = {**kept, "HOME": str(home), "XDG_DATA_HOME": str(home / "share")}
    for words in COMMANDS:
        command = [
            sys.executable,
            "main.py",
            "catalog-new-dataset",
            *words,
            "--site",
            str(profile),
        ]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
    return home / "share" / "huggingnersc" / "hub"


def _add_table(endpoint: str, token: str) -> None:
    from huggingface_hub import HfApi

    HfApi(endpoint, token=token).upload_file(
        path_or_fileobj=ROOT / "examples" / "iris" / "data" / "iris.csv",
        path_in_repo="data/iris.csv",
        repo_id="NERSC/iris",
        repo_type="dataset",
        commit_message="Add the table: small enough to travel",
    )


def _page(chromium: Browser, address: str, *, width: int, dark: bool = False) -> Page:
    scheme = "dark" if dark else "light"
    size = {"width": width, "height": 844 if width < 500 else 850}
    page = chromium.new_page(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(address)
    return page


def _plain(chromium: Browser, address: str, name: str) -> None:
    page = _page(chromium, address, width=1280)
    clip: FloatRect = {"x": 0, "y": 0, "width": 1280, "height": 640}
    page.screenshot(path=IMAGES / name, clip=clip)
    print(f"images/{name}")


def _phones(chromium: Browser, address: str, home: str) -> None:
    shots = []
    for dark in (False, True):
        page = _page(chromium, address, width=390, dark=dark)
        _name_as_at_nersc(page, home)
        shots.append(f'<img src="{_data_address(page.screenshot())}">')
    style = "body{margin:0;display:flex;gap:24px;padding:24px;background:#d9d5c9}"
    style += "img{border-radius:18px}"
    _drawn(chromium, f"<style>{style}</style>{''.join(shots)}", 852, 892, "hub_phone.png")


def _annotated_iris(chromium: Browser, endpoint: str, home: str) -> None:
    page = _page(chromium, f"{endpoint}/datasets/NERSC/iris", width=1280)
    _name_as_at_nersc(page, home)
    card = page.locator("article.card")
    line = card.locator("li, tr")
    notebook = line.filter(has_text="Notebook").first
    callouts = (
        Callout(page.locator(".repo-head .badges"), "Tags", "from the metadata; each is a filter"),
        Callout(page.locator("h1"), "Title", "the official name"),
        Callout(line.first, "Where the data lives", "on the file system; below, on the portal"),
        Callout(notebook, "Notebook", "made for it, opens on Jupyter"),
        Callout(card.locator("pre").first, "Loader", "the code that reads the data in place"),
    )
    boxes = [(callout, _box(callout.target)) for callout in callouts]
    clip: FloatRect = {"x": 0, "y": 0, "width": 1280, "height": HEIGHT}
    picture = _data_address(page.screenshot(full_page=True, clip=clip))
    drawing = "".join(_drawing(number, *pair) for number, pair in enumerate(boxes, start=1))
    document = f"""<style>body {{ margin: 0; background: #fff }}
      img, svg {{ position: absolute; top: 0 }} img {{ left: {MARGIN}px }}
      text {{ font-family: Inter, "Liberation Sans", sans-serif; fill: #1a2233 }}</style>
      <img src="{picture}"><svg width="{1280 + MARGIN}" height="{HEIGHT}">{drawing}</svg>"""
    _drawn(chromium, document, 1280 + MARGIN, HEIGHT, "iris_example_annotated.png")


def _box(target: Locator) -> FloatRect:
    """Give the box around what is in the element, in pixels of the page."""
    found: FloatRect = target.evaluate(
        """element => {
          const range = document.createRange()
          range.selectNodeContents(element)
          const all = element.tagName == "PRE" ? element : range
          const {x, y, width, height} = all.getBoundingClientRect()
          return {x, y, width, height}
        }"""
    )
    return found


def _drawing(number: int, callout: Callout, box: FloatRect) -> str:
    x, y = MARGIN + box["x"] - 7, box["y"] - 6
    width, height = box["width"] + 14, box["height"] + 12
    level = y + min(height / 2, 60)
    words = callout.text.split()
    lines = [" ".join(words[:4]), " ".join(words[4:])]
    texts = "".join(
        f'<text x="62" y="{level + 18 + 17 * place}" font-size="13.5">{html.escape(line)}</text>'
        for place, line in enumerate(lines)
    )
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="8" fill="none" '
        'stroke="#c2410c" stroke-width="2.5"/>'
        f'<path d="M{MARGIN - 22} {level}H{x}" stroke="#c2410c" stroke-width="2.5"/>'
        f'<circle cx="34" cy="{level}" r="17" fill="#c2410c"/>'
        f'<text x="34" y="{level + 6}" font-size="17" font-weight="700" text-anchor="middle" '
        f'style="fill:#fff">{number}</text>'
        f'<text x="62" y="{level - 1}" font-size="16" font-weight="700">{callout.title}</text>'
        + texts
    )


def _name_as_at_nersc(page: Page, home: str) -> None:
    """Write the run's catalog folder as it is called at NERSC, in texts and links."""
    page.evaluate(
        """([own, theirs]) => {
          const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
          while (texts.nextNode()) {
            const node = texts.currentNode
            node.nodeValue = node.nodeValue.replaceAll(own, theirs)
          }
        }""",
        [f"{home}/catalog", CATALOG_ROOT],
    )


def _drawn(chromium: Browser, document: str, width: int, height: int, name: str) -> None:
    page = chromium.new_page(viewport={"width": width, "height": height})
    page.set_content(document)
    page.screenshot(path=IMAGES / name)
    print(f"images/{name}")


def _data_address(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


if __name__ == "__main__":
    main()
