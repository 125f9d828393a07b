"""Tables in numbers: what is counted, what is withheld, and what damaged files cost."""

from __future__ import annotations

import gzip
import json
import os
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.adapters.statistics import table_summary
from huggingnersc.adapters.statistics.limits import DescribingLimits
from huggingnersc.adapters.statistics.table_summary import summarize
from tests.adapters.statistics.trees import FAST, described, entry, messages, statistics
from tests.data_files import DATA_EXTRA

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.adapters.statistics.table_files import TableForm
    from huggingnersc.domain.versions.statistics import Statistics

if find_spec("duckdb") is None:  # imported here, it would complain of leaks at the end
    pytest.skip(DATA_EXTRA, allow_module_level=True)


def columns(found: Statistics) -> dict[str, Any]:
    (table,) = found["tables"]
    return {column["name"]: column for column in table["columns"]}


def test_columns_of_every_type_are_described(tmp_path: Path) -> None:
    rows = (f"{n},{n / 4},{'ab'[n % 2]},{n % 3 == 0},2024-01-0{n + 1},NA\n" for n in range(8))
    head = "id,x,kind,ok,day,none\n"
    found = statistics(tmp_path, {"a.csv": (head + "".join(rows)).encode()})
    by_name = columns(found)
    types = {name: column["type"] for name, column in by_name.items()}
    assert types == {
        "id": "BIGINT",
        "x": "DOUBLE",
        "kind": "VARCHAR",
        "ok": "BOOLEAN",
        "day": "DATE",
        "none": "VARCHAR",
    }
    number = by_name["x"]
    assert (number["min"], number["max"], number["mean"]) == (0, 1.75, 0.875)
    assert number["std"] == pytest.approx(0.6124, abs=1e-4)
    assert number["quantiles"]["0.5"] == pytest.approx(0.875, abs=0.2)
    assert by_name["kind"]["top"] == [{"value": "a", "count": 4}, {"value": "b", "count": 4}]
    assert by_name["ok"]["top"][0] == {"value": False, "count": 5}
    assert (by_name["day"]["min"], by_name["day"]["max"]) == ("2024-01-01", "2024-01-08")
    assert (by_name["none"]["nulls"], by_name["none"]["distinct"]) == (8, 0)
    assert found["examples"] == {"count": 8, "sample": False, "by_split": {}}
    assert found["problems"] == []


def test_numbers_are_counted_in_ranges(tmp_path: Path) -> None:
    rows = (f"{n % 3 - 1},{n * n / 10},{10**300 * n},{7}\n" for n in range(1000))
    content = ("few,many,huge,one\n" + "".join(rows) + "1,NA,inf,7\n").encode()
    found = columns(statistics(tmp_path, {"a.csv": content}))
    assert found["few"]["histogram"] == [334, 333, 334]
    bins = found["many"]["histogram"]
    assert (len(bins), sum(bins)) == (20, 1000)
    width = 999 * 999 / 10 / 20
    assert bins[:2] == [
        sum(low < n * n / 10 <= low + width for n in range(1000)) + (not low) for low in (0, width)
    ]
    assert not {"histogram"} & {*found["huge"], *found["one"]}


def test_every_column_of_a_wide_table_is_described(tmp_path: Path) -> None:
    names = [f"c{number}" for number in range(120)]
    rows = [",".join(str(row * number) for number in range(120)) for row in range(20)]
    found = columns(statistics(tmp_path, {"a.csv": "\n".join([",".join(names), *rows]).encode()}))
    assert {name: one["max"] for name, one in found.items()} == {
        name: 19 * number for number, name in enumerate(names)
    }


def test_a_large_table_is_not_read_again_for_histograms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "a.csv"
    file.write_bytes(b"a\n1\n2\n")
    form: TableForm = {
        "format": "csv",
        "columns": ["a"],
        "types": [],
        "compressed": False,
        "delimiter": ",",
        "header": True,
        "encoding": "utf-8",
    }
    limits: dict[str, Any] = {"most_columns": 5, "sample_bytes": None, "threads": 1}
    limits["memory_bytes"] = 1 << 30
    (column,) = summarize([str(file)], form, **limits)["columns"]
    assert column["histogram"] == [1, 1]
    monkeypatch.setattr(table_summary, "_MOST_BINNED_BYTES", 1)
    (column,) = summarize([str(file)], form, **limits)["columns"]
    assert "histogram" not in column


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.tsv", b"a\tb\n1\tx\n2\ty\n"),
        ("a.csv.gz", gzip.compress(b"a,b\n1,x\n2,y\n")),
        ("a.csv", b"\xef\xbb\xbfa;b\r\n1;x\r\n2;y"),
        ("a.csv", b"a,b\r\n1,x\n2,y\r\n"),
        ("a.jsonl", b'{"a": 1, "b": "x"}\n\n{"b": "y", "a": 2}\n'),
        ("a.ndjson.gz", gzip.compress(b'{"a": 1, "b": "x"}\n{"b": "y", "a": 2}\n')),
    ],
    ids=["tsv", "gzip", "byte order mark", "line ends of two kinds", "jsonl", "jsonl, gzip"],
)
def test_text_tables_of_every_form(tmp_path: Path, name: str, content: bytes) -> None:
    found = columns(statistics(tmp_path, {name: content}))
    assert (found["a"]["type"], found["a"]["max"]) == ("BIGINT", 2)
    assert (found["b"]["min"], found["b"]["max"]) == ("x", "y")


def test_parquet_is_described_by_its_own_types(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow", reason=DATA_EXTRA)
    import pyarrow.parquet

    table = {"f": [0.5, float("nan"), float("inf")], "u": [2**64 - 1, 0, 1], "l": [[1], [], None]}
    types = [("f", arrow.float32()), ("u", arrow.uint64()), ("l", arrow.list_(arrow.int8()))]
    file = tmp_path / "a.parquet"
    pyarrow.parquet.write_table(arrow.table(table, schema=arrow.schema(types)), file)
    found = columns(described(tmp_path, entry(b"a.parquet", file.stat().st_size), limits=FAST))
    assert (found["f"]["nulls"], found["f"]["min"], found["f"]["max"]) == (1, 0.5, 0.5)
    assert found["u"]["max"] == 2**64 - 1
    assert (found["l"]["type"], found["l"]["nulls"], found["l"]["distinct"]) == (
        "TINYINT[]",
        1,
        None,
    )


def test_files_of_one_schema_are_one_table_for_each_split(tmp_path: Path) -> None:
    files = {f"{split}-{n}.csv": b"a\n1\n2\n" for split in ("train", "test") for n in (0, 1)}
    found = statistics(tmp_path, {**files, "other.csv": b"z,y\n1,2\n"})
    assert [(one["name"], one["split"], one["rows"]) for one in found["tables"]] == [
        ("train-*.csv", "train", 4),
        ("test-*.csv", "test", 4),
        ("other.csv", None, 1),
    ]
    assert found["examples"] == {"count": 8, "sample": False, "by_split": {"train": 4, "test": 4}}


def test_rows_of_gzipped_files_are_examples_like_those_of_others(tmp_path: Path) -> None:
    rows = b"a,b\n1,x\n2,y\n"
    files = {"train/a.csv": rows + b"3,z\n", "train/b.csv.gz": gzip.compress(rows)}
    found = statistics(tmp_path, files | {"test/a.csv.gz": gzip.compress(rows)})
    assert found["examples"] == {
        "count": 7,
        "sample": False,
        "by_split": {"train": 5, "test": 2},
    }
    assert sorted((one["split"], one["rows"]) for one in found["tables"]) == [
        ("test", 2),
        ("train", 2),
        ("train", 3),
    ]


def test_a_large_table_is_described_by_a_sample_that_is_said_to_be_one(tmp_path: Path) -> None:
    content = b"n\n" + b"".join(b"%07d\n" % n for n in range(1_000_000, 1_100_000))
    limits = DescribingLimits(table_bytes=1 << 16, sample_bytes=1 << 16)
    found = statistics(tmp_path, {"a.csv": content}, limits)
    (table,) = found["tables"]
    assert table["estimated"]
    assert table["sample"] is not None
    assert table["sample"]["of_bytes"] == len(content)
    assert table["sample"]["rows"] * 8 == pytest.approx(table["sample"]["size_bytes"], abs=8)
    assert table["rows"] == pytest.approx(100_000, rel=0.01)
    assert columns(found)["n"]["max"] > 1_090_000  # the sample reaches the end
    assert found["examples"] is not None
    assert found["examples"]["sample"]


def test_of_too_many_files_some_are_opened(tmp_path: Path) -> None:
    files = {f"{n:02}.csv": b"a\n1\n2\n" for n in range(20)}
    found = statistics(tmp_path, files, DescribingLimits(files=8))
    (table,) = found["tables"]
    assert (table["files"], table["rows"], table["estimated"]) == (20, 40, True)
    assert [file for file, _ in messages(found)] == ["*.csv"]


def test_values_that_name_or_reach_people_are_withheld(tmp_path: Path) -> None:
    content = b"who,mail,phone,n\nMaria Curie,m@example.org,5104864000,1\n" * 1
    found = statistics(tmp_path, {"a.csv": content + b"Peter Higgs,p@example.org,5104864001,1\n"})
    assert [(one["column"], one["reason"]) for one in found["withheld"]] == [
        ("who", "names of people"),
        ("mail", "e-mail addresses"),
        ("phone", "phone numbers"),
    ]
    for name in ("who", "mail", "phone"):
        column = columns(found)[name]
        values = (column["min"], column["max"], column["mean"], column["top"])
        assert (column["distinct"], values) == (2, (None, None, None, []))
    assert "Curie" not in json.dumps(found)


def test_long_texts_have_no_values(tmp_path: Path) -> None:
    row = json.dumps({"text": "word " * 200}).encode() + b"\n"
    found = columns(statistics(tmp_path, {"a.jsonl": row * 3}))
    assert (found["text"]["min"], found["text"]["top"]) == (None, [])


def test_keys_that_differ_only_in_case_are_columns_of_their_own(tmp_path: Path) -> None:
    rows = [
        {"id": 1, "ID": "first", "a/b~": 1.5, 'q"': "x", "n": None},
        {"ID": "second", "id": 2, "a/b~": 2.5, 'q"': {"k": 1}},
        {"Id": True, "id": 3},
    ]
    lines = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    found = statistics(tmp_path, {"a.jsonl": lines + b"broken\n", "b.jsonl": lines})
    of = columns(found)
    assert list(of) == ["id", "ID", "a/b~", 'q"', "n", "Id"]
    assert (of["id"]["min"], of["id"]["max"], of["id"]["nulls"]) == (1, 3, 1)
    assert (of["ID"]["min"], of["ID"]["max"], of["ID"]["nulls"]) == ("first", "second", 3)
    assert (of["a/b~"]["mean"], of["Id"]["nulls"]) == (2.0, 5)
    assert found["tables"][0]["rows"] == 7
    assert [one["value"] for one in of['q"']["top"]] == ["x", '{"k":1}']


def test_rows_that_break_the_form_are_left_out_and_reported(tmp_path: Path) -> None:
    found = statistics(tmp_path, {"a.csv": b"a,b\n1,2\n3\n4,5,secret\n6,7\n"})
    assert found["tables"][0]["rows"] == 2
    assert len(found["problems"]) == 2
    assert "secret" not in json.dumps(found["problems"])


def test_a_column_is_what_all_of_its_values_are(tmp_path: Path) -> None:
    content = b"a,b,c\n" + b"1,1,1\n" * 500_000 + b"x,1.5,1\n" * 9_000 + b"1,1,oops\n"
    found = statistics(tmp_path, {"a.csv": content})
    types = {name: column["type"] for name, column in columns(found).items()}
    assert types == {"a": "VARCHAR", "b": "DOUBLE", "c": "BIGINT"}
    assert len(found["problems"]) == 1
    assert "oops" not in json.dumps(found)


@pytest.mark.attack("hostile data")
@pytest.mark.parametrize(
    "name",
    [b"*.csv", b"[a].csv", b"q'\"\n;.csv", b"\xff.csv", b"$(id).csv", b"-x.csv", b"a b.csv"],
    ids=ascii,
)
def test_a_file_of_any_name_is_read_as_itself(tmp_path: Path, name: bytes) -> None:
    found = statistics(tmp_path, {os.fsdecode(name): b"x\n1\n", "a/other.csv": b"y,z\n1,2\n"})
    assert sorted(table["rows"] for table in found["tables"]) == [1, 1]
    assert found["problems"] == []


@pytest.mark.attack("hostile data")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "a,b\n1,x\n".encode("utf-16")),
        ("a.csv", b"\n\n"),
        ("a.csv.gz", gzip.compress(b"a\n" + b"1\n" * 9_000)[:-9]),
        ("a.csv.gz", b"no gzip"),
        ("a.parquet", b"PAR1" + b"\xff" * 100 + b"PAR1"),
        ("a.parquet", b""),
        ("a.jsonl", b"[1, 2]\n"),
        ("a.jsonl", b"{" * 100_000),
        ("a.csv", b",".join(b"c%d" % n for n in range(20_000)) + b"\n1\n"),
    ],
    ids=["utf-16", "blank", "cut", "no gzip", "footer", "empty", "array", "deep", "wide"],
)
def test_a_file_that_cannot_be_read_is_a_problem_of_its_own(
    tmp_path: Path, name: str, content: bytes
) -> None:
    found = statistics(tmp_path, {name: content, "good/b.csv": b"x,y\n1,2\n"})
    assert [table["name"] for table in found["tables"]] == ["good/b.csv"]
    assert [file for file, _ in messages(found)] == ([name] if content else [])
    assert str(tmp_path) not in json.dumps(found)


@pytest.mark.attack("hostile data")
def test_a_damaged_file_of_many_does_not_take_the_others_along(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason=DATA_EXTRA)
    import pyarrow
    import pyarrow.parquet

    files = {}
    for number in range(4):
        pyarrow.parquet.write_table(pyarrow.table({"a": [*range(999)]}), tmp_path / "made")
        files[f"{number}.parquet"] = (tmp_path / "made").read_bytes()
    files["2.parquet"] = b"PAR1" + b"\xff" * 2_000 + files["2.parquet"][2_004:]
    found = statistics(tmp_path, files)
    assert [(table["files"], table["rows"]) for table in found["tables"]] == [(3, 3 * 999)]
    assert [file for file, _ in messages(found)] == ["2.parquet"]


@pytest.mark.attack("hostile data")
def test_odd_values_and_keys_are_described(tmp_path: Path) -> None:
    files = {
        "a.csv": b"a,b,c\n1e308,\x00x,=cmd|'/C calc'!A0\n-1e308,y,12345678901234567890\n",
        "b.jsonl": b'{"it\'s": 1, "": 2, "A": 3, "a": 4, "x y": NaN}\nbroken\n',
        "c.jsonl": b'{"\\ud800": "\\ud800"}\n',
    }
    found = statistics(tmp_path, files)
    assert {table["name"]: table["rows"] for table in found["tables"]} == {
        "a.csv": 2,
        "b.jsonl": 2,
        "c.jsonl": 1,
    }


@pytest.mark.attack("hostile data")
def test_a_table_that_takes_too_long_is_reported(tmp_path: Path) -> None:
    bomb = gzip.compress(b"a,b\n" + b"1,2\n" * 3_000_000, 1)
    found = statistics(
        tmp_path, {"a.csv.gz": bomb}, DescribingLimits(part_seconds=0.05, seconds=60)
    )
    assert [file for file, _ in messages(found)] == ["a.csv.gz"]
    assert found["tables"] == []
