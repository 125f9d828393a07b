from __future__ import annotations

import io
import subprocess
from typing import TYPE_CHECKING, Any

import pyarrow
import pyarrow.parquet
import pytest

from huggingnersc.hub_server.web import parquet, parquet_process
from huggingnersc.hub_server.web.parquet import NOT_READABLE, TOO_EXPENSIVE, parquet_head
from huggingnersc.hub_server.web.parquet_process import read_head
from huggingnersc.hub_server.web.tables import CELL_LIMIT, COLUMN_LIMIT, ROW_LIMIT, TableHead

if TYPE_CHECKING:
    from pathlib import Path


def written(path: Path, columns: dict[str, list[object]], **options: Any) -> Path:
    pyarrow.parquet.write_table(pyarrow.table(columns), path, **options)
    return path


def read(file: Path) -> TableHead:
    with file.open("rb") as stream:
        return read_head(stream)


def test_names_types_and_first_rows_are_shown(tmp_path: Path) -> None:
    file = written(tmp_path / "a", {"name": ["x", None], "n": [1, 2], "at": [[1.5], []]})
    head, reason = parquet_head(file)
    assert head is not None
    assert [(c.name, c.kind) for c in head.columns][:2] == [("name", "string"), ("n", "int64")]
    assert head.rows == (("x", "1", "[1.5]"), ("", "2", "[]"))
    assert (head.rows_in_all, reason) == (2, "")


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
        read_head(io.BytesIO(data))


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
