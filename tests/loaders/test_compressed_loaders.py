"""Tables, texts and JSON lines that are compressed, alone and beside files that are not."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from huggingnersc import init_dataset
from huggingnersc.errors import DatasetError
from huggingnersc.fixes import Message
from tests.data_files import WRITERS
from tests.loaders.loading import names_of, number, run

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("csv", "txt", "jsonl")


def compress(data: Path, *, only: str = "part-*") -> None:
    for file in data.glob(only):
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
        file.unlink()


@pytest.mark.parametrize("only", ["part-*", "part-0.*"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_example_is_read_once_in_order(kind: str, only: str, tmp_path: Path) -> None:
    data = WRITERS[kind](tmp_path / "d")
    compress(data, only=only)
    result = init_dataset(data, nickname="traced", output=tmp_path / "out", site="local")
    assert (result.examples, result.examples_are_exact, result.files) == (173, True, 4)
    loader = tmp_path / "out/traced_loader.py"
    assert [number(one) for one in names_of(loader)["load"](data)] == list(range(173))
    assert run(loader, cwd=tmp_path)


def test_one_compressed_table_is_named_without_its_suffixes(tmp_path: Path) -> None:
    data = WRITERS["csv"](tmp_path / "d")
    compress(data)
    result = init_dataset(data / "part-0.csv.gz", output=tmp_path / "out", site="local")
    assert (result.nickname, result.examples) == ("part-0", 100)
    assert result.metadata["datacard_tags"]["tags"] == ["csv"]


@pytest.mark.parametrize("kind", KINDS)
def test_distributed_loader_of_compressed_files_is_refused(kind: str, tmp_path: Path) -> None:
    data = WRITERS[kind](tmp_path / "d")
    compress(data, only="part-0.*")
    with pytest.raises(DatasetError, match="compressed") as caught:
        init_dataset(data, distributed=True, output=tmp_path / "out", site="local")
    assert isinstance(caught.value.hint, Message)
