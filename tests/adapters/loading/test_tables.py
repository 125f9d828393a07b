"""Small tables in whole, as Parquet."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.adapters.loading import tables
from huggingnersc.adapters.loading.source import find_source
from huggingnersc.adapters.loading.tables import publish_tables
from tests.adapters.loading.works import loading_work, part_of
from tests.builders import write_tree
from tests.data_files import DATA_EXTRA

if TYPE_CHECKING:
    from huggingnersc.adapters.loading.work import LoadingPart

arrow = pytest.importorskip("pyarrow", reason=DATA_EXTRA)
parquet = pytest.importorskip("pyarrow.parquet", reason=DATA_EXTRA)


def published(data: Path, work: Path, **changes: Any) -> LoadingPart:
    told = loading_work(data, work, tables=True, **changes)
    return part_of(publish_tables, told, part_of(find_source, told).source)


def rows(part: LoadingPart, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parquet.read_table(part.files[name]).to_pylist()
    return found


def test_each_split_of_a_csv_table_is_a_parquet_file_with_types(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "train/a.csv": "n;x;word\n1;0.5;one\n2;;\"two\nlines\"\n",
        "train/b.csv.gz": gzip.compress(b"n;x;word\n3;1.5;\n"),
        "test/a.csv": "n;x;word\n4;2.5;four\n",
    }  # fmt: skip
    part = published(write_tree(tmp_path / "data", files), tmp_path / "work")
    assert part.problems == ()
    assert [(one.name, one.splits) for one in part.configs] == [
        ("tables", {s: f"version/tables/{s}.parquet" for s in ("train", "test")})
    ]
    assert rows(part, "tables/train.parquet") == [
        {"n": 1, "x": 0.5, "word": "one"},
        {"n": 2, "x": None, "word": "two\nlines"},
        {"n": 3, "x": 1.5, "word": ""},
    ]


def test_json_lines_and_parquet_are_taken_too(tmp_path: Path) -> None:
    lines = '{"n": 1, "inner": {"a": [1, 2]}}\n{"n": 2}\n'
    part = published(write_tree(tmp_path / "data", {"a.jsonl": lines}), tmp_path / "work")
    assert rows(part, "tables/train.parquet")[0] == {"n": 1, "inner": {"a": [1, 2]}}
    (tmp_path / "rows").mkdir()
    parquet.write_table(arrow.table({"n": [1]}), tmp_path / "rows/a.parquet")
    part = published(tmp_path / "rows", tmp_path / "other")
    assert rows(part, "tables/train.parquet") == [{"n": 1}]


@pytest.mark.attack("personal values")
@pytest.mark.parametrize(
    "files",
    [
        {"a.csv": "n,email\n1,ada@example.org\n"},
        {"a.jsonl": '{"n": 1, "by": {"who": [{"mail": "ada@example.org"}]}}\n'},
        {"a.csv": "n,note\n" + "".join(f"{n},t{n}\n" for n in range(5_000)) + "1,a@b.org\n"},
    ],
)
def test_a_table_that_names_or_reaches_people_is_refused(
    tmp_path: Path, files: dict[str, str]
) -> None:
    part = published(write_tree(tmp_path / "data", files), tmp_path / "work")
    assert (part.files, part.configs) == ({}, ())
    assert "e-mail addresses" in part.problems[0]


def test_every_file_and_every_column_is_named_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = "n,email,phone\n1,ada@example.org,+1 510 486 0000\n"
    files: dict[str, str | bytes] = {
        "train/a.csv": good,
        "train/b.csv": "",
        "train/c.csv.gz": gzip.compress(b""),
        "train/d.csv": "n,email,phone\n1\n",
        "test/a.csv": good,
        "valid/a.csv": good * 3,
    }
    monkeypatch.setattr(tables, "MOST_TABLE_BYTES", len(good) * 2)
    part = published(write_tree(tmp_path / "data", files), tmp_path / "work")
    assert (part.files, part.configs) == ({}, ())
    refused = "The tables are not published as Parquet: "
    *reasons, again = part.problems
    assert [one.removeprefix(refused).removesuffix(".") for one in reasons] == [
        "the files of the split validation have more than 96 bytes",
        "in the split train, train/b.csv is empty",
        "in the split train, train/c.csv.gz is empty",
        "in the split train, train/d.csv cannot be read (ArrowInvalid)",
        'in the split train, the column "email" looks like e-mail addresses',
        'in the split train, the column "phone" looks like phone numbers',
        'in the split test, the column "email" looks like e-mail addresses',
        'in the split test, the column "phone" looks like phone numbers',
    ]
    assert not again.startswith(refused)


def test_no_file_is_left_out_because_of_its_name(tmp_path: Path) -> None:
    data = write_tree(tmp_path / "data", {"a.csv": "n\n1\n"})
    Path(os.fsdecode(bytes(data) + b"/\xff.csv")).write_text("n\n2\n")
    part = published(data, tmp_path / "work")
    assert part.files == {}
    assert "1 file name is not UTF-8" in part.problems[0]


def test_a_file_of_blank_lines_is_empty(tmp_path: Path) -> None:
    part = published(write_tree(tmp_path / "data", {"a.jsonl": "\n\n"}), tmp_path / "work")
    assert (part.files, part.problems[0].endswith("a.jsonl is empty.")) == ({}, True)


def test_the_reasons_that_are_named_are_bounded(tmp_path: Path) -> None:
    files = {f"{n:02}.csv": "" for n in range(30)} | {"99.csv": "n\n1\n"}
    part = published(write_tree(tmp_path / "data", files), tmp_path / "work")
    assert (len(part.problems), "10 more reasons" in part.problems[20]) == (22, True)


def test_large_tables_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = write_tree(tmp_path / "data", {"a.csv": "n\n1\n", "b.csv": "n\n2\n"})
    monkeypatch.setattr(tables, "MOST_TABLE_BYTES", 7)
    part = published(data, tmp_path / "work")
    assert part.files == {}
    assert "more than 7 bytes" in part.problems[0]


def test_data_that_is_no_table_is_refused(tmp_path: Path) -> None:
    part = published(write_tree(tmp_path / "data", {"a.txt": "one\n"}), tmp_path / "work")
    assert "only CSV, JSON lines and Parquet" in part.problems[0]


def test_files_that_do_not_fit_together_are_refused_without_their_values(tmp_path: Path) -> None:
    (tmp_path / "rows").mkdir()
    parquet.write_table(arrow.table({"n": [1] * 99}), tmp_path / "rows/a.parquet")
    data = write_tree(tmp_path / "rows", {"b.parquet": b"PAR1 secret PAR1"})
    told = loading_work(data, tmp_path / "work", tables=True)
    source = part_of(find_source, told).source
    assert source is not None
    from dataclasses import replace

    part = part_of(publish_tables, told, replace(source, left_out=()))
    assert part.files == {}
    assert "secret" not in part.problems[0]


def test_nothing_is_published_where_it_was_not_asked_for(tmp_path: Path) -> None:
    data = write_tree(tmp_path / "data", {"a.csv": "n\n1\n"})
    told = loading_work(data, tmp_path / "work")
    part = part_of(publish_tables, told, part_of(find_source, told).source)
    assert (part.files, part.configs, part.problems) == ({}, (), ())
