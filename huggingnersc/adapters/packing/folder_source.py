"""List the files of a folder, and make them the parts of samples."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import contextmanager
from stat import S_IROTH, S_ISLNK
from typing import TYPE_CHECKING, NamedTuple

from huggingnersc.adapters.inventory.sorted_walk import (
    Files,
    Folder,
    Special,
    name_of,
    open_root,
    sorted_walk,
)
from huggingnersc.adapters.packing.listing import SourceListing
from huggingnersc.adapters.packing.source_faults import NEW_VERSION, SourceFaults
from huggingnersc.adapters.packing.source_notes import SourceNotes
from huggingnersc.domain.packing.description_files import is_description, is_metadata
from huggingnersc.domain.packing.grouping import (
    GroupKind,
    key_function,
    natural_order,
    small_letters,
)
from huggingnersc.domain.packing.options import SourceKind
from huggingnersc.domain.packing.pack import ShardForm
from huggingnersc.domain.packing.path_marks import mark_function
from huggingnersc.domain.packing.sample import UNKNOWN, WHOLE_FILE, ListedPart, SamplePart
from huggingnersc.domain.text.escaped_names import escaped, unescaped
from huggingnersc.domain.text.terminal import visible
from huggingnersc.errors import PackingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from huggingnersc.adapters.manifest_file import ManifestFile
    from huggingnersc.adapters.packing.listing import SourceRoot
    from huggingnersc.domain.packing.options import PackOptions
    from huggingnersc.domain.versions.manifest import ManifestEntry

HIDDEN = "hidden: a name begins with . or __, which readers skip"
LINKS = "behind a symbolic link"
SPECIAL = "special: FIFO, socket or device"
DESCRIPTION = "about the data, such as a README"
UNGROUPED = "not matched by --group-by"
NEW = "not in the version"
DESCRIBED = "described"  # what tables say of files, see `DescribedFiles`
_READABLE = (
    "Make what cannot be read readable (chmod -R u+rX, or ask its owner), or pack a copy or a "
    "version without it."
)
_LAST = b"\xff" * 8  # in its sample
_HIDDEN_BEGINS = b".", b"__"  # of files and of folders
_ODD_BEGINS = b"._"
_AT_A_TIME = 1_000  # files of a folder
_ORDERED = {GroupKind.FOLDER, GroupKind.REGEX}


class SourceFile(NamedTuple):
    """A regular file of a source.

    Attributes:
        path: below the root, as the file system has it.
        size_bytes: its size.
        mtime_ns: when it was last changed.
        digest: its SHA-256 from the version, or `UNKNOWN`.
    """

    path: bytes
    size_bytes: int
    mtime_ns: int
    digest: bytes


def list_files(source: SourceRoot, options: PackOptions, form: ShardForm) -> SourceListing:
    """Return the files of a source as parts of samples.

    Raises:
        SourceUnsuitableError: while the parts are taken: some cannot be read, or are not those
            of the version.
        PackingError: the root cannot be read.
    """
    return _FolderReader(source, options, form).listing


class _FolderReader:
    """Fills the listing of a folder while its parts are taken."""

    def __init__(self, source: SourceRoot, options: PackOptions, form: ShardForm) -> None:
        self.listing = SourceListing(kind=SourceKind.FILES, parts=self._parts())
        self._source, self._faults = source, SourceFaults()
        self._notes = SourceNotes(options, form)
        self._grouped = _Grouped(options, form, self.listing.left_out, self._faults)
        is_of_rows = form is ShardForm.PARQUET and options.grouping.kind not in _ORDERED
        self._is_table = is_metadata if is_of_rows else lambda _: False

    def _parts(self) -> Iterator[SamplePart]:
        """Yield the parts of samples."""
        tables = list[ListedPart]()
        part_of, note, is_table = self._grouped.part, self._notes.add, self._is_table
        for file in listed_files(self._source, self.listing.left_out, self._faults):
            if is_table(file.path):
                tables.append(ListedPart(*file, WHOLE_FILE))
            elif part := part_of(file):
                note(file.path, file.size_bytes)
                yield part
        self.listing.warnings.extend(self._notes.warnings())
        if tables:
            yield from self._described(tables)
        self._faults.require_none(self._source.path)

    def _described(self, tables: list[ListedPart]) -> Iterator[SamplePart]:
        """Yield what tables say of files, or the tables themselves where they describe none."""
        from huggingnersc.adapters.packing.described_files import DescribedFiles

        described = DescribedFiles(self._source.path, tables, self._faults)
        for path, table, number in described.rows():
            if part := self._grouped.part(SourceFile(path, *table[1:4])):
                yield part._replace(order=_LAST, path=table.path, record=number, share_bytes=0)
        self.listing.about[DESCRIBED] = described.settings
        if not described.settings:
            parts = (self._grouped.part(SourceFile(*table[:4])) for table in tables)
            yield from filter(None, parts)


class _Grouped:
    """Makes files the parts of samples.

    Args:
        options: how files are grouped.
        form: of the shards.
        left_out: counts the files of no sample.
        faults: collects those that cannot be given to a split.
    """

    def __init__(
        self, options: PackOptions, form: ShardForm, left_out: Counter[str], faults: SourceFaults
    ) -> None:
        group_by = options.grouping
        self._key_of = key_function(group_by, form)
        # In small letters, since extensions are.
        self._order_of = natural_order if group_by.kind in _ORDERED else small_letters
        self._stratum_of = mark_function(options.stratify_by)
        self._together_of = mark_function(options.keep_together)
        self._left_out, self._faults = left_out, faults

    def part(self, file: SourceFile) -> SamplePart | None:
        """Return a file as a part of its sample; None where it is in none, which is noted."""
        path, size_bytes, mtime_ns, digest = file
        key, stratum, together = (
            self._key_of(path),
            self._stratum_of(path),
            self._together_of(path),
        )
        if not key:
            self._left_out[UNGROUPED] += 1
        elif stratum is None:
            self._faults.add(path, "--stratify-by finds nothing in it")
        elif together is None:
            self._faults.add(path, "--keep-together finds nothing in it")
        else:
            order, record, split = self._order_of(path), WHOLE_FILE, b""
            return SamplePart(
                key, order, path, size_bytes, mtime_ns, digest, record, split, stratum, together
            )
        return None


def listed_files(
    source: SourceRoot, left_out: Counter[str], faults: SourceFaults
) -> Iterator[SourceFile]:
    """Return the regular files of a source that are to be packed, in the order of a manifest.

    Args:
        source: where to look; with a manifest, only the files that it has.
        left_out: counts the files that are not to be packed, by reason.
        faults: collects files that cannot be read, or are not those of the version; who takes the
            files calls its `require_none` at the end.

    Raises:
        PackingError: while they are taken: the root cannot be read.
        VersionDamagedError: then, too: the manifest was changed.
    """
    found = _regular(source, left_out, faults)
    if source.manifest is None:
        return found
    return _recorded(found, source.manifest, left_out, faults)


def _regular(
    source: SourceRoot, left_out: Counter[str], faults: SourceFaults
) -> Iterator[SourceFile]:
    """Yield the regular files that are not hidden."""
    with _walked(source) as found:
        for one in found:
            match one:
                case Files() if _is_hidden(one.prefix):
                    left_out[HIDDEN] += len(one.names)
                case Files():
                    yield from _plain(source, one, left_out, faults)
                case Special():
                    left_out[_kind(source, unescaped(one.path))] += 1
                case Folder():
                    if isinstance(one.about, OSError):
                        path, reason = unescaped(one.path), f"{one.about.strerror}"
                        faults.add(path, reason, noun="folder", hint=_READABLE)


def _plain(
    source: SourceRoot, files: Files, left_out: Counter[str], faults: SourceFaults
) -> Iterator[SourceFile]:
    """Yield those of the files of a folder that are not hidden."""
    prefix, folder, begin = files.prefix, files.descriptor, unescaped(files.prefix)
    for place, name in enumerate(files.names):
        real_name = name_of(name)
        path = begin + real_name
        is_odd = not prefix or name[0] in _ODD_BEGINS  # others are data, and nearly all
        if is_odd and (reason := _no_data(prefix, name)):
            left_out[reason] += 1
            continue
        status = _status(folder, real_name) if place else files.status
        if status is None:
            faults.add(path, "it cannot be looked at")
        elif not status.st_mode & S_IROTH and not _is_readable(source, path):
            faults.add(path, "it is not readable", hint=_READABLE)
        else:
            yield SourceFile(path, status.st_size, status.st_mtime_ns, UNKNOWN)


def _status(folder: int, name: bytes) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return None


@contextmanager
def _walked(source: SourceRoot) -> Iterator[Iterable[Files | Folder | Special]]:
    try:
        with open_root(source.path) as root:
            yield sorted_walk(root, source.scratch, looked_at=_AT_A_TIME)
    except OSError as error:
        message = f"{visible(str(source.path))} cannot be read: {error.strerror}."
        raise PackingError(message) from error


def _no_data(prefix: bytes, name: bytes) -> str:
    """Return why a file is no data, by its name; empty where it may be."""
    if name.startswith(_HIDDEN_BEGINS) or _is_hidden(prefix):
        return HIDDEN
    return DESCRIPTION if not prefix and is_description(name) else ""


def _is_hidden(prefix: bytes) -> bool:
    return prefix.startswith(_HIDDEN_BEGINS) or b"/." in prefix or b"/__" in prefix


def _is_readable(source: SourceRoot, path: bytes) -> bool:
    return os.access(os.path.join(os.fsencode(source.path), path), os.R_OK)  # noqa: PTH118 - bytes


def _kind(source: SourceRoot, path: bytes) -> str:
    try:
        status = os.lstat(os.path.join(os.fsencode(source.path), path))  # noqa: PTH118 - bytes
    except OSError:
        return SPECIAL
    return LINKS if S_ISLNK(status.st_mode) else SPECIAL


def _recorded(
    found: Iterator[SourceFile],
    manifest: ManifestFile,
    left_out: Counter[str],
    faults: SourceFaults,
) -> Iterator[SourceFile]:
    """Yield the files that a manifest has, with their digests; both are in the same order."""
    entries = manifest.entries()
    entry = next(entries, None)
    for file in found:
        key = escaped(file.path)
        while entry and escaped(entry.path) < key:
            _note_missing(entry, faults)
            entry = next(entries, None)
        if entry is None or entry.path != file.path or not entry.is_file:
            left_out[NEW] += 1
            continue
        if entry.size_bytes != file.size_bytes:
            faults.add(file.path, "it has another size than in the version", hint=NEW_VERSION)
        else:
            yield file._replace(digest=entry.digest)
        entry = next(entries, None)
    while entry:
        _note_missing(entry, faults)
        entry = next(entries, None)
    manifest.require_digest()


def _note_missing(entry: ManifestEntry, faults: SourceFaults) -> None:
    folder, slash, name = entry.path.rpartition(b"/")
    if entry.is_file and not _no_data(folder + slash, name):
        faults.add(entry.path, "it is in the version and is gone", hint=NEW_VERSION)
