"""The sample of a version, from the snapshot to `load_dataset` at the embedded Hub."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import snapshot_dataset
from huggingnersc.adapters.hub.client import Hub
from huggingnersc.adapters.statistics.data_folders import DataFolders
from huggingnersc.errors import DataChangingError, RequestInvalidError
from tests.api.iris import hub_text
from tests.api.versions.publishing import files_at
from tests.api.versions.snapshots import cut_off_at
from tests.data_files import DATA_EXTRA

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.api.versions.snapshot_result import Snapshot
    from tests.api.conftest import Centre

pytest.importorskip("pyarrow", reason=DATA_EXTRA)
pytestmark = pytest.mark.usefixtures("settled")

SCRIPT = """
import json, sys
import datasets

datasets.disable_progress_bars()
found = {}
for streaming in (False, True):
    for name in (None, "sample"):
        try:
            rows = datasets.load_dataset("NERSC/iris", name, split="train", streaming=streaming)
            said = [len([*rows]), *rows.features]
        except ValueError as error:
            said = str(error)
        found[f"{name} {streaming}"] = said
print(json.dumps(found))
"""


def snapshot(centre: Centre, **changes: Any) -> Snapshot:
    given: dict[str, Any] = {"statistics": False, "sample": True, "site": str(centre.profile)}
    return snapshot_dataset("iris", **(given | changes))


def loaded(centre: Centre, cache: Path) -> dict[str, Any]:
    """What a fresh Python gets from the Hub."""
    pytest.importorskip("datasets")
    hub = centre.hub
    environ = os.environ | {"HF_ENDPOINT": hub.endpoint, "HF_TOKEN": hub.token}
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(
        command, env=environ | {"HF_HOME": str(cache)}, capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_sample_is_loaded_by_its_name_and_never_by_default(
    centre: Centre, data: Path, tmp_path: Path
) -> None:
    made = snapshot(centre, manifest=False)
    assert {table.path: table.rows for table in made.sample} == {
        "sample/train.parquet": 150,
        "sample/sample_columns-train.parquet": 5,
    }
    found = loaded(centre, tmp_path / "cache")
    columns = ["sepal_length", "sepal_width", "petal_length", "petal_width", "species"]
    for streaming in ("False", "True"):
        assert found[f"sample {streaming}"] == [150, *columns]
        assert "['sample', 'sample_columns']" in found[f"None {streaming}"]
    assert data.is_dir()


def test_the_card_names_the_sample_and_lets_the_viewer_show_it(centre: Centre, data: Path) -> None:
    snapshot(centre)
    card = hub_text(centre, "README.md")
    assert "config_name: sample\n" in card
    assert "viewer" not in card
    assert 'load_dataset("NERSC/iris", "sample")' in card
    assert data.is_dir()


def test_a_card_without_a_sample_says_whom_to_ask(centre: Centre, data: Path) -> None:
    made = snapshot(centre, sample=False)
    assert made.sample == ()
    card = hub_text(centre, "README.md")
    assert "No sample of this data is published." in card
    assert data.is_dir()


def test_the_card_says_what_the_bare_name_loads_where_there_is_only_one_configuration(
    centre: Centre, data: Path, tmp_path: Path
) -> None:
    snapshot(centre, sample=False)
    listed = ["path", "site_path", "url", "size_bytes", "sha256", "split"]
    assert loaded(centre, tmp_path / "cache")["None False"] == [1, *listed]
    card = hub_text(centre, "README.md")
    assert '`load_dataset("NERSC/iris")` does not fetch it' in card
    assert "the list of files, the only configuration of this repository (`files`)" in card
    assert data.is_dir()


def test_the_site_may_have_no_samples(centre: Centre, data: Path) -> None:
    text = centre.profile.read_text(encoding="utf-8")
    centre.profile.write_text(f"{text}\n[versions]\nsample = false\n", encoding="utf-8")
    assert snapshot(centre, sample=None, statistics=None).sample == ()
    (data / "more.csv").write_text("a,b\n1,2\n")
    assert snapshot(centre, sample=True).sample != ()


def test_there_is_none_where_the_statistics_are_not_public(centre: Centre, data: Path) -> None:
    assert snapshot(centre, sample=None, private_statistics=True, statistics=None).sample == ()
    assert not any("sample/" in path for path in files_at(centre))
    assert data.is_dir()


@pytest.mark.attack("closed data")
def test_data_that_not_everyone_may_read_has_no_sample(centre: Centre, data: Path) -> None:
    (data / "iris.csv").chmod(0o640)
    made = snapshot(centre)
    assert (made.sample, [file.path for file in made.public_files]) == ((), ["version.json"])
    assert "setosa" not in "".join(files_at(centre))


@pytest.mark.attack("hostile data")
def test_a_folder_exchanged_while_it_is_sampled_makes_no_version(
    centre: Centre, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(DataFolders, "exchanged", lambda _: b"sub")
        with pytest.raises(DataChangingError):
            snapshot(centre)
    assert data.is_dir()
    assert not any(path.startswith("version/") for path in files_at(centre))


def test_what_the_sample_shows_is_planned_first(centre: Centre, data: Path) -> None:
    (data / "iris.csv").write_text(
        "x,contact\n" + "".join(f"{n},ada{n}@example.org\n" for n in range(9))
    )
    planned = snapshot(centre, dry_run=True, sample_rows=4)
    (table,) = planned.sample
    assert (table.path, table.rows, table.columns) == ("sample/train.parquet", 4, ("x",))
    assert [(one.where, one.reason) for one in planned.left_out] == [
        ("sample: contact", "e-mail addresses")
    ]


def test_a_version_that_was_cut_off_keeps_its_sample(centre: Centre, data: Path) -> None:
    with cut_off_at(Hub, "create_tag"):
        snapshot(centre)
    before = files_at(centre)["version/sample/train.parquet"]
    made = snapshot(centre)
    assert made.outcome.value == "made"
    assert files_at(centre)["version/sample/train.parquet"] == before
    assert (centre.catalog / "iris/versions/v1/sample/train.parquet").is_file()
    assert data.is_dir()


@pytest.mark.parametrize(
    "wrong",
    [{"sample_rows": 0}, {"sample_rows": 10_001}, {"sample": False, "publish_parquet": True}],
)
def test_what_cannot_be_is_refused(centre: Centre, data: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(RequestInvalidError):
        snapshot(centre, **wrong)
    assert data.is_dir()
