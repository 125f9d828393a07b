"""The command `download-dataset`: what it shows, and how it ends."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from huggingnersc.api.packing.download_dataset import Downloaded, DownloadOutcome
from huggingnersc.cli.packing.download_dataset import downloaded
from huggingnersc.domain.packing.download import DownloadSource
from tests.builders import CENTRE_PROFILE
from tests.versioned_catalog import VersionedCatalog, manifest_of_folder

if TYPE_CHECKING:
    from tests.conftest import Golden, RunCommand

DATA = {"a.csv": "1\n", "b/c.csv": "22\n"}


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A site with a version of data on this machine."""
    for path, content in DATA.items():
        file = tmp_path / "data" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    made = VersionedCatalog(tmp_path / "catalog")
    made.add("iris", manifest_of_folder(tmp_path / "data"), data_path=tmp_path / "data")
    profile = tmp_path / "centre.toml"
    text = CENTRE_PROFILE.format(endpoint="http://127.0.0.1:9", root=tmp_path / "catalog")
    profile.write_text(text)
    return profile


def test_a_download_says_what_is_here(run: RunCommand, profile: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ("download-dataset iris --from path --json --site", profile, out)
    done = run(*words)
    assert done.code == 0
    assert json.loads(done.out)["outcome"] == "downloaded"
    assert (out / "b/c.csv").read_text() == DATA["b/c.csv"]
    assert json.loads(run(*words).out)["outcome"] == "unchanged"


def test_a_list_of_addresses_needs_no_folder(run: RunCommand, profile: Path) -> None:
    done = run("download-dataset iris --from portal --print-urls curl --site", profile)
    assert done.code == 0
    assert done.out.count("\nurl = ") == len(DATA)


@pytest.mark.parametrize(
    "words",
    ["", "DIR --max-rate fast", "DIR --jobs 0", "DIR --from moon", "DIR --delete --split train"],
)
def test_a_wrong_line_is_a_usage_error(run: RunCommand, profile: Path, words: str) -> None:
    assert run(f"download-dataset iris {words} --site", profile).code == 2


def test_files_in_the_way_end_the_command(run: RunCommand, profile: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/a.csv").write_text("mine")
    done = run("download-dataset iris --from path --site", profile, tmp_path / "out")
    assert done.code == 3
    assert "a.csv" in done.err
    assert "--replace" in done.err
    assert (tmp_path / "out/a.csv").read_text() == "mine"


def test_view(golden: Golden) -> None:
    result = Downloaded(
        nickname="iris",
        repo_id="NERSC/iris",
        version="v1",
        current="v2",
        outcome=DownloadOutcome.DOWNLOADED,
        target=Path("/home/me/iris"),
        source=DownloadSource.PORTAL,
        address="https://portal.nersc.gov/cfs/dasrepo/iris/",
        files=12,
        size_bytes=4_550_000,
        fetched_files=10,
        fetched_bytes=4_000_000,
        kept_files=2,
        removed_files=1,
        left_out=1,
        loader="load_iris.py",
        has_tar_files=False,
        warnings=(),
    )
    golden("messages/download_dataset.txt", "\n".join(downloaded(result)) + "\n")
    for has_tar_files, line in ((False, "datasets.load_dataset("), (True, "load_iris.load(")):
        shards = replace(result, source=DownloadSource.HUB, has_tar_files=has_tar_files)
        assert line in "\n".join(downloaded(shards))
