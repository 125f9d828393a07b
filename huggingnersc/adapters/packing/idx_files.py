"""MNIST and its kind: records of IDX files as samples, and rows of a table made of them."""

from __future__ import annotations

import os
import sys
from array import array
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.packing.record_files import idx_content, idx_header, open_idx
from huggingnersc.domain.packing.features import class_label
from huggingnersc.domain.packing.idx import idx_name, idx_pairs
from huggingnersc.domain.packing.png import png_bytes
from huggingnersc.domain.packing.record_source import RecordFiles, RecordSource
from huggingnersc.errors import SourceUnsuitableError
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from huggingnersc.adapters.packing.record_files import RecordFile
    from huggingnersc.adapters.packing.source_files import SourceFiles
    from huggingnersc.domain.packing.features import Features
    from huggingnersc.domain.packing.idx import IdxHeader, IdxPair
    from huggingnersc.domain.packing.sample import ListedPart, Sample

_IMAGE, _DATA, _LABEL = "image", "data", "label"
_NUMBER_BYTES = 32  # about what Python takes for a number


def read_idx(source: SourceFiles, files: Sequence[ListedPart]) -> RecordSource:
    """Return what IDX files hold, once each was compared with its header.

    Gzipped files are decompressed once for that; memory is taken for labels only.

    Args:
        source: where the files are.
        files: those of the source that are IDX files by their names.

    Raises:
        SourceChangedError: a file is not what was listed.
        SourceUnsuitableError: files are damaged or do not belong together; every problem is
            reported.
    """
    listed = {os.fsdecode(file.path): file for file in files}
    pairs, problems = idx_pairs(listed)
    headers, damaged = _headers(source, listed, [path for pair in pairs for path in pair.paths])
    problems += damaged
    known = [pair for pair in pairs if headers.keys() >= {*pair.paths}]
    problems += [one for pair in known for one in _mismatches(pair, headers)]
    kinds = {pair.base: _columns(pair, headers) for pair in known}
    if len({tuple(one.items()) for one in kinds.values()}) > 1:
        problems += [Problem(base, f"it holds {_said(one)}") for base, one in kinds.items()]
    if problems:
        raise SourceUnsuitableError("The IDX files cannot be packed.", problems=problems)
    groups = [_group(source, listed, pair, headers) for pair in known]
    return RecordSource(_features(known[0], headers, groups), groups)


def _headers(
    source: SourceFiles, listed: Mapping[str, ListedPart], paths: Sequence[str]
) -> tuple[dict[str, IdxHeader], list[Problem]]:
    found, problems = {}, []
    for path in paths:
        try:
            found[path] = idx_header(source, listed[path])
        except ValueError as error:
            problems.append(Problem(path, str(error)))
        except OSError as error:
            problems.append(Problem(path, f"it cannot be read: {error.strerror}"))
    return found, problems


def _mismatches(pair: IdxPair, headers: Mapping[str, IdxHeader]) -> list[Problem]:
    counts = [headers[path].records for path in pair.paths]
    if len(set(counts)) < 2:
        return []
    images, labels = counts
    return [Problem(pair.paths[1], f"it has {labels:,} labels for {images:,} records")]


def _columns(pair: IdxPair, headers: Mapping[str, IdxHeader]) -> dict[str, str]:
    """Return what decides the types of the columns of a pair."""
    return {
        name: str(headers[path].feature)
        for name, path in zip(_names(pair, headers), pair.paths, strict=True)
    }


def _said(columns: Mapping[str, str]) -> str:
    return " and ".join(columns) + ", others hold something else"


def _names(pair: IdxPair, headers: Mapping[str, IdxHeader]) -> list[str]:
    first = headers[pair.images]
    if pair.labels is None and len(first.shape) == 1:
        return [_LABEL]
    names = [_IMAGE if first.image else _DATA]
    return names if pair.labels is None else [*names, _LABEL]


def _group(
    source: SourceFiles,
    listed: Mapping[str, ListedPart],
    pair: IdxPair,
    headers: Mapping[str, IdxHeader],
) -> RecordFiles:
    last = pair.paths[-1]
    is_classes = len(headers[last].shape) == 1 and headers[last].type.dtype == "uint8"
    return RecordFiles(
        files=[listed[path] for path in pair.paths],
        record_bytes=[headers[path].record_bytes for path in pair.paths],
        labels=idx_content(source, listed[last], headers[last]) if is_classes else None,
        records=headers[pair.images].records,
        split=pair.split,
    )


def _features(
    pair: IdxPair, headers: Mapping[str, IdxHeader], groups: Sequence[RecordFiles]
) -> Features:
    columns = zip(_names(pair, headers), pair.paths, strict=True)
    features = {name: headers[path].feature for name, path in columns}
    classes = max((max(one.labels) for one in groups if one.labels is not None), default=None)
    if classes is not None:
        features[_LABEL] = class_label([str(number) for number in range(classes + 1)])
    return features


class IdxRows(ExitStack):
    """Rows made of records; use it as a context manager.

    Args:
        source: where the files are.
        features: the types of the columns.
    """

    def __init__(self, source: SourceFiles, features: Features) -> None:
        super().__init__()
        self._source, self._columns = source, tuple(features)
        self._files: dict[bytes, tuple[IdxHeader, RecordFile]] = {}

    def row(self, sample: Sample) -> dict[str, Any]:
        """Return the row of a sample.

        Raises:
            ValueError: a file is damaged.
            SourceChangedError: one is not what was listed.
            OSError: one cannot be read.
        """
        return {
            column: self._value(part)
            for column, part in zip(self._columns, sample.parts, strict=True)
        }

    def cost_bytes(self, sample: Sample) -> int:
        """Return about how much memory the row of a sample takes; a number takes most."""
        headers = [self._opened(part)[0] for part in sample.parts]
        return sum(one.record_bytes * (1 if one.image else _NUMBER_BYTES) for one in headers)

    def _value(self, part: ListedPart) -> Any:
        header, records = self._opened(part)
        content = records.record(part.record)
        if header.image is None:
            return _numbers(header, content)
        name = idx_name(os.fsdecode(part.path).rpartition("/")[2])
        title = f"{(name and name.base) or _IMAGE}-{part.record:07}.png"
        return {"bytes": png_bytes(content, *header.image), "path": title}

    def _opened(self, part: ListedPart) -> tuple[IdxHeader, RecordFile]:
        if part.path not in self._files:
            opened = open_idx(self._source, part)
            self.callback(opened[1].close)
            self._files[part.path] = opened
        return self._files[part.path]


def _numbers(header: IdxHeader, content: bytes) -> Any:
    """Return the numbers of a record, nested by its shape."""
    values = array(header.type.code, content)
    if sys.byteorder == "little":
        values.byteswap()
    nested: list[Any] = values.tolist()
    for length in reversed(header.shape[1:]):
        nested = [nested[at : at + length] for at in range(0, len(nested), length)]
    return nested[0]
