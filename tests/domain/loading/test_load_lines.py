"""The lines of Python on a card; tests/test_load_lines.py runs them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from huggingnersc.domain.loading.center_configs import DataPlace
from huggingnersc.domain.loading.load_lines import LoadLines, load_lines
from huggingnersc.domain.loading.loading import NO_LOADING, HubConfig, Loading, Source

PLACE = DataPlace(
    site="nersc", root="/data/iris", portal_link="https://portal.org/x", version="v1"
)
LINE = f"\t{'0' * 64}\t4\t1\n"
CSV = Source(
    file_type="csv", suffixes=(".csv",), layout={"delimiter": ";"}, manifest=f"a.csv{LINE}"
)
FILES = HubConfig("files", {"train": "version/files.parquet"})
TABLES = HubConfig("tables", {"train": "version/tables/train.parquet"})


def lines(source: Source | None, *configs: HubConfig, link: str = PLACE.portal_link) -> LoadLines:
    place = replace(PLACE, portal_link=link)
    return load_lines(Loading(configs, source), place, "NERSC/iris", "/catalog/iris")


def test_without_a_version_there_are_none() -> None:
    found = load_lines(NO_LOADING, PLACE, "NERSC/iris", "/catalog/iris")
    assert (found, found.loads_data) == (LoadLines(), False)


def test_no_name_of_a_file_leaves_its_text() -> None:
    source = replace(CSV, manifest=f"a'b\"c.csv{LINE}")
    place = replace(PLACE, root="/data")
    found = load_lines(Loading((FILES,), source), place, "NERSC/iris", "/cat\"a'log/iris")
    names: dict[str, Any] = {}
    code = found.at_site.replace("from datasets import load_dataset", "load_dataset = str.join")
    line = (
        code.splitlines()[-1].replace("load_dataset(", "tuple((").replace('"nersc")', '"nersc"))')
    )
    exec(line, names)  # noqa: S102 - what the card shows
    assert names["data"] == ("/cat\"a'log/iris", "nersc")


def test_many_files_are_taken_from_the_list_by_split() -> None:
    source = replace(CSV, manifest="", splits={"train": "train/*", "te-st": "t/*"})
    found = lines(source, FILES).anywhere
    assert 'for split in ["train", "te_st"]}' in found
    assert 'load_dataset("csv", data_files=urls, sep=";")' in found


def test_a_split_without_data_has_no_line() -> None:
    splits = {"train": "train/*", "test": "test/*"}
    empty = f"test/a.csv\t{'0' * 64}\t0\t1\n"
    many = "".join(f"train/{number}.csv{LINE}" for number in range(5))
    found = lines(replace(CSV, manifest=many + empty, splits=splits), FILES)
    assert 'for split in ["train"]}' in found.anywhere
    assert found.at_site
    nothing = lines(replace(CSV, manifest=empty, splits=splits), FILES)
    assert (nothing.loads_data, "urls" in nothing.anywhere) == (False, False)


def test_without_a_portal_or_a_list_no_address_is_made_up() -> None:
    many = replace(CSV, manifest="")
    assert "urls" not in lines(many).anywhere
    assert "urls" not in lines(replace(CSV, manifest=f"a.csv{LINE}"), FILES, link="").anywhere


def test_tables_in_the_repository_come_before_those_on_the_portal() -> None:
    found = lines(replace(CSV, manifest=f"a.csv{LINE}"), FILES, TABLES)
    assert 'data = load_dataset("NERSC/iris", "tables")  # all rows' in found.anywhere
    assert "urls" not in found.anywhere
    assert found.loads_data


def test_a_list_alone_is_not_the_data() -> None:
    found = lines(replace(CSV, file_type="netcdf", suffixes=(".nc",)), FILES)
    assert (found.at_site, found.loads_data) == ("", False)
    assert 'files = load_dataset("NERSC/iris", "files", split="train")' in found.anywhere
