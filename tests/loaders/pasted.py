"""What a visitor does with a card: copy its commands, paste them into a shell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

from markdown_it import MarkdownIt

from huggingnersc import catalog_new_dataset
from tests.builders import CENTRE_PROFILE, IRIS, write_tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.hub_server import RunningHub


def published(
    hub: RunningHub, place: Path, scripts: Mapping[str, str], **more: Any
) -> dict[str, str]:
    """Catalog iris with its loader, the first of the scripts; return its files on the Hub."""
    write_tree(place, scripts)
    profile = place / "centre.toml"
    (place / "catalog").mkdir()
    root = place / "catalog"
    profile.write_text(CENTRE_PROFILE.format(endpoint=hub.endpoint, root=root), encoding="utf-8")
    catalog_new_dataset(
        "Fisher's Iris Data",
        "iris",
        place / next(iter(scripts)),
        "https://portal.example.org/iris",
        IRIS / "iris_metadata.json",
        site=str(profile),
        **more,
    )
    address = f"{hub.endpoint}/datasets/NERSC/iris/resolve/main"
    files = {}
    for name in ("README.md", *scripts):
        with urlopen(f"{address}/{name.replace(' ', '%20')}") as answer:
            files[name] = answer.read().decode()
    return files


def blocks(card: str) -> list[str]:
    """Return the commands on a card: its blocks of bash that are no script."""
    tokens = MarkdownIt("commonmark").parse(card)
    fences = [token.content for token in tokens if token.type == "fence" and token.info == "bash"]
    return [text for text in fences if not text.startswith(("#", "set"))]


def paste(commands: str, folder: Path, **environment: str) -> str:
    """Run commands as a person pastes them, in an empty folder; return what is printed."""
    folder.mkdir()
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "--norc", "-euo", "pipefail", "-c", commands],
        cwd=folder,
        env={"PATH": path, "HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
