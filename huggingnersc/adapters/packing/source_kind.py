"""See what a source holds: files that are samples, tables, or files of records."""

from __future__ import annotations

import os
from collections import Counter
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.adapters.packing.folder_source import listed_files
from huggingnersc.adapters.packing.source_faults import SourceFaults
from huggingnersc.domain.draft.file_type import FileType, file_type_of
from huggingnersc.domain.packing.cifar import cifar_files
from huggingnersc.domain.packing.idx import idx_name
from huggingnersc.domain.packing.options import SourceKind
from huggingnersc.domain.packing.pack import ShardForm

if TYPE_CHECKING:
    from huggingnersc.adapters.packing.listing import SourceRoot
    from huggingnersc.domain.packing.options import PackOptions

_LOOKED_AT = 2_000  # files
_TABLES = frozenset({FileType.CSV, FileType.JSON_LINES, FileType.PARQUET, FileType.HDF5})


def source_kind(source: SourceRoot, options: PackOptions) -> SourceKind:
    """Return what a source holds, by the names of its first files.

    Files are samples where they are to be grouped; so are tables that are to be members of tar
    files.

    Raises:
        PackingError: the root cannot be read.
    """
    if options.group_by:
        return SourceKind.FILES
    files = islice(listed_files(source, Counter(), SourceFaults()), _LOOKED_AT)
    paths = [os.fsdecode(file.path) for file in files]
    if cifar_files(paths):
        return SourceKind.CIFAR
    if any(map(idx_name, paths)):
        return SourceKind.IDX
    if options.form == ShardForm.WEBDATASET:
        return SourceKind.FILES
    names = {path.rpartition(".")[2]: path for path in paths}
    types = {file_type_of(PurePosixPath(path)) for path in names.values()}
    return SourceKind.TABLES if len(types) == 1 and types <= _TABLES else SourceKind.FILES
