"""CSV and JSON lines, cut into blocks of rows."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huggingnersc.adapters.packing.text_tables import (
    csv_table,
    csv_types,
    promoted,
    text_blocks,
)
from huggingnersc.domain.draft.layout import Column, FileLayout
from tests.data_files import DATA_EXTRA

arrow = pytest.importorskip("pyarrow", reason=DATA_EXTRA)
_CELLS = st.text(alphabet='ab",\n ', min_size=1, max_size=6)


@settings(max_examples=60)
@given(
    rows=st.lists(st.tuples(_CELLS, _CELLS), max_size=12),
    size=st.integers(1, 60),
    has_header=st.booleans(),
    starts=st.sampled_from([b"", b"\xef\xbb\xbf"]),
)
def test_blocks_hold_all_rows_and_cut_none(
    rows: list[tuple[str, str]], size: int, starts: bytes, *, has_header: bool
) -> None:
    text = StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("a\nb", "c")] * has_header + rows)
    content = starts + text.getvalue().encode()
    found = []
    blocks = [*text_blocks(BytesIO(content), size, has_header=has_header, quoted=True)]
    for start, data in blocks:
        assert content[start : start + len(data)] == data
        found += [*csv.reader(StringIO(data.decode(), newline=""))]
    assert found == [[*row] for row in rows]


def test_types_hold_the_values_of_all_blocks() -> None:
    layout = FileLayout(columns=tuple(Column(name, "str") for name in "abcd"))
    first, _ = csv_types(b"1,007,2020-01-01,\n2,8,2020-01-02,NA\n", layout)
    second, rows = csv_types(b'0.5,9,2020-01-02T10:00:00,"x\ny"\n', layout)
    types = {name: promoted(arrow, first[name], second[name]) for name in "abcd"}
    assert {name: str(kind) for name, kind in types.items()} == {
        "a": "double",
        "b": "string",
        "c": "timestamp[s]",
        "d": "string",
    }
    assert rows == 1
    table = csv_table(b"1,007,2020-01-01,\n", layout, types)
    assert table.to_pylist()[0]["b"] == "007"
