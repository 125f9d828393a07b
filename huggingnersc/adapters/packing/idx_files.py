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
    from pathlib import Path

    from huggingnersc.adapters.packing.record_files import RecordFile
    from huggingnersc.domain.packing.features import Features
    from huggingnersc.domain.packing.idx import IdxHeader, IdxPair
    from huggingnersc.domain.packing.sample import Sample

_IMAGE, _DATA, _LABEL = "image", "data", "label"


def read_idx(root: Path, paths: Sequence[str]) -> RecordSource:
    """Return what IDX files hold, once each was compared with its header.

    Gzipped files are decompressed once for that; memory is taken for labels only.

    Args:
        root: of the source.
        paths: of the files below it.

    Raises:
        SourceUnsuitableError: files are damaged or do not belong together; every problem is
            reported.
    """
    pairs, problems = idx_pairs(paths)
    headers, damaged = _headers(root, [path for pair in pairs for path in pair.paths])
    problems += damaged
    known = [pair for pair in pairs if headers.keys() >= {*pair.paths}]
    problems += [one for pair in known for one in _mismatches(pair, headers)]
    kinds = {pair.base: _columns(pair, headers) for pair in known}
    if len({tuple(one.items()) for one in kinds.values()}) > 1:
        problems += [Problem(base, f"it holds {_said(one)}") for base, one in kinds.items()]
    if problems:
        raise SourceUnsuitableError("The IDX files cannot be packed.", problems=problems)
    labels = {pair.base: _labels(root, pair, headers) for pair in known}
    groups = [_group(root, pair, headers, labels[pair.base]) for pair in known]
    return RecordSource("idx", _features(known[0], headers, [*labels.values()]), groups)


def _headers(root: Path, paths: Sequence[str]) -> tuple[dict[str, IdxHeader], list[Problem]]:
    found, problems = {}, []
    for path in paths:
        try:
            found[path] = idx_header(root / path)
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


def _labels(root: Path, pair: IdxPair, headers: Mapping[str, IdxHeader]) -> bytes | None:
    """Return the numbers of the classes, if these are what the labels are."""
    path = pair.paths[-1]
    header = headers[path]
    is_classes = len(header.shape) == 1 and header.type.dtype == "uint8"
    return idx_content(root / path, header) if is_classes else None


def _group(
    root: Path, pair: IdxPair, headers: Mapping[str, IdxHeader], labels: bytes | None
) -> RecordFiles:
    return RecordFiles(
        paths=pair.paths,
        mtimes_ns=[(root / path).stat().st_mtime_ns for path in pair.paths],
        record_bytes=[headers[path].record_bytes for path in pair.paths],
        labels=labels,
        records=headers[pair.images].records,
        split=pair.split,
    )


def _features(
    pair: IdxPair, headers: Mapping[str, IdxHeader], labels: Sequence[bytes | None]
) -> Features:
    columns = zip(_names(pair, headers), pair.paths, strict=True)
    features = {name: headers[path].feature for name, path in columns}
    classes = max((max(one) for one in labels if one is not None), default=None)
    if classes is not None:
        features[_LABEL] = class_label([str(number) for number in range(classes + 1)])
    return features


class IdxRows:
    """Rows made of records; use it as a context manager.

    Args:
        root: of the source.
        features: the types of the columns.
        scratch: a folder with room for files that are unpacked.
    """

    def __init__(self, root: Path, features: Features, scratch: Path) -> None:
        self._root, self._columns, self._scratch = root, tuple(features), scratch
        self._stack = ExitStack()
        self._files: dict[bytes, tuple[IdxHeader, RecordFile]] = {}

    def __enter__(self) -> IdxRows:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def row(self, sample: Sample) -> dict[str, Any]:
        """Return the row of a sample.

        Raises:
            ValueError: a file is damaged.
            OSError: one cannot be read.
        """
        return {
            column: self._value(part.path, part.record)
            for column, part in zip(self._columns, sample.parts, strict=True)
        }

    def _value(self, path: bytes, number: int) -> Any:
        header, records = self._opened(path)
        content = records.record(number)
        if header.image is None:
            return _numbers(header, content)
        name = idx_name(os.fsdecode(path).rpartition("/")[2])
        title = f"{(name and name.base) or _IMAGE}-{number:07}.png"
        return {"bytes": png_bytes(content, *header.image), "path": title}

    def _opened(self, path: bytes) -> tuple[IdxHeader, RecordFile]:
        if path not in self._files:
            opened = open_idx(self._root / os.fsdecode(path), self._scratch)
            self._stack.callback(opened[1].close)
            self._files[path] = opened
        return self._files[path]


def _numbers(header: IdxHeader, content: bytes) -> Any:
    """Return the numbers of a record, nested by its shape."""
    values = array(header.type.code, content)
    if sys.byteorder == "little":
        values.byteswap()
    nested: list[Any] = values.tolist()
    for length in reversed(header.shape[1:]):
        nested = [nested[at : at + length] for at in range(0, len(nested), length)]
    return nested[0]
