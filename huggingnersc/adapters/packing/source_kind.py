"""See what a source holds: files that are samples, tables, or files of records."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.adapters.packing.folder_source import listed_files
from huggingnersc.adapters.packing.source_faults import SourceFaults
from huggingnersc.domain.draft.file_type import FileType, file_type_of
from huggingnersc.domain.packing.cifar import cifar_files
from huggingnersc.domain.packing.description_files import is_metadata
from huggingnersc.domain.packing.idx import idx_name
from huggingnersc.domain.packing.options import SourceKind
from huggingnersc.domain.packing.pack import ShardForm
from huggingnersc.domain.text.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from huggingnersc.adapters.packing.listing import SourceRoot
    from huggingnersc.domain.packing.options import PackOptions

_LOOKED_AT = 2_000  # files
_MOST_NAMED = 5
_TABLES = frozenset({FileType.CSV, FileType.JSON_LINES, FileType.PARQUET, FileType.HDF5})


@dataclass(frozen=True, slots=True)
class InspectedSource:
    """What a source holds.

    Attributes:
        kind: by which it is read.
        warnings: what a user should know of it, a sentence each.
    """

    kind: SourceKind
    warnings: tuple[str, ...] = ()


def inspect_source(source: SourceRoot, options: PackOptions) -> InspectedSource:
    """Return what a source holds, by the names of its first files.

    Files are samples where they are to be grouped; so are tables that are to be members of tar
    files.

    Raises:
        PackingError: the root cannot be read.
    """
    if options.group_by:
        return InspectedSource(SourceKind.FILES)
    files = islice(listed_files(source, Counter(), SourceFaults()), _LOOKED_AT)
    paths = [os.fsdecode(file.path) for file in files]
    if cifar_files(paths):
        return InspectedSource(SourceKind.CIFAR)
    if any(map(idx_name, paths)):
        return InspectedSource(SourceKind.IDX)
    if options.form == ShardForm.WEBDATASET:
        return InspectedSource(SourceKind.FILES)
    counts = Counter(path.rpartition(".")[2] for path in paths)
    names = {path.rpartition(".")[2]: path for path in reversed(paths)}
    types = {word: file_type_of(PurePosixPath(path)) for word, path in names.items()}
    if len(set(types.values())) == 1 and {*types.values()} <= _TABLES:
        return InspectedSource(SourceKind.TABLES)
    tables = {
        word
        for word, file_type in types.items()
        if file_type in _TABLES and not is_metadata(os.fsencode(names[word]))
    }
    if 2 * sum(counts[word] for word in tables) < len(paths):
        return InspectedSource(SourceKind.FILES)
    return InspectedSource(SourceKind.FILES, tuple(_whole_tables(names, types)))


def _whole_tables(names: Mapping[str, str], types: Mapping[str, FileType | None]) -> Iterator[str]:
    """Yield a sentence if most files are tables of one type, which others keep from being read.

    Args:
        names: the first path of each extension.
        types: of the files of each extension.
    """
    tables = sorted(names[word] for word in names if types[word] in _TABLES)
    others = sorted(names[word] for word in names if types[word] not in _TABLES)
    if not tables:
        return
    cause = f"because of {_named(others)}" if others else "as they are of several types"
    yield (
        f"Tables such as {visible(tables[0])} are packed as whole files, not as rows, {cause}. "
        "To pack their rows, take a folder with tables of one type only."
    )


def _named(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _MOST_NAMED:,} more types" if len(paths) > _MOST_NAMED else ""
    return ", ".join(map(visible, paths[:_MOST_NAMED])) + more
