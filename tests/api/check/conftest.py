"""A computing center whose data everyone may read, with one dataset without a fault."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import HfApi

from huggingnersc import catalog_new_dataset
from tests.builders import IRIS, write_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.hub_server import RunningHub

PROFILE = """\
name = "centre"
title = "the centre"

[hub]
organization = "NERSC"
endpoint = "{endpoint}"

[catalog]
root = "{place}/catalog"

[portal]
url = "https://portal.example.org/cfs/{{project}}/{{rest}}"
path = "{place}/cfs/{{project}}/www/{{rest}}"

[[notes]]
path = "{place}/scratch"
text = "purged after 8 weeks"
level = "warning"
"""


@dataclass(frozen=True)
class Kept:
    """The computing center: its folder, profile and Hub, and the path of the data of iris."""

    place: Path
    profile: Path
    data: Path
    hub: RunningHub

    @property
    def site(self) -> str:
        return str(self.profile)

    @property
    def folder(self) -> Path:
        return self.place / "catalog/iris"

    @property
    def record(self) -> Path:
        return self.folder / "iris_info.json"

    @property
    def api(self) -> HfApi:
        return HfApi(endpoint=self.hub.endpoint, token=self.hub.token)


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that everyone may enter; those of pytest are the user's alone."""
    place = Path(tempfile.mkdtemp(prefix="huggingnersc-open-"))
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


@pytest.fixture
def kept(open_place: Path, hub: RunningHub, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """Iris, cataloged, its data readable for all; the loader mentions a file beside the data."""
    monkeypatch.setenv("HF_TOKEN", hub.token)
    data = open_place / "cfs/dasrepo/www/iris"
    write_tree(
        open_place,
        {
            "centre.toml": PROFILE.format(endpoint=hub.endpoint, place=open_place),
            "cfs/dasrepo/www/iris/iris.csv": "1,2\n",
            "cfs/dasrepo/www/iris/more/part.csv": "3,4\n",
            "cfs/dasrepo/calibration.txt": "1\n",
            "scratch/iris.csv": "1,2\n",
            "job.sh": "#!/bin/bash\n#SBATCH --nodes=1\necho\n",
            "loader.py": f'open("{open_place}/cfs/dasrepo/calibration.txt")\n',
        },
    )
    (open_place / "catalog").mkdir()
    for path in open_place.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    kept = Kept(open_place, open_place / "centre.toml", data, hub)
    catalog(kept)
    return kept


def catalog(kept: Kept, *, private: bool = False, nickname: str = "iris") -> None:
    """Catalog iris at the computing center."""
    metadata = write_tree(
        kept.place,
        {
            "meta.json": (IRIS / "iris_metadata.json")
            .read_text()
            .replace('"iris"', f'"{nickname}"')
        },
    )
    catalog_new_dataset(
        "Fisher's Iris Data",
        nickname,
        kept.place / "loader.py",
        "https://portal.example.org/cfs/dasrepo/iris",
        metadata / "meta.json",
        kept.place / "job.sh",
        job_notebook=True,
        private=private,
        site=kept.site,
    )
