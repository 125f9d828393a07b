"""CIFAR-10 and CIFAR-100: records of pickled batches as samples, and rows made of them."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.packing.pickled_arrays import MOST_BYTES, PickledArray, unpickled
from huggingnersc.adapters.packing.record_files import kept_records
from huggingnersc.domain.packing.cifar import (
    CHANNELS,
    HEIGHT,
    RECORD_BYTES,
    WIDTH,
    CifarBatch,
    cifar_batch,
    class_names,
)
from huggingnersc.domain.packing.features import IMAGE, class_label
from huggingnersc.domain.packing.png import interleaved, png_bytes
from huggingnersc.domain.packing.record_source import RecordFiles, RecordSource
from huggingnersc.errors import SourceUnsuitableError
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from huggingnersc.domain.packing.cifar import CifarFiles
    from huggingnersc.domain.packing.features import Feature, Features
    from huggingnersc.domain.packing.sample import Sample

_IMAGE = "image"


def read_cifar(root: Path, files: CifarFiles) -> RecordSource:
    """Return what batches hold, once each was read; nothing in them is run.

    One batch at a time is in memory.

    Args:
        root: of the source.
        files: below it.

    Raises:
        SourceUnsuitableError: files are damaged or do not belong together; every problem is
            reported.
    """
    problems: list[Problem] = []
    names = _class_names(root, files.meta, problems)
    groups: list[RecordFiles] = []
    classes: dict[str, int] = {}
    for path, split in files.batches.items():
        try:
            batch = read_batch(root / path)
            groups.append(_group(root, path, split, batch))
            _count_classes(classes, batch, is_first=len(groups) == 1)
        except (OSError, ValueError) as error:
            problems.append(Problem(path, f"it cannot be read: {error}"))
    problems += [
        Problem(files.meta or "", f"it names {len(names[column]):,} of {count:,} classes")
        for column, count in classes.items()
        if count > len(names.get(column, range(count)))
    ]
    if problems:
        raise SourceUnsuitableError("The batches of images cannot be packed.", problems=problems)
    return RecordSource("cifar", _features(classes, names), groups)


def read_batch(path: Path) -> CifarBatch:
    """Return what a batch holds.

    Raises:
        ValueError: it is damaged, or no batch of images.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        content = unpickled(file.read(MOST_BYTES + 1))
    data = content.get(b"data") if isinstance(content, dict) else None
    if not isinstance(data, PickledArray):
        raise ValueError("it has no images")
    return cifar_batch(content, data.content)


def _class_names(root: Path, path: str | None, problems: list[Problem]) -> dict[str, list[str]]:
    if path is None:
        return {}
    try:
        with (root / path).open("rb") as file:
            return class_names(unpickled(file.read(MOST_BYTES + 1)))
    except (OSError, ValueError) as error:
        problems.append(Problem(path, f"it cannot be read: {error}"))
        return {}


def _count_classes(classes: dict[str, int], batch: CifarBatch, *, is_first: bool) -> None:
    """Note how many classes the labels of a batch need.

    Raises:
        ValueError: its labels are others than those of the batches before.
    """
    if not is_first and classes.keys() != batch.labels.keys():
        raise ValueError("its labels are others than those of the batches before")
    for column, numbers in batch.labels.items():
        classes[column] = max(classes.get(column, 0), max(numbers) + 1)


def _group(root: Path, path: str, split: str, batch: CifarBatch) -> RecordFiles:
    return RecordFiles(
        paths=[path],
        mtimes_ns=[(root / path).stat().st_mtime_ns],
        record_bytes=[RECORD_BYTES],
        labels=next(iter(batch.labels.values())),
        records=batch.records,
        split=split,
    )


def _features(classes: Mapping[str, int], names: Mapping[str, list[str]]) -> Features:
    features: dict[str, Feature] = {_IMAGE: IMAGE}
    for column, count in classes.items():
        numbered = [str(number) for number in range(count)]
        features[column] = class_label(names.get(column, numbered))
    return features


class _Batch:
    """A batch whose pixels are in a file without a name."""

    def __init__(self, batch: CifarBatch, scratch: Path) -> None:
        self.labels, self.names = batch.labels, batch.names
        self.images = kept_records(batch.pixels, RECORD_BYTES, scratch)


class CifarRows:
    """Rows made of batches; use it as a context manager.

    Args:
        root: of the source.
        features: the types of the columns.
        scratch: a folder with room for the pixels of all batches.
    """

    def __init__(self, root: Path, features: Features, scratch: Path) -> None:
        self._root, self._scratch = root, scratch
        self._labels = [column for column in features if column != _IMAGE]
        self._stack = ExitStack()
        self._batches: dict[bytes, _Batch] = {}

    def __enter__(self) -> CifarRows:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def row(self, sample: Sample) -> dict[str, Any]:
        """Return the row of a sample.

        Raises:
            ValueError: a file is damaged.
            OSError: one cannot be read.
        """
        (part,) = sample.parts
        batch, number = self._opened(part.path), part.record
        pixels = interleaved(batch.images.record(number), CHANNELS)
        name = os.fsdecode(part.path).rpartition("/")[2]
        title = f"{name}-{number:05}.png"
        if batch.names:
            title = batch.names[number].decode(errors="replace")
        image = {"bytes": png_bytes(pixels, WIDTH, HEIGHT, CHANNELS), "path": title}
        return {_IMAGE: image} | {name: batch.labels[name][number] for name in self._labels}

    def _opened(self, path: bytes) -> _Batch:
        if path not in self._batches:
            batch = _Batch(read_batch(self._root / os.fsdecode(path)), self._scratch)
            self._stack.callback(batch.images.close)
            self._batches[path] = batch
        return self._batches[path]
