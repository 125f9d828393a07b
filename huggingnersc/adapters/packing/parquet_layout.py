"""What the columns of a Parquet pack are, decided by looking at all samples once."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import asdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.adapters.packing.array_columns import ArrayTypes
from huggingnersc.adapters.packing.described_files import described_features
from huggingnersc.adapters.packing.folder_source import DESCRIBED
from huggingnersc.adapters.packing.source_faults import SourceFaults
from huggingnersc.domain.draft.image_layout import classes_of, label_folders
from huggingnersc.domain.packing.features import card_features, features_text, value
from huggingnersc.domain.packing.grouping import GroupKind
from huggingnersc.domain.packing.layout import PackLayout
from huggingnersc.domain.packing.options import SourceKind
from huggingnersc.domain.packing.path_columns import (
    PATH,
    label_path,
    path_columns,
    sample_folders,
)
from huggingnersc.domain.packing.row_columns import (
    FRAME_COUNT,
    VIDEO,
    ColumnCount,
    ColumnKeys,
    ColumnKind,
)
from huggingnersc.domain.packing.sample import WHOLE_FILE
from huggingnersc.domain.text.formatting import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from huggingnersc.adapters.packing.listing import SourceListing
    from huggingnersc.adapters.packing.sample_rows import PartRow
    from huggingnersc.domain.packing.features import Feature, Features
    from huggingnersc.domain.packing.options import PackOptions
    from huggingnersc.domain.packing.row_columns import FileColumn

_LARGEST_BYTES = (1 << 31) - (1 << 20)  # of a value or list of values, in Arrow
_TOO_LARGE = "more than 2 GiB, which a row cannot hold; use --form webdataset"
_FEW_FOLDERS = "fewer folders than the {} of --path-columns"
_TABLES = frozenset({"csv", "tsv", "jsonl"})
_NOT_JOINED = (
    "A table beside images is a text in a row of its own: only rows of metadata.csv, .jsonl or "
    ".parquet with a column file_name are joined to the images."
)
_NOT_THERE = "a row of a metadata file names it, and it is not there"
_TWICE = "several rows of metadata files name it"
_MOST_FOLDERS = 100_000  # that may tell classes


class ParquetLayouter:
    """Decides how samples become rows; memory is taken for the names of folders only.

    Args:
        root: of the source.
        listing: of it.
        options: how it is packed.

    Raises:
        InstallationError: the library for Parquet is not installed.
    """

    def __init__(self, root: Path, listing: SourceListing, options: PackOptions) -> None:
        data_library("pyarrow", "Parquet")  # before any work is done
        self._root, self._listing, self._options = root, listing, options
        self._faults, self._not_described = SourceFaults(), 0
        self._asked = len(options.path_column_names)
        group = self._group = options.grouping.kind
        self._counts = [ColumnCount(ColumnKeys(group.value))]
        if group in {GroupKind.FOLDER, GroupKind.REGEX}:
            self._counts.insert(0, ColumnCount(ColumnKeys(group.value, by_name=True)))
        self._arrays = [ArrayTypes() for _ in self._counts]
        self._folders = Counter[tuple[str, ...]]()
        self._folders_of = lru_cache(10_000)(_label_folders)

    @property
    def _described(self) -> Mapping[str, Any]:
        """What tables say of files; known once the source is listed, so before the first look."""
        described: Mapping[str, Any] = self._listing.about.get(DESCRIBED, {})
        return described

    def add(self, parts: list[PartRow]) -> None:
        """Note the files of a sample; the headers of .npy files are read.

        Raises:
            InstallationError: a library for the files is not installed.
        """
        if self._listing.kind is not SourceKind.FILES:
            return
        rows = self._files(parts)
        if not rows:
            self._refuse(parts[0], _NOT_THERE)
            return
        if sum(row.size_bytes for row in rows) > _LARGEST_BYTES:
            self._refuse(rows[0], _TOO_LARGE)
        if self._asked and self._folder_count(rows[0]) < self._asked:
            self._refuse(rows[0], _FEW_FOLDERS.format(plural(self._asked, "column")))
        for count in self._counts:
            count.add(row.path for row in rows)
        for row in rows:
            if row.path.endswith(b".npy"):
                self._add_array(row.path)
        if len(self._folders) < _MOST_FOLDERS:
            self._folders[self._folders_of(os.path.dirname(rows[0].path))] += 1  # noqa: PTH120 - bytes

    def _files(self, parts: list[PartRow]) -> list[PartRow]:
        """Return the parts that are files, once the rows that describe them were counted."""
        if not self._described:
            return parts
        rows = [part for part in parts if part.record == WHOLE_FILE]
        if len(parts) == len(rows):
            self._not_described += 1
        elif len(parts) > len(rows) + 1:
            self._refuse(parts[0], _TWICE)
        return rows

    def _refuse(self, part: PartRow, reason: str) -> None:
        """Note that the sample of a part cannot be a row."""
        self._faults.add(part.key, reason, noun="sample")

    def _folder_count(self, row: PartRow) -> int:
        is_folder = self._group is GroupKind.FOLDER
        return len(sample_folders(row.key, row.path, is_folder=is_folder))

    def _add_array(self, path: bytes) -> None:
        try:
            for count, arrays in zip(self._counts, self._arrays, strict=True):
                arrays.add(count.keys.of(path), self._root / os.fsdecode(path))
        except OSError as error:
            self._faults.add(path, f"it cannot be read: {error.strerror}")

    def layout(self) -> PackLayout:
        """Return the columns that all samples fit into.

        Raises:
            SourceUnsuitableError: a sample does not fit into a row.
        """
        if self._listing.kind is not SourceKind.FILES:
            features: Features = self._listing.about["features"]
            return _layout(self._listing.kind, features, {})
        self._faults.require_none(self._root)
        count, arrays = next(
            (count, arrays)
            for count, arrays in zip(self._counts, self._arrays, strict=True)
            if count.is_usable
        )
        is_few = len(self._folders) < _MOST_FOLDERS
        classes = classes_of(self._folders) if is_few and not self._described else ()
        added = described_features(self._described) if self._described else {}
        paths = path_columns(
            self._options.grouping,
            self._options.path_column_names,
            classes,
            has_names=PATH in added or count.is_of_images,
        )
        names = added | paths.features
        columns = [arrays.typed(one) for one in count.columns({FRAME_COUNT, *names})]
        features = _features(columns) | names
        tables = [one.name for one in columns if one.name in _TABLES]
        has_images = any(one.kind == ColumnKind.IMAGE for one in columns)
        settings = {
            "columns": [asdict(one) for one in columns],
            "keys": asdict(count.keys),
            "paths": asdict(paths),
            DESCRIBED: self._described,
        }
        warnings = (*((_NOT_JOINED,) if tables and has_images else ()), *self._undescribed())
        return _layout(SourceKind.FILES, features, settings, warnings)

    def _undescribed(self) -> Iterator[str]:
        if self._not_described:
            count = plural(self._not_described, "sample")
            yield f"No row of the metadata files names {count}: these columns are empty there."


def _layout(
    kind: SourceKind,
    features: Features,
    settings: Mapping[str, Any],
    warnings: tuple[str, ...] = (),
) -> PackLayout:
    return PackLayout(
        settings={"kind": kind.value, "features": features_text(features), **settings},
        features=card_features(features),
        warnings=warnings,
    )


def _label_folders(folder: bytes) -> tuple[str, ...]:
    return label_folders(label_path(folder) / "file")


def _features(columns: list[FileColumn]) -> dict[str, Feature]:
    features: dict[str, Feature] = {}
    for column in columns:
        features[column.name] = column.feature
        if column.name == VIDEO:
            features[FRAME_COUNT] = value("int32")
    return features
