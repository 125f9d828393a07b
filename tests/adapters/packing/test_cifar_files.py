"""CIFAR's batches as samples and rows, and pickles that are no batches."""

from __future__ import annotations

import pickle
import struct
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.packing.cifar_files import CifarRows, read_batch, read_cifar
from huggingnersc.domain.packing.cifar import cifar_files
from huggingnersc.domain.packing.png import png_bytes
from huggingnersc.errors import SourceUnsuitableError
from tests.adapters.packing.packed import listed, opened
from tests.adapters.packing.test_idx_files import samples
from tests.classic_sets import array_pickle, cifar_pickle, color_planes, write_cifar
from tests.data_files import DATA_EXTRA

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.domain.packing.record_source import RecordSource


def _read(folder: Path) -> RecordSource:
    with opened(folder) as source:
        return read_cifar(source, listed(folder))


def test_each_image_stands_upright_in_its_colors(tmp_path: Path) -> None:
    source = _read(write_cifar(tmp_path))
    assert source.features["label"] == {
        "names": ["airplane", "automobile", "bird"],
        "_type": "ClassLabel",
    }
    found = samples(source)
    assert [split for split, _ in found] == [b"train"] * 10 + [b"test"] * 5
    with opened(tmp_path) as files, CifarRows(files, source.features) as rows:
        row = rows.row(found[7][1])
    planes = color_planes(7)
    pixels = bytes(planes[plane * 1024 + at] for at in range(1024) for plane in range(3))
    assert pixels[:6] == bytes((7, 14, 21, 8, 15, 22))
    assert row["image"] == {"bytes": png_bytes(pixels, 32, 32, 3), "path": "image_s_000007.png"}
    assert row["label"] == 7 % 3


def test_a_batch_that_python_3_pickled_again_is_read(tmp_path: Path) -> None:
    numpy = pytest.importorskip("numpy", reason=DATA_EXTRA)
    pixels = b"".join(map(color_planes, range(4)))
    data = numpy.frombuffer(pixels, numpy.uint8).reshape(4, 3072)
    for protocol in range(5):
        content = {"data": data, "fine_labels": [0, 1, 2, 3], "coarse_labels": [0, 0, 1, 1]}
        (tmp_path / "train").write_bytes(pickle.dumps(content, protocol))
        with opened(tmp_path) as files:
            batch = read_batch(files, *listed(tmp_path, "train"))
        assert batch.pixels == pixels
        assert batch.labels == {"fine_label": [0, 1, 2, 3], "coarse_label": [0, 0, 1, 1]}


@pytest.mark.attack("hostile pickles")
def test_a_hostile_pickle_runs_nothing(tmp_path: Path) -> None:
    trace = tmp_path / "trace"

    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str, str]]:
            return open, (str(trace), "w")

    hostile = [pickle.dumps({b"data": Evil(), b"labels": [1]}, protocol) for protocol in range(6)]
    shell = b"cposix\nsystem\nU" + bytes((len(b"touch " + bytes(trace)),)) + b"touch "
    hostile += [
        cifar_pickle([1], data=shell + bytes(trace) + b"\x85R"),
        cifar_pickle([1], data=b"cnumpy.core.multiarray\n_reconstruct\ncposix\nsystem\n\x85R"),
        b"\x80\x02cnumpy\ndtype\nX\x04\x00\x00\x00nameU\x01x\x86Rb.",
        b"(i__main__\nx\n.",
        b"\x80\x02P1\n.",
        b"\x80\x02\x82\x01.",
    ]
    for data in hostile:
        (tmp_path / "data_batch_1").write_bytes(data)
        with pytest.raises(SourceUnsuitableError):
            _read(tmp_path)
    assert not trace.exists()


@pytest.mark.attack("hostile pickles")
def test_a_pickle_that_is_cut_or_lies_is_refused(tmp_path: Path) -> None:
    good = cifar_pickle(range(2))
    bad = [
        b"",
        good[: len(good) // 2],
        b"\x80\x02}r\xff\xff\xff\x7f.",  # a memo of this size
        b"\x80\x04B\xff\xff\xff\x7f.",
        b"\x80\x02" + b")" + b"\x85" * 100_000 + b"K\x01s.",
        cifar_pickle([1], data=array_pickle((1, 3072), bytes(10), b"f4")),
        cifar_pickle([1, 2], data=array_pickle((1, 3072), bytes(3072))),
        cifar_pickle([1], data=array_pickle((1, 3071), bytes(3071))),
        b"\x80\x02]J" + struct.pack("<i", 5) + b"a.",
    ]
    for data in bad:
        (tmp_path / "data_batch_1").write_bytes(data)
        with pytest.raises(SourceUnsuitableError) as caught:
            _read(tmp_path)
        assert [problem.where for problem in caught.value.problems] == ["data_batch_1"]


def test_the_names_of_cifar_100_count_only_beside_its_description() -> None:
    assert cifar_files(["train", "test"]) is None
    files = cifar_files(["x/train", "x/test", "x/meta"])
    assert files
    assert files.batches == {"x/test": "test", "x/train": "train"}
