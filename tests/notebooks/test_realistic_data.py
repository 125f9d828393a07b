"""From a data folder to an executed notebook that shows the first example."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from huggingnersc import catalog_new_dataset, init_dataset
from tests.builders import IRIS, IRIS_LINK
from tests.realistic_data import REALISTIC, RealisticData

if TYPE_CHECKING:
    from tests.notebooks.conftest import SharedKernel

FIRST = {
    "collisions": "detector/energy: ",
    "penguins": "species: 'adelie'",
    "surface-temperature": "t2m: ",
    "micrographs": "label: 'crystal'",
}


@pytest.mark.parametrize("dataset", REALISTIC, ids=lambda one: one.name)
def test_drafted_loader_shows_the_first_example(
    kernel: SharedKernel, tmp_path: Path, dataset: RealisticData
) -> None:
    data = dataset.write(tmp_path / "data of mine" / dataset.name)
    draft = init_dataset(
        data, output=tmp_path / "draft", license=dataset.license, site="local", count_all=True
    )
    (loader,) = (tmp_path / "draft").glob("*_loader.py")
    assert draft.portal_link is not None
    cataloged = catalog_new_dataset(
        draft.official_name,
        draft.nickname,
        loader,
        draft.portal_link,
        tmp_path / "draft/metadata.json",
        site="local",
    )
    assert cataloged.warnings == ()
    assert cataloged.notebook is not None
    shown = kernel.run(Path(cataloged.notebook).read_text("utf-8"), cwd=tmp_path)
    assert shown.error == ""
    assert "The first example:" in shown.cells["show"]
    assert FIRST[dataset.name] in shown.cells["show"], shown.cells["show"]


def test_iris_shows_its_first_flower(kernel: SharedKernel, tmp_path: Path) -> None:
    cataloged = catalog_new_dataset(
        "Fisher's Iris Data",
        "iris",
        IRIS / "iris_loader.py",
        IRIS_LINK,
        IRIS / "iris_metadata.json",
        data_path=IRIS / "data",
        site="local",
    )
    assert cataloged.notebook is not None
    shown = kernel.run(Path(cataloged.notebook).read_text("utf-8"), cwd=tmp_path)
    assert shown.error == ""
    assert shown.cells["show"].splitlines() == [
        "list of length 150",
        "The first example:",
        "  sepal_length: 5.1",
        "  sepal_width: 3.5",
        "  petal_length: 1.4",
        "  petal_width: 0.2",
        "  species: 'setosa'",
    ]
