"""The numbers of files: in all, by extension, by folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.statistics.describe import describe
from huggingnersc.adapters.statistics.limits import DescribingLimits
from huggingnersc.domain.versions.manifest import ManifestEntry
from tests.adapters.statistics.trees import described, entry
from tests.builders import write_tree
from tests.data_files import data_library

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module", autouse=True)
def describing() -> None:
    """Here the process that describes is no fork, as it is for users."""


def test_files_are_counted_by_extension_and_by_folder_at_the_top(tmp_path: Path) -> None:
    found = described(
        tmp_path,
        entry(b"a/x.BIN", 5),
        entry(b"a/b/y.bin", 7),
        entry(b"notes", 1),
        entry(b"b/z.c", 2),
    )
    assert (found["files"], found["size_bytes"]) == (4, 15)
    assert [tuple(one.values()) for one in found["by_extension"]] == [
        (".bin", 2, 12),
        (".c", 1, 2),
        ("", 1, 1),
    ]
    assert [tuple(one.values()) for one in found["by_folder"]] == [
        ("a", 2, 12),
        ("b", 1, 2),
        (".", 1, 1),
    ]


def test_only_regular_files_are_counted(tmp_path: Path) -> None:
    found = described(
        tmp_path, entry(b"a", 5), entry(b"b", 4, b"link:a"), entry(b"c", 3, b"unreadable")
    )
    assert (found["files"], found["size_bytes"]) == (1, 5)


def test_what_is_not_listed_is_counted_together_at_the_end(tmp_path: Path) -> None:
    entries = (entry(b"f%d/x.e%d" % (n, n), 100 - n) for n in range(5))
    found = described(tmp_path, *entries, limits=DescribingLimits(folders=2))
    assert [one["folder"] for one in found["by_folder"]] == ["f0", "f1", None]
    assert found["by_extension"][-1] == {"extension": None, "files": 3, "size_bytes": 291}


def test_an_odd_name_is_escaped_and_no_extension(tmp_path: Path) -> None:
    found = described(tmp_path, entry(b"a\n\xff/x.y\nz", 1), entry(b"b/" + b"x." + b"y" * 99, 1))
    assert {one["folder"] for one in found["by_folder"]} == {r"a\x0a\xff", "b"}
    assert [one["extension"] for one in found["by_extension"]] == [""]


def test_data_that_is_one_file_is_described_by_its_name(tmp_path: Path) -> None:
    file = write_tree(tmp_path, {"x.dat": "1"}) / "x.dat"
    assert described(file, entry(b".", 1))["by_extension"][0]["extension"] == ".dat"


@pytest.mark.attack("hostile data")
def test_a_path_that_is_too_long_to_open_is_a_problem_and_no_more(tmp_path: Path) -> None:
    data_library("duckdb")
    (tmp_path / "a.csv").write_text("x\n1\n2\n")
    names = ["a.csv", "/".join(["d" * 250] * 20 + ["b.csv"])]
    files = [ManifestEntry(name.encode(), b"0" * 64, 6, 0) for name in names]
    found = describe(tmp_path, files, DescribingLimits())
    assert (found["files"], found["tables"][0]["rows"]) == (2, 2)
    assert [one["file"][-5:] for one in found["problems"]] == ["b.csv"]
