from __future__ import annotations

from typing import Any

import pytest

from huggingnersc.adapters.packing.source_notes import SourceNotes
from huggingnersc.domain.packing.options import PackOptions
from huggingnersc.domain.packing.pack import ShardForm

_PAIRS = ("a/1.json", "a/1.png", "a/1.txt", "a/10.png", "a/2.csv.gz", "a/2.png", "b/2.png", "c")


def _warnings(
    *paths: str, form: str = "parquet", size_bytes: int = 1, **options: Any
) -> list[str]:
    notes = SourceNotes(PackOptions(form=form, **options), ShardForm(form))
    for path in paths:
        notes.add(path.encode(), size_bytes)
    return [*notes.warnings()]


def test_names_of_several_files_that_become_rows_of_their_own_are_counted() -> None:
    (warning,) = _warnings(*_PAIRS)
    assert "2 names" in warning
    assert "1.json and 1.png" in warning
    (of_splits,) = _warnings(*_PAIRS, split="a=1/2,b=1/2")
    assert of_splits != warning


@pytest.mark.parametrize("options", [{"group_by": "file"}, {"form": "webdataset"}])
def test_names_are_not_compared_where_the_grouping_is_chosen(options: dict[str, Any]) -> None:
    assert _warnings(*_PAIRS, **options) == []


def test_empty_files_that_readers_decode_are_named() -> None:
    names = [f"{number}.png" for number in range(7)]
    (warning,) = _warnings(*names, "a.txt", "b", size_bytes=0)
    assert "7 files" in warning
    assert "0.png, 1.png, 2.png, 3.png, 4.png and 2 more" in warning
    assert _warnings("a.txt", "b.bin", "c", size_bytes=0) == []
