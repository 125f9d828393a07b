"""Small files in the forms of MNIST and CIFAR-10; image n can be told by its pixels."""

from __future__ import annotations

import gzip
import math
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CLASSES = ("airplane", "automobile", "bird")
_PLANE = 32 * 32


def idx_bytes(code: int, shape: Sequence[int], content: bytes) -> bytes:
    """The bytes of an IDX file."""
    return bytes((0, 0, code, len(shape))) + struct.pack(f">{len(shape)}I", *shape) + content


def gray_pixels(number: int, size: int = 4) -> bytes:
    """The pixels of an image: no two rows are the same."""
    return bytes((number * 7 + at * 3) % 256 for at in range(size * size))


def write_mnist(folder: Path, *, gzipped: bool = True, train: int = 30, test: int = 6) -> Path:
    """Images of 4 x 4 pixels; image n has the label n modulo 3."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, count in (("train", train), ("t10k", test)):
        images = b"".join(map(gray_pixels, range(count)))
        labels = bytes(number % 3 for number in range(count))
        files = {
            f"{name}-images-idx3-ubyte": idx_bytes(8, (count, 4, 4), images),
            f"{name}-labels-idx1-ubyte": idx_bytes(8, (count,), labels),
        }
        for file, content in files.items():
            if gzipped:
                (folder / f"{file}.gz").write_bytes(gzip.compress(content, mtime=0))
            else:
                (folder / file).write_bytes(content)
    return folder


def color_planes(number: int) -> bytes:
    """The red, green and blue planes of an image: its upper left pixel is (n, 2n, 3n)."""
    planes = (bytes((number * factor + at) % 256 for at in range(_PLANE)) for factor in (1, 2, 3))
    return b"".join(planes)


def write_cifar(folder: Path, *, batches: int = 2, count: int = 5) -> Path:
    """Batches as Python 2 pickled them, those of CIFAR-10; image n has the label n modulo 3."""
    folder.mkdir(parents=True, exist_ok=True)
    names = {f"data_batch_{number + 1}": number for number in range(batches)}
    for name, number in (names | {"test_batch": batches}).items():
        numbers = range(number * count, (number + 1) * count)
        (folder / name).write_bytes(cifar_pickle(numbers))
    label_names = _list(_text(name.encode()) for name in CLASSES)
    meta = _dict({b"label_names": label_names})
    (folder / "batches.meta").write_bytes(b"\x80\x02" + meta + b".")
    return folder


def cifar_pickle(numbers: Sequence[int], data: bytes | None = None) -> bytes:
    """A batch as Python 2.7 and NumPy 1 wrote it; `data` stands in place of its pixels."""
    pixels = b"".join(map(color_planes, numbers))
    files = _list(_text(b"image_s_%06d.png" % number) for number in numbers)
    content = {
        b"batch_label": _text(b"a batch"),
        b"labels": _list(b"M" + struct.pack("<H", number % 3) for number in numbers),
        b"data": data if data is not None else array_pickle((len(numbers), 3 * _PLANE), pixels),
        b"filenames": files,
    }
    return b"\x80\x02" + _dict(content) + b"."


def array_pickle(shape: Sequence[int], content: bytes, dtype: bytes = b"u1") -> bytes:
    """The instructions that make an array."""
    assert dtype != b"u1" or math.prod(shape) == len(content)
    numbers = b"".join(b"J" + struct.pack("<i", one) for one in shape)
    kind = b"cnumpy\ndtype\nU\x02" + dtype + b"K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xff"
    kind += b"J\xff\xff\xff\xffK\x00tb"
    made = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
    raw = b"T" + struct.pack("<i", len(content)) + content
    return made + b"(K\x01(" + numbers + b"t" + kind + b"I00\n" + raw + b"tb"


def _dict(content: dict[bytes, bytes]) -> bytes:
    return b"}(" + b"".join(_text(key) + one for key, one in content.items()) + b"u"


def _list(items: object) -> bytes:
    return b"](" + b"".join(items) + b"e"  # type: ignore[arg-type]


def _text(text: bytes) -> bytes:
    return b"U" + bytes((len(text),)) + text
