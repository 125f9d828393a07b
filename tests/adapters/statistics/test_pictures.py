"""The pictures of a card: PNG files of the same bytes each time, whatever is in the data."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING

import jsonschema
import pytest

from huggingnersc.adapters.statistics.limits import DescribingLimits
from huggingnersc.adapters.statistics.pictures import with_pictures
from huggingnersc.assets import schema_file
from huggingnersc.domain.versions.statistics import STATISTICS_SCHEMA
from tests.data_files import data_library
from tests.domain.versions.documents import (
    all_parts,
    make_arrays,
    make_column,
    make_member,
    make_statistics,
    make_table,
)

if TYPE_CHECKING:
    from pathlib import Path

data_library("matplotlib")


def test_pictures_have_the_same_bytes_each_time(tmp_path: Path) -> None:
    both = [tmp_path / "first", tmp_path / "again"]
    for folder in both:
        folder.mkdir()
        found = with_pictures(all_parts(), folder, DescribingLimits())
        jsonschema.validate(found, json.loads(schema_file(STATISTICS_SCHEMA).read_text()))
    paths = [one["path"] for one in found["pictures"]]
    names = ("classes", "columns", "values", "arrays")
    assert paths == [f"pictures/{name}.png" for name in names]
    for path in paths:
        first, again = ((folder / path).read_bytes() for folder in both)
        assert first == again
        assert struct.unpack(">I", first[16:20]) == (1200,)
        assert b"tEXt" not in first


@pytest.mark.attack("hostile names")
def test_no_name_keeps_a_picture_from_being_drawn(tmp_path: Path) -> None:
    odd = "$\\frac{1}{$ \u202e\x1b[31m\n漢字 _^&#%"
    top = [{"value": f"{odd}{number}", "count": 3} for number in range(2)]
    preview = {"path": odd, "dimensions": [odd, odd], "at": odd, "values": [[1.0, None]] * 9}
    found = with_pictures(
        make_statistics(
            tables=[make_table(make_column(odd), make_column(odd, top=top, distinct=2))],
            arrays=[make_arrays(make_member(odd, units=odd), preview=preview)],
        ),
        tmp_path,
        DescribingLimits(),
    )
    assert [one["path"] for one in found["pictures"]] == [
        "pictures/columns.png",
        "pictures/values.png",
        "pictures/field.png",
        "pictures/arrays.png",
    ]
    assert found["problems"] == []


def test_without_matplotlib_that_is_one_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingnersc.adapters.statistics.part.find_spec", lambda _module: None)
    found = with_pictures(all_parts(), tmp_path, DescribingLimits())
    assert found["pictures"] == []
    assert len(found["problems"]) == 1 + len(all_parts()["problems"])


def test_statistics_without_numbers_to_draw_have_no_pictures(tmp_path: Path) -> None:
    folder = tmp_path / "version"
    folder.mkdir()
    assert with_pictures(make_statistics(), folder, DescribingLimits())["pictures"] == []
    assert not any(folder.iterdir())
