"""Indexes by which images are loaded from where they are stored."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.adapters.loading.images import index_images
from huggingnersc.adapters.loading.source import find_source
from tests.adapters.loading.works import loading_work, part_of
from tests.builders import write_tree
from tests.data_files import DATA_EXTRA

if TYPE_CHECKING:
    from huggingnersc.adapters.loading.work import LoadingPart

parquet = pytest.importorskip("pyarrow.parquet", reason=DATA_EXTRA)
pytest.importorskip("PIL", reason=DATA_EXTRA)
LINK = "https://portal.nersc.gov/cfs/m1/pics"


def write_images(data: Path, *names: str) -> Path:
    from PIL import Image

    for number, name in enumerate(names):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (3 + number, 2)).save(data / name)
    return data


def indexed(data: Path, work: Path, **changes: Any) -> LoadingPart:
    told = loading_work(data, work, **({"portal_link": LINK} | changes))
    return part_of(index_images, told, part_of(find_source, told).source)


def rows(part: LoadingPart, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parquet.read_table(part.files[name]).to_pylist()
    return found


def features(part: LoadingPart, name: str) -> dict[str, Any]:
    metadata = parquet.read_schema(part.files[name]).metadata[b"huggingface"]
    found: dict[str, Any] = json.loads(metadata)["info"]["features"]
    return found


def test_images_in_folders_of_classes_and_splits(tmp_path: Path) -> None:
    names = ["train/cat/1.png", "train/dog/2 [é].png", "test/cat/3.png", "test/dog/4.png"]
    data = write_images(tmp_path / "data", *names)
    part = indexed(data, tmp_path / "work")
    assert [(one.name, dict(one.splits)) for one in part.configs] == [
        (place, {one: f"version/{kind}-{one}.parquet" for one in ("train", "test")})
        for place, kind in (("portal", "portal"), ("nersc", "site"))
    ]
    address = f"{LINK}/train/dog/2%20%5B%C3%A9%5D.png"
    assert rows(part, "portal-train.parquet")[1] == {
        "image": {"bytes": None, "path": address}, "file": "train/dog/2 [é].png", "label": 1,
    }  # fmt: skip
    assert rows(part, "site-test.parquet")[0]["image"]["path"] == f"{data}/test/cat/3.png"
    assert features(part, "site-test.parquet") == {
        "image": {"_type": "Image"},
        "file": {"dtype": "string", "_type": "Value"},
        "label": {"names": ["cat", "dog"], "_type": "ClassLabel"},
    }


def test_the_columns_of_a_table_label_images(tmp_path: Path) -> None:
    data = write_images(tmp_path / "data", "img/1.png", "img/2.png", "img/3.png")
    table = "image,kind,mass,count\nimg/1.png,ship,1.5,7\nimg/2.png,car,,8\n"
    write_tree(data, {"labels.csv": f"{table}img/3.png,tram,2.5,9\n"})
    part = indexed(data, tmp_path / "work")
    assert [{**row, "image": None} for row in rows(part, "site.parquet")] == [
        {"image": None, "file": "img/1.png", "image_": "img/1.png", "kind": "ship", "mass": 1.5,
         "count": 7},
        {"image": None, "file": "img/2.png", "image_": "img/2.png", "kind": "car", "mass": None,
         "count": 8},
        {"image": None, "file": "img/3.png", "image_": "img/3.png", "kind": "tram", "mass": 2.5,
         "count": 9},
    ]  # fmt: skip
    assert features(part, "site.parquet")["count"] == {"dtype": "int64", "_type": "Value"}


@pytest.mark.attack("personal values")
def test_columns_that_reach_people_are_left_out(tmp_path: Path) -> None:
    data = write_images(tmp_path / "data", "1.png", "2.png")
    people = "file,email,kind\n1.png,ada@example.org,ship\n2.png,bob@example.org,car\n"
    write_tree(data, {"labels.csv": people})
    part = indexed(data, tmp_path / "work")
    assert [*rows(part, "site.parquet")[0]] == ["image", "file", "file_", "kind"]
    assert '"email"' in part.problems[0]
    assert b"ada@" not in b"".join(file.read_bytes() for file in part.files.values())


def test_without_a_sample_no_value_of_a_table_is_shown(tmp_path: Path) -> None:
    data = write_images(tmp_path / "data", "1.png", "2.png")
    write_tree(data, {"labels.csv": "file,kind\n1.png,ship\n2.png,car\n"})
    part = indexed(data, tmp_path / "work", sample_rows=0)
    assert [*rows(part, "site.parquet")[0]] == ["image", "file"]


def test_links_and_images_of_no_bytes_are_in_no_index(tmp_path: Path) -> None:
    data = write_tree(write_images(tmp_path / "data", "1.png", "2.png"), {"empty.png": ""})
    (data / "link.png").symlink_to("1.png")
    part = indexed(data, tmp_path / "work")
    for name in ("portal.parquet", "site.parquet"):
        assert [row["file"] for row in rows(part, name)] == ["1.png", "2.png"]


def test_a_table_behind_a_link_labels_nothing(tmp_path: Path) -> None:
    data = write_images(tmp_path / "data", "1.png", "2.png")
    write_tree(tmp_path, {"labels.csv": "file,kind\n1.png,ship\n2.png,car\n"})
    (data / "labels.csv").symlink_to("../labels.csv")
    part = indexed(data, tmp_path / "work")
    assert [*rows(part, "site.parquet")[0]] == ["image", "file"]


def test_without_a_portal_only_the_site_has_an_index(tmp_path: Path) -> None:
    data = write_images(tmp_path / "data", "1.png", "2.png")
    part = indexed(data, tmp_path / "work", portal_link="", site="local")
    assert [one.name for one in part.configs] == ["local"]
    assert [*part.files] == ["site.parquet"]


def test_an_image_whose_name_is_no_utf_8_is_counted(tmp_path: Path) -> None:
    data = write_images(tmp_path / "data", "1.png", "2.png")
    (data / "2.png").rename(data / os.fsdecode(b"\xff.png"))
    part = indexed(data, tmp_path / "work")
    assert [row["file"] for row in rows(part, "site.parquet")] == ["1.png"]
    assert part.problems == ("1 image has a name that no index can hold.",)


def test_other_data_has_no_index(tmp_path: Path) -> None:
    data = write_tree(tmp_path / "data", {"a.csv": "x\n1\n"})
    part = indexed(data, tmp_path / "work")
    assert (part.files, part.configs, part.problems) == ({}, (), ())
