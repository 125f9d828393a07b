"""Images: counted by class and split, their headers read, nothing decoded."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.adapters.statistics.limits import DescribingLimits
from tests.adapters.statistics.trees import described_tree
from tests.data_files import data_library

if TYPE_CHECKING:
    from pathlib import Path

image: Any = data_library("PIL.Image")


def write_image(file: Path, width: int = 8, mode: str = "RGB") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    image.new(mode, (width, 4)).save(file)


def test_images_are_counted_by_split_and_class(tmp_path: Path) -> None:
    for split, count in (("train", 6), ("test", 2)):
        for number in range(count):
            write_image(tmp_path / split / "cat" / f"{number}.png", 8 + number % 2)
            write_image(tmp_path / split / "dog" / f"{number}.jpg", mode="L")
    found = described_tree(tmp_path)
    train, test = found["images"]
    assert (train["name"], train["split"], train["files"]) == ("train", "train", 12)
    assert train["classes"] == [{"name": "cat", "files": 6}, {"name": "dog", "files": 6}]
    assert train["formats"] == [{"format": "JPEG", "files": 6}, {"format": "PNG", "files": 6}]
    assert train["modes"] == [{"mode": "L", "files": 6}, {"mode": "RGB", "files": 6}]
    assert train["sizes"] == [
        {"width": 8, "height": 4, "files": 9},
        {"width": 9, "height": 4, "files": 3},
    ]
    assert (test["split"], test["files"], test["sample"]) == ("test", 4, None)
    assert found["examples"] == {
        "count": 16,
        "sample": False,
        "by_split": {"train": 12, "test": 4},
    }


def test_of_many_images_some_are_opened_and_all_are_counted(tmp_path: Path) -> None:
    for number in range(40):
        write_image(tmp_path / ("cat" if number % 2 else "dog") / f"{number}.png")
    (entry,) = described_tree(tmp_path, DescribingLimits(files=10))["images"]
    assert entry["files"] == 40
    assert entry["classes"] == [{"name": "cat", "files": 20}, {"name": "dog", "files": 20}]
    assert entry["sample"] is not None
    assert entry["sample"]["of_files"] == 40
    assert sum(one["files"] for one in entry["sizes"]) == entry["sample"]["files"] <= 10


@pytest.mark.attack("hostile data")
def test_an_image_that_would_be_huge_is_described_by_its_header(tmp_path: Path) -> None:
    (tmp_path / "bomb.png").write_bytes(png(100_000, 100_000))
    (tmp_path / "no.png").write_bytes(b"no image")
    (tmp_path / "script.gif").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    (tmp_path / "cut.tif").write_bytes(b"II*\x00" + struct.pack("<I", 8) + b"\xff" * 40)
    found = described_tree(tmp_path)
    (entry,) = found["images"]
    assert entry["sizes"] == [{"width": 100_000, "height": 100_000, "files": 1}]
    assert [one["file"] for one in found["problems"]] == ["cut.tif", "no.png", "script.gif"]


def png(width: int, height: int) -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (head, b"IDAT" + zlib.compress(b"\0" * 10), b"IEND")
    chunks = (struct.pack(">I", len(p) - 4) + p + struct.pack(">I", zlib.crc32(p)) for p in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
