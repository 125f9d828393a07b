from __future__ import annotations

import io
import json
import subprocess
from typing import TYPE_CHECKING, Any

import pyarrow
import pyarrow.parquet
import pytest

from huggingnersc.hub_server.web import parquet, parquet_process
from huggingnersc.hub_server.web.parquet import (
    NOT_READABLE,
    TOO_EXPENSIVE,
    parquet_head,
    parquet_sample,
)
from huggingnersc.hub_server.web.parquet_process import class_names, read_sample
from huggingnersc.hub_server.web.tables import (
    CELL_LIMIT,
    COLUMN_LIMIT,
    ROW_LIMIT,
    TableHead,
    short_number,
)

if TYPE_CHECKING:
    from pathlib import Path


def written(path: Path, columns: dict[str, list[object]], **options: Any) -> Path:
    pyarrow.parquet.write_table(pyarrow.table(columns), path, **options)
    return path


def read(file: Path) -> TableHead:
    with file.open("rb") as stream:
        return read_sample(stream)[0]


def test_names_types_and_first_rows_are_shown(tmp_path: Path) -> None:
    file = written(tmp_path / "a", {"name": ["x", None], "n": [1, 2], "at": [[1.5], []]})
    head, reason = parquet_head(file)
    assert head is not None
    assert [(c.name, c.kind) for c in head.columns][:2] == [("name", "string"), ("n", "int64")]
    assert head.rows == (("x", "1", "[1.5]"), ("", "2", "[]"))
    assert (head.rows_in_all, reason) == (2, "")


def test_numbers_have_the_digits_that_their_type_holds(tmp_path: Path) -> None:
    single = pyarrow.array([5.1, None], pyarrow.float32())
    lists = pyarrow.array([[5.1, 0.5], []], pyarrow.list_(pyarrow.float32()))
    columns: Any = {"double": [0.1 + 0.2, 1.0], "float": single, "list": lists}
    head = read(written(tmp_path / "a", columns))
    assert head.rows == (("0.30000000000000004", "5.1", "[5.1, 0.5]"), ("1.0", "", "[]"))


def test_a_list_is_shown_as_python_has_it_and_cut(tmp_path: Path) -> None:
    columns: dict[str, list[object]] = {"n": [[[1, None]], [[1] * 1_000]], "x": [[["a"]], [[]]]}
    head = read(written(tmp_path / "a", columns))
    assert head.rows[0] == ("[[1, None]]", "[['a']]")
    assert (len(head.rows[1][0]), head.rows[1][0][-1]) == (CELL_LIMIT, "…")


def test_no_more_of_a_list_is_looked_at_than_a_cell_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def noted(cell: str) -> str:
        asked.append(cell)
        return short_number(cell)

    monkeypatch.setattr(parquet_process, "short_number", noted)
    head = read(written(tmp_path / "a", {"x": [[[0.5] * 100] * 100]}))
    assert len(head.rows[0][0]) == CELL_LIMIT
    assert 0 < len(asked) <= CELL_LIMIT


def test_the_same_bytes_are_read_from_memory(tmp_path: Path) -> None:
    file = written(tmp_path / "a", {"n": [1]})
    assert parquet_head(file.read_bytes()) == parquet_head(file)


def test_large_files_are_cut(tmp_path: Path) -> None:
    columns: dict[str, list[object]] = {
        f"c{n}": ["x" * 1000] * (ROW_LIMIT * 3) for n in range(COLUMN_LIMIT + 4)
    }
    head = read(written(tmp_path / "a", columns, row_group_size=50))
    assert (len(head.rows), len(head.columns)) == (ROW_LIMIT, COLUMN_LIMIT)
    assert head.columns_left_out == 4
    assert head.rows_in_all == ROW_LIMIT * 3
    assert len(head.rows[0][0]) == CELL_LIMIT


def test_an_empty_table_has_columns_only(tmp_path: Path) -> None:
    head = read(written(tmp_path / "a", {"n": []}))
    assert (head.rows, head.rows_in_all) == ((), 0)


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" + b"\0" * 100 + b"PAR1", b"a,b\n1,2\n"])
def test_what_is_no_parquet_is_not_read(data: bytes) -> None:
    with pytest.raises((pyarrow.ArrowException, OSError, ValueError)):
        read_sample(io.BytesIO(data))


def test_a_truncated_file_is_reported(tmp_path: Path) -> None:
    data = written(tmp_path / "a", {"n": list(range(1000))}).read_bytes()
    assert parquet_head(data[: len(data) // 2]) == (None, NOT_READABLE)


@pytest.mark.attack("expensive pages")
def test_a_small_file_that_unpacks_to_gigabytes_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "CPU_LIMIT_S", 1)
    bomb = pyarrow.DictionaryArray.from_arrays([0] * ROW_LIMIT, ["x" * (24 << 20)])
    columns = {f"c{number}": bomb for number in range(8)}
    file = written(tmp_path / "a", columns, compression="zstd")
    assert file.stat().st_size < 1 << 20
    assert parquet_head(file) == (None, TOO_EXPENSIVE)


@pytest.mark.attack("expensive pages")
def test_a_file_that_takes_too_long_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_: object, timeout: float, **__: object) -> None:
        raise subprocess.TimeoutExpired(parquet_process.__name__, timeout)

    monkeypatch.setattr(subprocess, "run", late)
    assert parquet_head(written(tmp_path / "a", {"n": [1]})) == (None, TOO_EXPENSIVE)


PNG, JPEG = b"\x89PNG\r\n\x1a\n....", b"\xff\xd8\xff...."


def test_pictures_are_found_in_the_cells(tmp_path: Path) -> None:
    images: list[object] = [
        {"bytes": PNG, "path": "a.png"},
        {"bytes": b"<svg onload=alert(1)>", "path": "b.svg"},
        {"bytes": None, "path": "https://portal.example.org/c.png"},
        None,
    ]
    raw: list[object] = [JPEG, b"RIFF....WEBP", b"GIF89a", b"\0"]
    sample = parquet_sample(written(tmp_path / "a", {"image": images, "raw": raw}))
    assert sample.head is not None
    assert [column.kind for column in sample.head.columns] == ["image", "binary"]
    assert sample.head.rows[0] == ("PNG, 12 bytes", "JPEG, 7 bytes")
    assert sample.head.rows[1][0] == "binary, 21 bytes"
    assert [(one.column, one.row, one.media_type) for one in sample.pictures] == [
        (0, 0, "image/png"),
        (1, 0, "image/jpeg"),
        (1, 1, "image/webp"),
        (1, 2, "image/gif"),
    ]
    assert sample.pictures[0].content == PNG


@pytest.mark.attack("expensive pages")
def test_pictures_are_taken_up_to_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_process, "PICTURES_LIMIT_BYTES", 20)
    file = written(tmp_path / "a", {"a": [PNG, PNG + b"x" * 50, JPEG, JPEG]})
    with file.open("rb") as stream:
        pictures = parquet_process.read_sample(stream)[1]
    assert [one.row for one in pictures] == [0, 2]


def test_classes_have_their_names(tmp_path: Path) -> None:
    features = {"a": {"_type": "ClassLabel", "names": ["cat", "dog"]}, "b": {"_type": "Value"}}
    known = json.dumps({"info": {"features": features}})
    table = pyarrow.table({"a": [1, 0, 7, None], "b": [1, 0, 7, None]})
    pyarrow.parquet.write_table(
        table.replace_schema_metadata({"huggingface": known}), tmp_path / "a"
    )
    rows = read(tmp_path / "a").rows
    assert rows == (("dog", "1"), ("cat", "0"), ("7", "7"), ("", ""))


@pytest.mark.attack("hostile data")
@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"[" * 9999, b'{"info": 1}', b'{"info": {"features": {"a": [], "b": 1}}}',
     b'{"info": {"features": {"a": {"_type": "ClassLabel", "names": 3}}}}'],
)  # fmt: skip
def test_features_of_anything_name_no_class(text: bytes) -> None:
    assert class_names(text) == {}
