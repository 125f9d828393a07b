"""Texts by their lines."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.statistics.limits import DescribingLimits
from tests.adapters.statistics.trees import messages, statistics

if TYPE_CHECKING:
    from pathlib import Path


def test_lines_are_counted_by_split(tmp_path: Path) -> None:
    files = {"train.txt": b"a\nb\nc", "test.txt.gz": gzip.compress(b"a\n"), "README.txt": b"x\n"}
    found = statistics(tmp_path, files)
    counts = [(one["name"], one["split"], one["lines"], one["sample"]) for one in found["texts"]]
    assert counts == [("train.txt", "train", 3, None), ("test.txt.gz", "test", 1, None)]
    assert found["examples"] == {"count": 4, "sample": False, "by_split": {"train": 3, "test": 1}}


def test_of_large_texts_the_beginning_is_read(tmp_path: Path) -> None:
    content = b"1234567\n" * 1_000_000
    found = statistics(tmp_path, {"a.txt": content}, DescribingLimits(text_bytes=1 << 20))
    (texts,) = found["texts"]
    assert texts["sample"] is not None
    assert texts["sample"]["of_bytes"] == len(content)
    assert texts["sample"]["rows"] < 1_000_000
    assert texts["lines"] == pytest.approx(1_000_000, rel=0.05)


@pytest.mark.attack("hostile data")
@pytest.mark.parametrize("content", [b"a\0\xff\n", b"\xff\xfea\0"], ids=["binary", "utf-16"])
def test_what_is_no_text_is_a_problem(tmp_path: Path, content: bytes) -> None:
    found = statistics(tmp_path, {"bad.txt": content, "good.txt": b"a\n"})
    assert [one["lines"] for one in found["texts"]] == [1]
    assert [file for file, _ in messages(found)] == ["bad.txt"]
