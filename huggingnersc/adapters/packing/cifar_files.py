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
    CifarFiles,
    cifar_batch,
    cifar_files,
    class_names,
)
from huggingnersc.domain.packing.features import IMAGE, class_label
from huggingnersc.domain.packing.png import interleaved, png_bytes
from huggingnersc.domain.packing.record_source import RecordFiles, RecordSource
from huggingnersc.errors import SourceUnsuitableError
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from huggingnersc.adapters.packing.source_files import SourceFiles
    from huggingnersc.domain.packing.features import Feature, Features
    from huggingnersc.domain.packing.sample import ListedPart, Sample

_IMAGE = "image"


def read_cifar(source: SourceFiles, listed: Sequence[ListedPart]) -> RecordSource:
    """Return what batches hold, once each was read; nothing in them is run.

    One batch at a time is in memory.

    Args:
        source: where the files are.
        listed: files of the source, batches by their names.

    Raises:
        SourceChangedError: a file is not what was listed.
        SourceUnsuitableError: files are damaged or do not belong together; every problem is
            reported.
    """
    by_path = {os.fsdecode(file.path): file for file in listed}
    files = cifar_files(by_path) or CifarFiles({}, None)
    problems: list[Problem] = []
    names = _class_names(source, by_path.get(files.meta or ""), problems)
    groups: list[RecordFiles] = []
    classes: dict[str, int] = {}
    for path, split in files.batches.items():
        try:
            batch = read_batch(source, by_path[path])
            groups.append(_group(by_path[path], split, batch))
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
    return RecordSource(_features(classes, names), groups)


def read_batch(source: SourceFiles, part: ListedPart) -> CifarBatch:
    """Return what a batch holds.

    Raises:
        ValueError: it is damaged, or no batch of images.
        SourceChangedError: it is not what was listed.
        OSError: it cannot be read.
    """
    content = _unpickled(source, part)
    data = content.get(b"data") if isinstance(content, dict) else None
    if not isinstance(data, PickledArray):
        raise ValueError("it has no images")
    return cifar_batch(content, data.content)


def _unpickled(source: SourceFiles, part: ListedPart) -> Any:
    if part.size_bytes > MOST_BYTES:
        raise ValueError(f"it has more than {MOST_BYTES >> 20} MiB")
    return unpickled(source.read(part))


def _class_names(
    source: SourceFiles, part: ListedPart | None, problems: list[Problem]
) -> dict[str, list[str]]:
    if part is None:
        return {}
    try:
        return class_names(_unpickled(source, part))
    except (OSError, ValueError) as error:
        problems.append(Problem(os.fsdecode(part.path), f"it cannot be read: {error}"))
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


def _group(part: ListedPart, split: str, batch: CifarBatch) -> RecordFiles:
    labels = next(iter(batch.labels.values()))
    return RecordFiles([part], [RECORD_BYTES], labels, batch.records, split)


def _features(classes: Mapping[str, int], names: Mapping[str, list[str]]) -> Features:
    features: dict[str, Feature] = {_IMAGE: IMAGE}
    for column, count in classes.items():
        numbered = [str(number) for number in range(count)]
        features[column] = class_label(names.get(column, numbered))
    return features


class _Batch:
    """A batch whose pixels are in a file without a name."""

    def __init__(self, batch: CifarBatch) -> None:
        self.labels, self.names = batch.labels, batch.names
        self.images = kept_records(batch.pixels, RECORD_BYTES)


class CifarRows(ExitStack):
    """Rows made of batches; use it as a context manager.

    Args:
        source: where the batches are.
        features: the types of the columns.
    """

    def __init__(self, source: SourceFiles, features: Features) -> None:
        super().__init__()
        self._source = source
        self._labels = [column for column in features if column != _IMAGE]
        self._batches: dict[bytes, _Batch] = {}

    def row(self, sample: Sample) -> dict[str, Any]:
        """Return the row of a sample.

        Raises:
            ValueError: a file is damaged.
            SourceChangedError: one is not what was listed.
            OSError: one cannot be read.
        """
        (part,) = sample.parts
        batch, number = self._opened(part), part.record
        pixels = interleaved(batch.images.record(number), CHANNELS)
        name = os.fsdecode(part.path).rpartition("/")[2]
        title = f"{name}-{number:05}.png"
        if batch.names:
            title = batch.names[number].decode(errors="replace")
        image = {"bytes": png_bytes(pixels, WIDTH, HEIGHT, CHANNELS), "path": title}
        return {_IMAGE: image} | {name: batch.labels[name][number] for name in self._labels}

    @staticmethod
    def cost_bytes(_sample: Sample) -> int:
        """Return about how much memory the row of a sample takes."""
        return RECORD_BYTES

    def _opened(self, part: ListedPart) -> _Batch:
        if part.path not in self._batches:
            batch = _Batch(read_batch(self._source, part))
            self.callback(batch.images.close)
            self._batches[part.path] = batch
        return self._batches[part.path]
