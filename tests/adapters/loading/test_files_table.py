"""The manifest as rows of a Parquet file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from huggingnersc.adapters.data_files import libraries
from huggingnersc.adapters.loading.files_table import list_files
from huggingnersc.adapters.loading.row_file import GROUP_ROWS
from huggingnersc.domain.loading.loading import Source
from tests.adapters.loading.works import loading_work, part_of
from tests.builders import write_tree
from tests.data_files import DATA_EXTRA

parquet = pytest.importorskip("pyarrow.parquet", reason=DATA_EXTRA)
SOURCE = Source(file_type="csv", suffixes=(".csv",), splits={"train": "a/*", "te-st": "b/*"})
LINK = "https://portal.nersc.gov/cfs/m1/my%20set/"


def rows(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    return found


def test_each_file_is_a_row_with_its_places_hash_and_split(tmp_path: Path) -> None:
    data = write_tree(tmp_path / "data", {"a/x.csv": "1", "b/y.csv": "22", "README.md": ""})
    work = loading_work(data, tmp_path / "work", portal_link=LINK)
    part = part_of(list_files, work, SOURCE)
    found = {row["path"]: row for row in rows(part.files["files.parquet"])}
    assert found["b/y.csv"] == {
        "path": "b/y.csv",
        "site_path": f"{data}/b/y.csv",
        "url": "https://portal.nersc.gov/cfs/m1/my%20set/b/y.csv",
        "size_bytes": 2,
        "sha256": "785f3ec7eb32f30b90cd0fcf3657d388b5ff4297f2f9716ff66e9b69c05ddd09",
        "split": "te_st",
    }
    assert {path: row["split"] for path, row in found.items()} == {
        "README.md": None, "a/x.csv": "train", "b/y.csv": "te_st",
    }  # fmt: skip
    assert part.configs[0].splits == {"train": "version/files.parquet"}


def test_an_odd_name_is_percent_encoded(tmp_path: Path) -> None:
    names = ["a b.csv", "50%.csv", "#1?.csv", "ü.csv", "[x]*.csv", "a\\b.csv", "a\nb.csv"]
    data = write_tree(tmp_path / "data", dict.fromkeys(names, ""))
    part = part_of(
        list_files, loading_work(data, tmp_path / "work", portal_link="https://x.org/d"), None
    )
    found = {row["site_path"]: row["url"] for row in rows(part.files["files.parquet"])}
    encoded = ["a%20b", "50%25", "%231%3F", "%C3%BC", "%5Bx%5D%2A", "a%5Cb", "a%0Ab"]
    assert found == {
        f"{data}/{name}": f"https://x.org/d/{one}.csv"
        for name, one in zip(names, encoded, strict=True)
    }


def test_a_name_that_is_no_utf_8_is_as_in_the_manifest_and_has_no_address(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    Path(os.fsdecode(os.fsencode(data) + b"/a\xff.csv")).write_text("1")
    part = part_of(list_files, loading_work(data, tmp_path / "work", portal_link=LINK), SOURCE)
    (row,) = rows(part.files["files.parquet"])
    assert (row["path"], row["site_path"], row["url"]) == (r"a\xff.csv", None, None)
    assert (row["size_bytes"], len(row["sha256"])) == (1, 64)


def test_an_empty_file_has_no_split(tmp_path: Path) -> None:
    data = write_tree(tmp_path / "data", {"a/x.csv": "1", "a/y.csv": ""})
    part = part_of(list_files, loading_work(data, tmp_path / "work"), SOURCE)
    found = {row["path"]: row["split"] for row in rows(part.files["files.parquet"])}
    assert found == {"a/x.csv": "train", "a/y.csv": None}


def test_a_link_has_no_hash_and_no_split(tmp_path: Path) -> None:
    data = write_tree(tmp_path / "data", {"a/x.csv": "1"})
    (data / "a/link.csv").symlink_to("x.csv")
    part = part_of(list_files, loading_work(data, tmp_path / "work"), SOURCE)
    found = {row["path"]: row for row in rows(part.files["files.parquet"])}
    link = found["a/link.csv"]
    assert (link["sha256"], link["split"], link["size_bytes"]) == (None, None, 5)


@pytest.mark.parametrize("link", ["", "file:///data/x", "https://x.org/?path=/d", "http://x/#a"])
def test_without_a_portal_there_are_no_addresses(tmp_path: Path, link: str) -> None:
    data = write_tree(tmp_path / "data", {"a/x.csv": "1"})
    part = part_of(list_files, loading_work(data, tmp_path / "work", portal_link=link), SOURCE)
    assert [row["url"] for row in rows(part.files["files.parquet"])] == [None]


def test_the_same_files_give_the_same_bytes_in_groups_of_rows(tmp_path: Path) -> None:
    data = write_tree(tmp_path / "data", {"x.csv": "1"})
    work = loading_work(data, tmp_path / "work", portal_link=LINK)
    line = work.manifest.read_bytes().partition(b"\t")[2]
    numbers = range(2 * GROUP_ROWS + 1)
    work.manifest.write_bytes(b"".join(b"a/%07d.csv\t%b" % (n, line) for n in numbers))
    first = part_of(list_files, work, SOURCE).files["files.parquet"]
    content = first.read_bytes()
    groups = parquet.read_metadata(first)
    assert [groups.row_group(n).num_rows for n in range(3)] == [GROUP_ROWS, GROUP_ROWS, 1]
    assert part_of(list_files, work, SOURCE).files["files.parquet"].read_bytes() == content


def test_without_pyarrow_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(libraries, "import_module", missing)
    data = write_tree(tmp_path / "data", {"x.csv": "1"})
    part = part_of(list_files, loading_work(data, tmp_path / "work"))
    assert (part.files, part.configs) == ({}, ())
    assert ".[data]" in part.problems[0]
