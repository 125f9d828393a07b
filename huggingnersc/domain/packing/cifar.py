"""The files of CIFAR-10 and CIFAR-100: their names, and what is in a batch.

Source: https://www.cs.toronto.edu/~kriz/cifar.html, "Python version".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WIDTH = HEIGHT = 32
CHANNELS = 3
RECORD_BYTES = WIDTH * HEIGHT * CHANNELS
MOST_RECORDS = 100_000  # in a batch; those of CIFAR-10 have 10,000, that of CIFAR-100 50,000
_TEN = re.compile(r"data_batch_[1-9][0-9]?|test_batch")
_META_TEN = "batches.meta"
_HUNDRED = frozenset({"train", "test"})
_META_HUNDRED = "meta"


@dataclass(frozen=True, slots=True)
class LabelKeys:
    """What labels are called.

    Attributes:
        column: in the rows.
        names: the key of the names of the classes in the file that describes the batches.
    """

    column: str
    names: str


LABELS = {
    "labels": LabelKeys("label", "label_names"),
    "fine_labels": LabelKeys("fine_label", "fine_label_names"),
    "coarse_labels": LabelKeys("coarse_label", "coarse_label_names"),
}


@dataclass(frozen=True, slots=True)
class CifarFiles:
    """The files of a folder in the form of CIFAR.

    Attributes:
        batches: the split of each batch by its path, in order.
        meta: the path of the file with the names of the classes; None where there is none.
    """

    batches: Mapping[str, str]
    meta: str | None


def cifar_files(paths: Iterable[str]) -> CifarFiles | None:
    """Return the batches among the files of one folder or below one; None where there are none.

    The names of CIFAR-100, such as `train`, are taken only beside its file `meta`.
    """
    known = sorted(paths)
    metas = [path for path in known if _name(path) == _META_TEN]
    batches = [path for path in known if _TEN.fullmatch(_name(path))]
    if not batches:
        metas = [path for path in known if _name(path) == _META_HUNDRED]
        folders = {path.rpartition("/")[0] for path in metas}
        named = (path for path in known if _name(path) in _HUNDRED)
        batches = [path for path in named if path.rpartition("/")[0] in folders]
    if not batches:
        return None
    return CifarFiles({path: _split(path) for path in batches}, metas[0] if metas else None)


@dataclass(frozen=True, slots=True)
class CifarBatch:
    """What a batch holds.

    Attributes:
        pixels: of all images, each as a plane of red, one of green and one of blue.
        labels: numbers of classes by column.
        names: of the images as files; empty where the batch has none.
    """

    pixels: bytes
    labels: Mapping[str, list[int]]
    names: list[bytes]

    @property
    def records(self) -> int:
        """How many images there are."""
        return len(self.pixels) // RECORD_BYTES


def cifar_batch(content: Any, pixels: bytes) -> CifarBatch:
    """Return a batch that was unpickled.

    Args:
        content: of the pickle.
        pixels: those of its array `data`.

    Raises:
        ValueError: it is none; the sentence says why.
    """
    records, rest = divmod(len(pixels), RECORD_BYTES)
    if rest or not 0 < records <= MOST_RECORDS:
        raise ValueError("its data are no images of 32 x 32 pixels in three colors")
    labels = {
        keys.column: _numbers(content[key.encode()], records, key)
        for key, keys in LABELS.items()
        if key.encode() in content
    }
    if not labels:
        raise ValueError("it has no labels")
    return CifarBatch(pixels, labels, _file_names(content.get(b"filenames"), records))


def class_names(content: Any) -> dict[str, list[str]]:
    """Return the names of the classes by column.

    Raises:
        ValueError: the unpickled value holds none.
    """
    found = {}
    for keys in LABELS.values():
        names = content.get(keys.names.encode()) if isinstance(content, dict) else None
        if isinstance(names, list) and all(isinstance(one, bytes) for one in names):
            found[keys.column] = [one.decode() for one in names]
    if not found:
        raise ValueError("it holds no names of classes")
    return found


def _numbers(numbers: Any, records: int, key: str) -> list[int]:
    if not isinstance(numbers, list) or len(numbers) != records:
        raise ValueError(f"its {key} are not as many as its images")
    if not all(type(one) is int and 0 <= one < 1 << 31 for one in numbers):
        raise ValueError(f"its {key} are no numbers of classes")
    return numbers


def _file_names(names: Any, records: int) -> list[bytes]:
    if not isinstance(names, list) or len(names) != records:
        return []
    return names if all(isinstance(one, bytes) for one in names) else []


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _split(path: str) -> str:
    return "test" if _name(path).startswith("test") else "train"
