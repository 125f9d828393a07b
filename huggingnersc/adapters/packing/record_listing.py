"""List IDX files and CIFAR's batches as samples."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

from huggingnersc.adapters.packing.cifar_files import read_cifar
from huggingnersc.adapters.packing.folder_source import listed_files
from huggingnersc.adapters.packing.idx_files import read_idx
from huggingnersc.adapters.packing.listing import SourceListing
from huggingnersc.adapters.packing.source_faults import SourceFaults
from huggingnersc.adapters.packing.source_files import source_files
from huggingnersc.adapters.packing.version_files import note_others
from huggingnersc.domain.packing.cifar import cifar_files
from huggingnersc.domain.packing.idx import idx_name
from huggingnersc.domain.packing.options import SourceKind
from huggingnersc.domain.packing.pack import ShardForm
from huggingnersc.domain.packing.sample import WHOLE_FILE, ListedPart
from huggingnersc.errors import PackingError
from huggingnersc.fixes import Message, Option

if TYPE_CHECKING:
    from collections.abc import Iterable

    from huggingnersc.adapters.packing.listing import SourceRoot
    from huggingnersc.adapters.packing.source_files import SourceFiles
    from huggingnersc.domain.packing.options import PackOptions
    from huggingnersc.domain.packing.record_source import RecordSource

OTHERS = "without records of the dataset"
_LABEL = "label"


def list_idx(source: SourceRoot, options: PackOptions, form: ShardForm) -> SourceListing:
    """Return the records of the IDX files of a source as samples.

    Every file is read once, as its size is compared with its header; of a version twice.

    Raises:
        SourceUnsuitableError: files are damaged, or do not belong together.
        PackingError: the options do not fit, or the root cannot be read.
    """
    _require_fitting(options, form)
    left_out = Counter[str]()
    files = _files(source, left_out)
    chosen = {path: file for path, file in files.items() if idx_name(path)}
    left_out[OTHERS] += len(files) - len(chosen)
    with source_files(source.path) as opened:
        _require_version(source, opened, chosen.values())
        found = read_idx(opened, [*chosen.values()])
    return _listing(SourceKind.IDX, found, left_out, options)


def list_cifar(source: SourceRoot, options: PackOptions, form: ShardForm) -> SourceListing:
    """Return the images of CIFAR's batches as samples.

    Every batch is read once, of a version twice; nothing in it is run.

    Raises:
        SourceUnsuitableError: files are damaged, or do not belong together.
        PackingError: the options do not fit, or the root cannot be read.
    """
    _require_fitting(options, form)
    left_out = Counter[str]()
    files = _files(source, left_out)
    known = cifar_files(files)
    chosen = {*known.batches, *([known.meta] if known.meta else ())} if known else set()
    left_out[OTHERS] += len(files) - len(chosen)
    with source_files(source.path) as opened:
        listed = [files[path] for path in sorted(chosen)]
        _require_version(source, opened, listed)
        found = read_cifar(opened, listed)
    return _listing(SourceKind.CIFAR, found, left_out, options)


def _files(source: SourceRoot, left_out: Counter[str]) -> dict[str, ListedPart]:
    faults = SourceFaults()
    files = {
        os.fsdecode(path): ListedPart(path, size_bytes, mtime_ns, digest, WHOLE_FILE)
        for path, size_bytes, mtime_ns, digest in listed_files(source, left_out, faults)
    }
    faults.require_none(source.path)
    return files


def _require_version(source: SourceRoot, opened: SourceFiles, files: Iterable[ListedPart]) -> None:
    """Make sure that files are those of the version, where one is packed.

    Raises:
        SourceUnsuitableError: some are not.
    """
    faults = SourceFaults()
    note_others(opened, files, faults)
    faults.require_none(source.path)


def _listing(
    kind: SourceKind, found: RecordSource, left_out: Counter[str], options: PackOptions
) -> SourceListing:
    parts = found.parts(stratified=bool(options.stratify_by), divided=bool(options.split))
    about = {"features": found.features}
    return SourceListing(kind=kind, parts=parts, left_out=+left_out, about=about)


def _require_fitting(options: PackOptions, form: ShardForm) -> None:
    """Make sure that options fit to records.

    Raises:
        PackingError: one does not.
    """
    if form is not ShardForm.PARQUET:
        raise PackingError(
            "Records of a file are packed as Parquet only.",
            hint=Message(
                "Leave out ",
                Option("form"),
                "; or pack the files themselves: ",
                Option("group_by", "file"),
            ),
        )
    for name in ("group_by", "keep_together", "path_columns"):
        if getattr(options, name):
            raise PackingError(
                "Each record of a file is a sample of its own; its path says nothing of it.",
                hint=Message("Leave out ", Option(name), "."),
            )
    if options.stratify_by not in {"", _LABEL}:
        raise PackingError(
            f"The records have no column {options.stratify_by!r} to keep the proportions of.",
            hint=Message("Give it as label, or leave out ", Option("stratify_by"), "."),
        )
