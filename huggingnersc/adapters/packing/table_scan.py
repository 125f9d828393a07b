"""Look at all files of tables once: their blocks of rows, and the types of their columns."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.packing.columnar_tables import Hdf5Tables
from huggingnersc.adapters.packing.folder_source import listed_files
from huggingnersc.adapters.packing.scan_blocks import TableScan
from huggingnersc.adapters.packing.source_faults import SourceFaults
from huggingnersc.adapters.packing.table_kinds import table_reader, table_type
from huggingnersc.adapters.packing.version_files import note_others
from huggingnersc.domain.draft.split import split_name, split_word
from huggingnersc.domain.packing.sample import WHOLE_FILE, ListedPart
from huggingnersc.domain.text.terminal import visible
from huggingnersc.errors import PackingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.adapters.packing.listing import SourceRoot
    from huggingnersc.adapters.packing.source_files import SourceFiles
    from huggingnersc.domain.draft.file_type import FileType
    from huggingnersc.domain.packing.features import Features
    from huggingnersc.domain.packing.table_blocks import TableBlock

OTHERS = "without a table, or with one of another type than most"
NO_SPLIT = "of no split, beside tables whose names say one, such as test"


@dataclass(frozen=True, slots=True)
class ScannedTables:
    """What files of tables hold.

    Attributes:
        file_type: of all files.
        settings: how they are written, for a reader.
        features: the types of the columns.
        files: those that were scanned, in order.
        blocks: of all files, in order.
        sizes: about how many bytes each block is.
        own_splits: the split of each file; empty where they name none.
        left_out: how many files are no such tables, by reason.
        newest_ns: when a file was changed last.
    """

    file_type: FileType
    settings: Mapping[str, Any]
    features: Features
    files: tuple[ListedPart, ...]
    blocks: tuple[TableBlock, ...]
    sizes: tuple[int, ...]
    own_splits: Mapping[bytes, str]
    left_out: Counter[str]
    newest_ns: int

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(block.rows for block in self.blocks)

    def of_split(self, split: str | None) -> ScannedTables:
        """Return what the files of one of the source's splits hold; all where it has none."""
        if split is None:
            return self
        pairs = zip(self.blocks, self.sizes, strict=True)
        held = [(one, size) for one, size in pairs if self.own_splits[one.file.path] == split]
        return replace(
            self,
            files=tuple(file for file in self.files if self.own_splits[file.path] == split),
            blocks=tuple(block for block, _ in held),
            sizes=tuple(size for _, size in held),
        )


def scan_tables(source: SourceRoot, opened: SourceFiles, block_bytes: int) -> ScannedTables:
    """Read all files once; of Parquet and HDF5 only what says how they are built.

    A block of rows is in memory at a time. Files of a version are hashed before that. Where some
    files name splits, those that name none are left out, as a test set must never be mixed with
    the rest.

    Args:
        source: where to look.
        opened: the same.
        block_bytes: about how large blocks of rows are.

    Raises:
        SourceUnsuitableError: files cannot be read, or do not fit together; all are named.
        PackingError: the root cannot be read, or holds no rows.
        InstallationError: a library that is needed is not installed.
    """
    left_out, faults = Counter[str](), SourceFaults()
    listed = [ListedPart(*file, WHOLE_FILE) for file in listed_files(source, left_out, faults)]
    types = Counter(filter(None, (_type_of(file) for file in listed)))
    if not types:
        raise PackingError(f"{visible(str(source.path))} has no tables.")
    file_type = max(sorted(types), key=lambda one: types[one])
    files = tuple(file for file in listed if _type_of(file) is file_type)
    left_out[OTHERS] += len(listed) - len(files)
    if own_splits := _own_splits(files):
        left_out[NO_SPLIT] += len(files) - len(own_splits)
        files = tuple(file for file in files if file.path in own_splits)
    note_others(opened, files, faults)
    reader = table_reader(file_type, opened, {})
    scan = TableScan(reader, block_bytes, faults)
    for file in files:
        scan.add(file)
    features = scan.features(files[0])
    if isinstance(reader, Hdf5Tables):
        left_out.update(reader.left_out)
    faults.require_none(source.path)
    if not scan.blocks:
        raise PackingError(f"{visible(str(source.path))} has no rows.")
    return ScannedTables(
        file_type=file_type,
        settings=reader.settings,
        features=features,
        files=files,
        blocks=tuple(scan.blocks),
        sizes=tuple(scan.sizes),
        own_splits=own_splits,
        left_out=+left_out,
        newest_ns=max(file.mtime_ns for file in files),
    )


def _type_of(file: ListedPart) -> FileType | None:
    return table_type(os.fsdecode(file.path))


def _own_splits(files: tuple[ListedPart, ...]) -> dict[bytes, str]:
    """Return the split of each file whose path says one; empty unless they say several."""
    found = {file.path: _split_of(PurePosixPath(os.fsdecode(file.path))) for file in files}
    named = {path: split for path, split in found.items() if split}
    return named if len({*named.values()}) > 1 else {}


def _split_of(path: PurePosixPath) -> str:
    """Return the split that a path names, as `train/a.csv` or `test-00000.parquet`."""
    words = (*path.parts[:-1], path.name.partition(".")[0])
    return next((split_name(word) for word in words if split_word(word)), "")
