"""A catalog that was exported as a static site, and what its pages link."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from tests.api.iris import catalog_iris
from tests.builders import IRIS

if TYPE_CHECKING:
    from tests.api.conftest import Centre


def catalog_many(centre: Centre, count: int) -> None:
    """Catalog iris, and datasets `run-01` and so on with the same loader."""
    catalog_iris(centre)
    metadata = json.loads((IRIS / "iris_metadata.json").read_text(encoding="utf-8"))
    for number in range(1, count):
        nickname = f"run-{number:02}"
        metadata["datacard_tags"]["pretty_name"] = f"Climate run {number}"
        metadata["other_info"]["nickname"] = nickname
        file = centre.catalog.parent / f"{nickname}.json"
        file.write_text(json.dumps(metadata), encoding="utf-8")
        catalog_iris(
            centre, official_name=f"Climate run {number}", nickname=nickname, metadata_json=file
        )


class Links(HTMLParser):
    """The links, pictures, styles and scripts of a page, and the actions of its forms."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in {"href", "src", "action"}]


def pages_of(folder: Path) -> dict[Path, str]:
    return {file: file.read_text(encoding="utf-8") for file in sorted(folder.rglob("*.html"))}


def broken_links(folder: Path) -> dict[str, list[str]]:
    """What each page links below the site that is not there, as nginx would look for it."""
    found = {}
    for page, html in pages_of(folder).items():
        lost = [link for link in Links(html).found if not _is_there(link, page, folder)]
        if lost:
            found[str(page.relative_to(folder))] = lost
    return found


def _is_there(link: str, page: Path, folder: Path) -> bool:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True
    if not parts.path:
        return True
    target = (page.parent / unquote(parts.path)).resolve()
    if not target.is_relative_to(folder.resolve()) or parts.path.startswith("/"):
        return False
    return (target / "index.html").is_file() if parts.path.endswith("/") else target.is_file()


def read_json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))
