"""A file that cannot be read among others is a warning, not the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from huggingnersc import init_dataset
from huggingnersc.errors import DatasetError
from tests.builders import write_tree
from tests.loaders.loading import names_of
from tests.mode_bits import mode_bits_count


@pytest.mark.parametrize("content", [b"x,y\n\x00\x01\xff" * 900, "x,y\n1,2\n".encode("utf-16")])
def test_table_that_is_not_text_is_left_out(tmp_path: Path, content: bytes) -> None:
    data = write_tree(tmp_path / "d", {"a.csv": "x,y\n1,2\n3,4\n", "b.csv": content, "c.csv": ""})
    result = init_dataset(data, output=tmp_path / "out", site="local")
    assert (result.examples, result.columns) == (2, {"x": "int", "y": "int"})
    assert any(f"{data / 'b.csv'} " in str(warning) for warning in result.warnings)
    assert any(str(warning).endswith(": c.csv.") for warning in result.warnings)
    assert len(list(names_of(tmp_path / "out/d_loader.py")["load"](data))) == 2


def test_bytes_in_a_text_file_are_left_out(tmp_path: Path) -> None:
    data = write_tree(tmp_path / "d", {"a.txt": "one\ntwo\n" * 9, "b.txt": b"\x80\xff\n"})
    result = init_dataset(data, output=tmp_path / "out", site="local")
    assert (result.examples, result.files) == (18, 1)
    assert f"{data / 'b.txt'} cannot be read as text" in str(result.warnings[0])
    assert len(list(names_of(tmp_path / "out/d_loader.py")["load"](data))) == 18


@pytest.mark.parametrize("closed", ["a.csv", "b.csv"])
def test_file_that_may_not_be_read_is_left_out_and_named(tmp_path: Path, closed: str) -> None:
    data = write_tree(tmp_path / "d", {"a.csv": "x,y\n1,2\n3,4\n", "b.csv": "x,y\n5,6\n"})
    (data / closed).chmod(0)
    with mode_bits_count():
        result = init_dataset(data, output=tmp_path / "out", site="local")
    assert result.files == 1
    assert f"{data / closed} cannot be read: Permission denied" in str(result.warnings[0])
    (data / closed).chmod(0o600)
    assert result.examples == len(list(names_of(tmp_path / "out/d_loader.py")["load"](data)))


def test_folder_of_broken_files_only_is_refused_with_the_largest(tmp_path: Path) -> None:
    data = write_tree(tmp_path / "d", {"a.txt": b"\0\xff" * 9, "b.txt": b"\0\xff" * 99})
    with pytest.raises(DatasetError, match=r"/b\.txt "):
        init_dataset(data, output=tmp_path / "out", site="local")
