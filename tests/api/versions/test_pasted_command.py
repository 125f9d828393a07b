"""The command on a card gets a version as it was published."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from huggingnersc.api.versions.snapshot_dataset import snapshot_dataset
from huggingnersc.api.versions.update_version import update_version
from tests.api.iris import catalog_iris, hub_text
from tests.builders import write_tree
from tests.loaders.pasted import blocks, paste

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.conftest import Centre


def pasted(centre: Centre, folder: Path, name: str) -> dict[str, object]:
    """Paste the command for a version; return what `version.json` says."""
    (command,) = [
        block for block in blocks(hub_text(centre, "README.md")) if "--revision" in block
    ]
    assert f"--revision {name} " in command
    paste(command, folder, HF_ENDPOINT=centre.hub.endpoint)
    got = folder / f"iris-{name}"
    assert (got / "README.md").is_file()
    content: dict[str, object] = json.loads((got / "version/version.json").read_bytes())
    return content


def test_command_gets_the_current_version(centre: Centre, tmp_path: Path) -> None:
    site = str(centre.profile)
    data = write_tree(tmp_path / "data", {"a.csv": "1\n"})
    catalog_iris(centre, data_path=data)
    snapshot_dataset("iris", site=site)
    write_tree(data, {"a.csv": "1\n2\n", "b.csv": "3\n"})
    snapshot_dataset("iris", site=site)
    shown = pasted(centre, tmp_path / "visitor", "v2")
    assert (shown["name"], shown["files"]) == ("v2", 2)
    update_version("iris@v2", retired=True, site=site)
    shown = pasted(centre, tmp_path / "later", "v1")
    assert (shown["name"], shown["files"]) == ("v1", 1)
