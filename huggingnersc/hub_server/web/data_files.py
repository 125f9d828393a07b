"""The files of a dataset at the center, folder by folder, as its manifest lists them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from huggingnersc.domain.text.terminal import visible
from huggingnersc.domain.versions.folders import FolderTotals, totals_of
from huggingnersc.domain.versions.manifest import escaped
from huggingnersc.hub_server.web.sorted_lines import SEARCH_BYTES, SortedLines

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE_ENTRIES = 200
_MOST_SKIPPED = 2_000  # folders that are passed by in the search for files beside them
_MOST_SEARCHED_BYTES = 64 << 20
_MOST_SEARCHED_S = 0.4
_MOST_FOLDERS_BYTES = 8 << 20
_MOST_FOLDERS_FOUND = 20
_MOST_DIGITS = 19
_OTHERS = {
    b"fifo": "FIFO",
    b"socket": "socket",
    b"device": "device",
    b"unreadable": "not readable",
}


@dataclass(frozen=True, slots=True)
class DataFileRow:
    """A file, or a folder with all that is below it.

    Attributes:
        path: as the manifest has it.
        name: as it is shown.
        is_folder: whether it is one.
        size_bytes: None where it is not known, and of what is no file.
        files: below a folder; None where that is not known.
        formats: of the files below a folder, or what the entry is where it is no regular file.
        changed: when it was changed; of a folder, its latest change.
    """

    path: bytes
    name: str
    is_folder: bool
    size_bytes: int | None
    files: int | None = None
    formats: str = ""
    changed: datetime | None = None


@dataclass(frozen=True, slots=True)
class DataListing:
    """A part of a folder, or of what was found in it.

    Attributes:
        rows: what is shown.
        after: where the next part begins; empty at the end.
        totals: of the folder; None where they are not known.
        searched_bytes: how much of the list was looked through; 0 where that was all of it.
    """

    rows: tuple[DataFileRow, ...]
    after: str = ""
    totals: FolderTotals | None = None
    searched_bytes: int = 0


@dataclass(frozen=True, slots=True)
class DataLists:
    """The lists of a version: its manifest, and what its folders hold, where that is known."""

    manifest: SortedLines
    folders: SortedLines | None

    def folder(self, folder: bytes, after: bytes, most: int = PAGE_ENTRIES) -> DataListing:
        """Return a part of a folder: the folders in it, then the files.

        Args:
            folder: its path, as the manifest has it; empty for the root.
            after: the name of the last entry before this part, that of a folder with a slash; a
                slash in front says that the folders are listed already.
            most: entries of a part.

        Raises:
            ValueError: the lists are damaged.
        """
        totals = self._totals(folder)
        rows: list[DataFileRow] = []
        if self.folders and (not after or _is_folder_name(after)):
            rows += self._folders(folder, after.removesuffix(b"/"), most)
            after = b""
        after = after.removeprefix(b"/")
        cut = b""
        if len(rows) < most and not (totals and not totals.entries):
            files, cut = self._files(folder, after, most - len(rows), totals)
            rows += files
        full = len(rows) >= most and _cursor(rows[-1], folder)
        return DataListing(tuple(rows), _shown(cut or full or b""), totals)

    def search(self, folder: bytes, text: str, begin: int = 0) -> DataListing:
        """Return files whose names contain a text, whether its letters are capital or not.

        A text with a slash is looked for in paths.

        Args:
            folder: in which, at any depth.
            text: what is looked for.
            begin: where in the manifest the search goes on.

        Raises:
            ValueError: the lists are damaged.
        """
        needle = escaped(text.encode(errors="replace")).lower()
        if not needle:
            return DataListing(())
        prefix = folder + b"/" if folder else b""
        start = max(self.manifest.line_from(begin), self.manifest.start_of(prefix))
        end = self.manifest.start_of(folder + b"0") if folder else self.manifest.size_bytes
        rows = [] if begin else [*self._folders_named(prefix, needle)]
        until, deadline = (
            min(end, start + _MOST_SEARCHED_BYTES),
            time.monotonic() + _MOST_SEARCHED_S,
        )
        at = start
        while at < until and time.monotonic() < deadline:
            found, at = self._hits(at, end, needle, PAGE_ENTRIES - len(rows))
            rows += [_file(line, len(prefix)) for line in found]
            if len(rows) >= PAGE_ENTRIES:
                break
        is_all = at >= end
        searched = 0 if is_all else at - start
        return DataListing(tuple(rows), "" if is_all else str(at), None, searched)

    def _totals(self, folder: bytes) -> FolderTotals | None:
        if self.folders is None:
            return None
        parent, _, name = folder.rpartition(b"/")
        key = parent + b"\t" + name + b"\t"
        line = next((line for _, line in self.folders.lines(self.folders.start_of(key))), b"")
        return totals_of(line) if line.startswith(key) else None

    def _folders(self, folder: bytes, after: bytes, most: int) -> list[DataFileRow]:
        assert self.folders is not None  # noqa: S101 - for mypy
        key, rows = folder + b"\t", list[DataFileRow]()
        for _, line in self.folders.lines(self.folders.start_of(key + after)):
            if not line.startswith(key) or len(rows) >= most:
                break
            found = totals_of(line)
            if found.name and found.name > after:  # the root is in itself
                rows.append(_folder(found, found.name))
        return rows

    def _files(
        self, folder: bytes, after: bytes, most: int, totals: FolderTotals | None
    ) -> tuple[list[DataFileRow], bytes]:
        """Return files, and folders of which no more is known; and where they were cut."""
        prefix = folder + b"/" if folder else b""
        rows: list[DataFileRow] = []
        left = min(most, totals.entries) if totals else most
        for skipped, (name, line) in enumerate(self._entries(prefix, after)):
            if len(rows) >= left:
                break
            if skipped - len(rows) > _MOST_SKIPPED:
                return rows, b"/" + name
            if line:
                rows.append(_file(line, len(prefix)))
            elif self.folders is None:
                rows.append(DataFileRow(prefix + name[:-1], shown_name(name[:-1]), True, None))
        return rows, b""

    def _entries(self, prefix: bytes, after: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield the name and line of each file, and the names of folders with a slash."""
        is_folder = after.endswith(b"/")
        key = prefix + (after[:-1] + b"0" if is_folder else after + b"\t" if after else b"")
        at: int | None = self.manifest.start_of(key)
        while at is not None:
            begin, at = at, None
            for place, line in self.manifest.lines(begin):
                path = line.partition(b"\t")[0]
                if not path.startswith(prefix):
                    return
                name, slash, _ = path[len(prefix) :].partition(b"/")
                if slash:
                    yield name + b"/", b""
                    at = self._past(prefix + name, place)
                    break
                if name != after:
                    yield name, line

    def _past(self, folder: bytes, at: int) -> int | None:
        """Return where the first line after a folder begins; None where it is not after `at`."""
        found = self.manifest.start_of(folder + b"0", at)
        return found if found > at else None

    def _folders_named(self, prefix: bytes, needle: bytes) -> Iterator[DataFileRow]:
        """Yield folders whose own names contain what is looked for."""
        if self.folders is None or b"/" in needle:
            return
        found = 0
        for at in range(0, min(self.folders.size_bytes, _MOST_FOLDERS_BYTES), SEARCH_BYTES):
            if needle not in self.folders.read(at, SEARCH_BYTES + len(needle)).lower():
                continue
            for line in self._lines_in(self.folders, at, at + SEARCH_BYTES):
                parent, _, rest = line.partition(b"\t")
                name = rest.partition(b"\t")[0]
                if needle in name.lower() and (parent + b"/").startswith(prefix):
                    one = totals_of(line)
                    yield _folder(one, one.path[len(prefix) :])
                    found += 1
                if found >= _MOST_FOLDERS_FOUND:
                    return

    def _lines_in(self, lines: SortedLines, start: int, end: int) -> Iterator[bytes]:
        for at, line in lines.lines(lines.line_from(start)):
            if at >= end:
                return
            yield line

    def _hits(self, at: int, end: int, needle: bytes, most: int) -> tuple[list[bytes], int]:
        """Return matching lines that begin in the next block, and where the search goes on."""
        block = self.manifest.read(at, min(SEARCH_BYTES, end - at))
        last = block.rfind(b"\n") + 1
        if not last:
            if at + len(block) < end:
                raise ValueError("a line is too long")
            last = len(block)
        lower, place, found = block[:last].lower(), 0, list[bytes]()
        while (place := lower.find(needle, place)) >= 0:
            start = lower.rfind(b"\n", 0, place) + 1
            stop = lower.find(b"\n", place)
            stop = last if stop < 0 else stop
            path = lower[start:stop].partition(b"\t")[0]
            name = path if b"/" in needle else path.rpartition(b"/")[2]
            if needle in name:
                found.append(block[start:stop])
            place = stop
            if len(found) >= most:
                return found, at + stop + 1
        return found, at + last


def _folder(totals: FolderTotals, name: bytes) -> DataFileRow:
    return DataFileRow(
        path=totals.path,
        name=shown_name(name),
        is_folder=True,
        size_bytes=totals.size_bytes,
        files=totals.files,
        formats=format_words(totals),
        changed=_moment(totals.mtime_ns),
    )


def format_words(totals: FolderTotals) -> str:
    """Return the formats below a folder, such as `.nc, .csv`; with numbers where they differ."""
    if len(totals.formats) == 1:
        return visible(totals.formats[0][0])
    return visible(", ".join(f"{extension} {count:,}" for extension, count in totals.formats))


def _file(line: bytes, start: int) -> DataFileRow:
    """Read a line of a manifest. Raises: ValueError: it is none."""
    columns = line.split(b"\t")
    if len(columns) != 4 or max(map(len, columns[2:])) > _MOST_DIGITS + 1:
        raise ValueError("a line is none of a manifest")
    path, digest, size_bytes, mtime_ns = columns
    is_link = digest.startswith(b"link:")
    kind = f"link to {shown_name(digest[5:])}" if is_link else _OTHERS.get(digest, "")
    size = None if kind else int(size_bytes)
    return DataFileRow(
        path, shown_name(path[start:]), False, size, None, kind, _moment(int(mtime_ns))
    )


def _is_folder_name(after: bytes) -> bool:
    return after.endswith(b"/") and not after.startswith(b"/")


def _cursor(row: DataFileRow, folder: bytes) -> bytes:
    name = row.path[len(folder) + 1 :] if folder else row.path
    return name + b"/" if row.is_folder else name


def _moment(mtime_ns: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(mtime_ns // 10**9, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def shown_name(path: bytes) -> str:
    """Return a path as text that cannot look like another one."""
    return visible(_shown(path))


def _shown(text: bytes) -> str:
    return text.decode(errors="replace")
