"""The hidden file by which the catalog folder is loaded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml

from huggingnersc.domain.loading.center_configs import (
    DataPlace,
    center_configs,
    center_file,
    is_center_file,
)
from huggingnersc.domain.loading.loading import HubConfig, Loading, Source

PLACE = DataPlace(
    site="nersc", root="/data/my [set]", portal_link="https://portal.org/my%20set", version="v2"
)
LINE = f"\t{'0' * 64}\t4\t1\n"
CSV = Source(
    file_type="csv", suffixes=(".csv",), layout={"delimiter": ";"}, manifest=f"a b.csv{LINE}"
)
FILES = HubConfig("files", {"train": "version/files.parquet"})


def configs(source: Source, *hub: HubConfig, **changes: Any) -> list[dict[str, Any]]:
    return center_configs(Loading((FILES, *hub), source), replace(PLACE, **changes))


def names(found: list[dict[str, Any]]) -> list[str]:
    return [one["config_name"] for one in found]


def test_a_table_is_found_by_its_path_and_its_address() -> None:
    assert configs(CSV) == [
        {
            "config_name": "nersc",
            "data_files": [{"split": "train", "path": "/data/my [[]set]/a b.csv"}],
            "sep": ";",
        },
        {
            "config_name": "portal",
            "data_files": [{"split": "train", "path": "https://portal.org/my%20set/a%20b.csv"}],
            "sep": ";",
        },
    ]


def test_many_files_are_found_by_globs_and_not_by_address() -> None:
    source = replace(CSV, manifest="", splits={"train": "train/*", "te-st": "t/*"})
    (found,) = configs(source)
    assert found["data_files"] == [
        {"split": "train", "path": "/data/my [[]set]/train/**/*.csv"},
        {"split": "te_st", "path": "/data/my [[]set]/t/**/*.csv"},
    ]


def test_splits_that_datasets_calls_the_same_are_one() -> None:
    splits = {"te-st": "t/*", "te st": "u/*"}
    lines = f"t/a.csv{LINE}u/b.csv{LINE}"
    for manifest, found in (("", ("t/**/*.csv", "u/**/*.csv")), (lines, ("t/a.csv", "u/b.csv"))):
        (one,) = configs(replace(CSV, manifest=manifest, splits=splits))[0]["data_files"]
        assert one == {"split": "te_st", "path": [f"/data/my [[]set]/{path}" for path in found]}


@pytest.mark.parametrize(
    "source",
    [
        replace(CSV, manifest="", splits={"train": "*train*"}),
        replace(CSV, manifest="", left_out=("x.csv",)),
        replace(CSV, manifest="", empty_files=1),
        replace(CSV, manifest=f"a::b.csv{LINE}"),
        replace(CSV, manifest=f"$a/b.csv{LINE}"),
        replace(CSV, suffixes=(".csv", ".CSV"), manifest=f"a.CSV{LINE}"),
        replace(CSV, manifest=rf"a\xff.csv{LINE}"),
        replace(CSV, suffixes=(".csv", ".table"), manifest=f"a.table{LINE}"),
        replace(CSV, file_type="netcdf", suffixes=(".nc",), manifest=f"a.nc{LINE}"),
        replace(CSV, file_type="hdf5", suffixes=(".h5",), layout={"has_values": True}),
        replace(CSV, file_type="hdf5", suffixes=(".h5",), layout={"unit": "group"}),
    ],
)
def test_what_datasets_cannot_find_or_read_has_only_the_list_of_files(source: Source) -> None:
    (found,) = configs(source)
    assert found == {
        "config_name": "files",
        "data_files": [{"split": "train", "path": "versions/v2/files.parquet"}],
    }


def test_a_split_without_data_is_left_out() -> None:
    lines = f"train/a.csv{LINE}test/a.csv{LINE.replace('4', '0', 1)}"
    source = replace(CSV, manifest=lines, splits={"train": "train/*", "test": "test/*"})
    found = configs(source)
    assert names(found) == ["nersc", "portal"]
    assert [[one["split"] for one in config["data_files"]] for config in found] == [["train"]] * 2


def test_links_and_special_files_are_no_data() -> None:
    others = "link.csv\tlink:a.csv\t5\t1\npipe.csv\tfifo\t0\t1\n"
    assert configs(replace(CSV, manifest=CSV.manifest + others, links=1)) == configs(CSV)
    assert names(configs(replace(CSV, manifest=others, links=1))) == ["files"]
    many = replace(CSV, manifest="")
    assert names(configs(many)) == ["nersc"]
    assert names(configs(replace(many, links=1))) == ["files"]  # a glob would find it


def test_configurations_of_the_repository_are_there_where_all_are_parquet() -> None:
    source = replace(CSV, file_type="parquet", suffixes=(".parquet",), manifest=f"a.parquet{LINE}")
    assert names(configs(source)) == ["nersc", "portal", "files"]


def test_images_have_their_indexes_that_of_the_site_first() -> None:
    source = Source(file_type="images", suffixes=(".png",))
    indexes = [HubConfig(one, {"train": f"version/{one}.parquet"}) for one in ("portal", "nersc")]
    found = configs(source, *indexes)
    assert names(found) == ["nersc", "files", "portal"]
    assert found[0]["data_files"] == [{"split": "train", "path": "versions/v2/nersc.parquet"}]


def test_an_empty_file_is_left_out() -> None:
    empty = f"empty.csv\t{'0' * 64}\t0\t1\n"
    (found,) = (one for one in configs(replace(CSV, manifest=CSV.manifest + empty))[:1])
    assert "empty" not in str(found)


def test_without_a_header_the_columns_are_named() -> None:
    layout = {"has_header": False, "columns": [{"name": "column_1", "type": "int"}]}
    found = configs(replace(CSV, layout={**layout, "encoding": "latin-1"}))[0]
    assert (found["header"], found["names"], found["encoding"]) == (None, ["column_1"], "latin-1")


def test_of_data_whose_files_are_not_public_the_version_s_own_files_are_found() -> None:
    (found,) = center_configs(Loading((FILES,), None), PLACE)
    assert found["data_files"] == [{"split": "train", "path": "versions/v2/files.parquet"}]
    assert center_file(Loading(), PLACE) is None
    assert center_file(Loading((FILES,), CSV), replace(PLACE, version="")) is None


@pytest.mark.parametrize(
    "name", ["a: b #.csv", "- x.csv", "ü\u2028.csv", "'\"{}.csv", "*&!%@.csv"]
)
def test_no_name_changes_the_yaml_around_it(name: str) -> None:
    content = center_file(Loading((), replace(CSV, manifest=f"{name}{LINE}")), PLACE)
    assert content is not None
    assert is_center_file(content)
    (found, _) = yaml.safe_load(content)["configs"]
    from glob import escape

    assert found["data_files"][0]["path"] == f"/data/my [[]set]/{escape(name)}"
