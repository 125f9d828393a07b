"""Real `datasets` loads what was uploaded: by its bare name, streaming and not, public or not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import snapshot_dataset, upload_dataset
from tests.api.iris import api, catalog_iris
from tests.builders import IRIS
from tests.hub_packs import parquet_pack, webdataset_pack
from tests.open_data import open_iris
from tests.printed_lines import printed_lines

if TYPE_CHECKING:
    from tests.api.conftest import Centre

pytest.importorskip("pyarrow", reason="the extra [data] is not installed")

SCRIPT = """
import json, sys
import datasets
datasets.disable_progress_bars()
def loaded(place, *names, **options):
    try:
        found = datasets.load_dataset(place, *names, **options)
        return {split: [*map(str, rows)] for split, rows in found.items()}
    except Exception as error:
        return f"{type(error).__name__}: {error}"
for words, options in json.loads(sys.argv[1]):
    print(json.dumps(loaded(*words, **options)))
"""


def settings_on_card(centre: Centre, repo_id: str) -> dict[str, str]:
    """Return the variables that a card sets before its lines, as a visitor fills them in."""
    file = api(centre).hf_hub_download(repo_id, "README.md", repo_type="dataset")
    (words,) = re.findall(r"`export ([^`]+)`", Path(file).read_text("utf-8"))
    known = {"ADDRESS": centre.hub.endpoint, "TOKEN": centre.hub.token}
    pairs = [word.split("=") for word in words.split()]
    return {name: known.get(value, value) for name, value in pairs}


def load(settings: dict[str, str], home: Path, *asked: tuple[list[str], dict[str, Any]]) -> Any:
    return printed_lines(SCRIPT, asked, settings=settings, home=home)


ROWS = {
    "train": [str({"number": n, "label": n % 2}) for n in range(5)],
    "test": [str({"number": n, "label": n % 2}) for n in (5, 6)],
}


def test_the_data_is_loaded_by_the_names_on_the_card(centre: Centre, tmp_path: Path) -> None:
    site = str(centre.profile)
    with open_iris() as data:
        catalog_iris(centre, data_path=data)
        snapshot_dataset("iris", site=site)
        upload_dataset("iris", parquet_pack(tmp_path / "pack"), site=site)
        metadata = tmp_path / "tars.json"
        named = (IRIS / "iris_metadata.json").read_text("utf-8").replace('"iris"', '"tars"')
        metadata.write_text(named, "utf-8")
        catalog_iris(centre, nickname="tars", metadata_json=metadata, data_path=data)
        upload_dataset("tars", webdataset_pack(tmp_path / "tar"), private=True, site=site)
        public, private, folder = "NERSC/iris", "NERSC/tars-shards", str(centre.catalog / "iris")
        anonymous = {"token": False}
        hidden, bare, streamed, sample, in_place, nameless, at_once, by_stream = load(
            settings_on_card(centre, private),
            tmp_path / "hf",
            ([private], anonymous | {"streaming": True}),
            ([public], anonymous),
            ([public], anonymous | {"streaming": True}),
            ([public, "sample"], {}),
            ([folder, "centre"], {}),
            ([folder], {}),
            ([private], {}),
            ([private], {"streaming": True}),
        )
    assert (bare, streamed) == (ROWS, ROWS)
    assert "sepal_length" in sample["train"][0]
    assert in_place == sample  # the data has no more rows than its sample
    assert "Config name is missing" in nameless  # no configuration of the Hub is looked for here
    for splits in (at_once, by_stream):
        assert [len(rows) for rows in splits.values()] == [5, 2]
        assert "'txt': '5', 'json': {'odd': 1}, '__key__': '0005'" in splits["test"][0]
    assert hidden.startswith("DatasetNotFoundError")
