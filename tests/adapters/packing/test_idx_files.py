"""MNIST's files as samples and rows."""

from __future__ import annotations

import gzip
import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huggingnersc.adapters.packing.idx_files import IdxRows, read_idx
from huggingnersc.adapters.packing.record_files import open_idx
from huggingnersc.domain.packing.png import png_bytes
from huggingnersc.domain.packing.sample import ListedPart, Sample
from huggingnersc.errors import SourceUnsuitableError
from tests.adapters.packing.packed import listed, opened
from tests.classic_sets import gray_pixels, idx_bytes, write_mnist

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.domain.packing.record_source import RecordSource

_TYPES = {8: "B", 9: "b", 11: "h", 12: "i", 13: "f", 14: "d"}


def samples(source: RecordSource) -> list[tuple[bytes, Sample]]:
    """The split and the parts of each sample."""
    found: dict[bytes, list[ListedPart]] = {}
    splits = {}
    for part in source.parts(stratified=False):
        listed = ListedPart(part.path, part.size_bytes, part.mtime_ns, part.digest, part.record)
        found.setdefault(part.key, []).append(listed)
        splits[part.key] = part.split
    return [(splits[key], Sample(key, tuple(parts))) for key, parts in found.items()]


@pytest.mark.parametrize("gzipped", [True, False])
def test_each_record_is_a_row_of_image_and_class(tmp_path: Path, *, gzipped: bool) -> None:
    folder = write_mnist(tmp_path, gzipped=gzipped)
    with opened(folder) as files:
        source = read_idx(files, listed(folder))
    assert source.features["label"] == {"names": ["0", "1", "2"], "_type": "ClassLabel"}
    found = samples(source)
    assert [split for split, _ in found] == [b"test"] * 6 + [b"train"] * 30
    with opened(folder) as files, IdxRows(files, source.features) as rows:
        for at in (35, 6, 5):
            number, row = at - 6 if at >= 6 else at, rows.row(found[at][1])
            assert row["image"]["bytes"] == png_bytes(gray_pixels(number), 4, 4)
            assert row["label"] == number % 3


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(data=st.data(), gzipped=st.booleans())
def test_records_of_every_type_come_back(
    tmp_path: Path, data: st.DataObject, *, gzipped: bool
) -> None:
    code = data.draw(st.sampled_from(sorted(_TYPES)))
    shape = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    count = 1
    for length in shape:
        count *= length
    kind = {"f": st.floats(width=32, allow_nan=False), "d": st.floats(allow_nan=False)}
    bits = struct.calcsize(_TYPES[code]) * 8 - 1
    numbers = kind.get(_TYPES[code], st.integers(-(1 << bits), (1 << bits) - 1))
    if code == 8:
        numbers = st.integers(0, 255)
    values = data.draw(st.lists(numbers, min_size=count, max_size=count))
    content = idx_bytes(code, shape, struct.pack(f">{count}{_TYPES[code]}", *values))
    path = tmp_path / ("x.idx.gz" if gzipped else "x.idx")
    path.write_bytes(gzip.compress(content) if gzipped else content)
    with opened(tmp_path) as files:
        header, records = open_idx(files, *listed(tmp_path, path.name))
    raw = b"".join(records.record(number) for number in range(records.records))
    records.close()
    assert struct.unpack(f">{count}{header.type.code}", raw) == tuple(values)


def test_every_damaged_file_is_named(tmp_path: Path) -> None:
    content = idx_bytes(8, (3, 4, 4), bytes(48))
    bad = {
        "a-images-idx3-ubyte": content[:-1],
        "b-images-idx3-ubyte": content + b"x",
        "c-images-idx3-ubyte.gz": gzip.compress(content)[:-9],
        "d-images-idx3-ubyte.gz": gzip.compress(content + bytes(1 << 20)),
        "e-images-idx3-ubyte": b"PK",
    }
    good = {
        "f-images-idx3-ubyte": content,
        "f-labels-idx1-ubyte": idx_bytes(8, (4,), bytes(4)),
    }
    for name, data in (bad | good).items():
        (tmp_path / name).write_bytes(data)
    with opened(tmp_path) as files, pytest.raises(SourceUnsuitableError) as caught:
        read_idx(files, listed(tmp_path))
    named = [problem.where for problem in caught.value.problems]
    assert named == [*bad, "f-labels-idx1-ubyte"]


def test_numbers_that_are_no_pixels_stay_numbers(tmp_path: Path) -> None:
    content = struct.pack(">12f", *range(12))
    (tmp_path / "x-idx3-float").write_bytes(idx_bytes(13, (2, 3, 2), content))
    with opened(tmp_path) as files:
        source = read_idx(files, listed(tmp_path))
        with IdxRows(files, source.features) as rows:
            row = rows.row(samples(source)[1][1])
    assert row == {"data": [[6.0, 7.0], [8.0, 9.0], [10.0, 11.0]]}


def test_a_source_of_one_split_may_be_divided(tmp_path: Path) -> None:
    write_mnist(tmp_path, gzipped=False)
    with opened(tmp_path) as files:
        both = read_idx(files, listed(tmp_path))
        one = read_idx(files, listed(tmp_path, "train-images-idx3-ubyte"))
    assert {part.split for part in both.parts(stratified=False, divided=True)} == {
        b"train",
        b"test",
    }
    assert {part.split for part in one.parts(stratified=False)} == {b"train"}
    assert {part.split for part in one.parts(stratified=False, divided=True)} == {b""}
