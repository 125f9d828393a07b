"""The pages of the embedded Hub, wherever it is served."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.request import urlopen

from huggingnersc import catalog_new_dataset, snapshot_dataset
from huggingnersc.api.hub.serve_hub import hub_root
from huggingnersc.api.site import resolve_site
from huggingnersc.hub_server import running_hub
from tests.builders import IRIS, IRIS_LINK
from tests.open_data import open_iris

_HERE = re.compile(r"http://127\.0\.0\.1:\d+")


def test_each_address_on_a_page_is_the_one_at_which_it_is_read(clean_env: Path) -> None:
    with open_iris() as data:
        catalog_new_dataset(
            "Iris", "iris", IRIS / "iris_loader.py", IRIS_LINK, IRIS / "iris_metadata.json",
            data_path=data, site="local",
        )  # fmt: skip
        snapshot_dataset("iris", site="local")
    with running_hub(hub_root(None, resolve_site("local"))) as hub:
        for view in ("", "/data", "/blob/main/README.md", "/blob/main/croissant.json"):
            with urlopen(f"{hub.endpoint}/datasets/NERSC/iris{view}") as answer:
                found = set(_HERE.findall(answer.read().decode()))
            assert found == {hub.endpoint}, view
        with urlopen(f"{hub.endpoint}/datasets/NERSC/iris/resolve/main/README.md") as answer:
            assert not _HERE.search(answer.read().decode())
