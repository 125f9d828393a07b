from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.data_files.budget import Budget
from huggingnersc.adapters.data_files.json_lines import read_json_lines_layout, survey_json_lines
from huggingnersc.domain.draft.layout import Column
from huggingnersc.errors import DatasetError
from tests.builders import write_tree

if TYPE_CHECKING:
    from pathlib import Path


def written(folder: Path, text: str | bytes, name: str = "a.jsonl") -> Path:
    return write_tree(folder, {name: text}) / name


def test_keys_of_all_first_rows_have_the_types_of_their_values(tmp_path: Path) -> None:
    rows = '{"a": 1, "b": null}\n\n{"a": 1.5, "c": [1], "d": {}}\n{"c": "x"}\n'
    assert read_json_lines_layout(written(tmp_path, rows)).columns == (
        Column("a", "float"),
        Column("b", "None"),
        Column("c", "list or str"),
        Column("d", "dict"),
    )


@pytest.mark.parametrize(
    ("text", "examples"),
    [("", 0), ("\n \n", 0), ("{}", 1), ("{}\n{}\n", 2), ("\n{}\r\n\r\n{}", 2)],
)
def test_lines_that_are_not_blank_are_counted(text: str, examples: int, tmp_path: Path) -> None:
    file = written(tmp_path, text)
    size = file.stat().st_size
    survey = survey_json_lines(file, size, Budget())
    assert (survey.examples, survey.covered_bytes) == (examples, size)


def test_line_longer_than_a_block_is_counted_once(tmp_path: Path) -> None:
    file = written(tmp_path, f'{{"x": "{"y" * (3 << 20)}"}}\n{{}}\n')
    assert survey_json_lines(file, file.stat().st_size, Budget()).examples == 2


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_counting_ends_with_the_budget(name: str, tmp_path: Path) -> None:
    text = b'{"x": 1}\n' * 400_000
    file = written(tmp_path, gzip.compress(text) if name.endswith("gz") else text, name)
    size = file.stat().st_size
    survey = survey_json_lines(file, size, Budget(seconds=0))
    assert 0 < survey.examples < 400_000
    assert 0 < survey.covered_bytes < size


@pytest.mark.parametrize("text", ["[1]\n", "x\n", '{"a": \n', "[" * 100_000, b"\xff\xfe{}\n"])
def test_line_that_is_no_object_is_reported_with_its_file(
    text: str | bytes, tmp_path: Path
) -> None:
    file = written(tmp_path, text)
    with pytest.raises(DatasetError, match=r"/a\.jsonl .*\bJSON lines\b"):
        read_json_lines_layout(file)
    with pytest.raises(DatasetError, match=r"/a\.jsonl .*\bJSON lines\b"):
        survey_json_lines(file, 1, Budget())


@pytest.mark.parametrize("cut", [4, 30])
def test_damaged_compressed_file_is_named(cut: int, tmp_path: Path) -> None:
    file = written(tmp_path, gzip.compress(b'{"x": 1}\n' * 999)[:cut], "a.jsonl.gz")
    with pytest.raises(DatasetError, match=r"/a\.jsonl\.gz cannot be decompressed"):
        survey_json_lines(file, 1, Budget())
