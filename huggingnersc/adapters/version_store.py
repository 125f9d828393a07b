"""The versions of a dataset on disk: `versions/NAME` in its catalog folder, or in a draft."""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.open_folder import OpenFolder
from huggingnersc.adapters.files.path_status import resolved
from huggingnersc.adapters.files.shared_files import (
    explained,
    file_mode,
    folder_mode,
    make_shared_folder,
    unreadable,
)
from huggingnersc.adapters.version_files import (
    WRITTEN_BY_OTHERS,
    copy_file,
    files_in,
    is_own_file,
    open_file,
    open_parent,
    scratch_file,
)
from huggingnersc.domain.catalog.record import MAX_RECORD_BYTES
from huggingnersc.domain.catalog.release import Release
from huggingnersc.domain.metadata.strict_json import quoted
from huggingnersc.domain.planned_file import PlannedFile
from huggingnersc.domain.repo_names import VERSION_NAME
from huggingnersc.domain.text.shell import shown
from huggingnersc.domain.versions.documents import MOST_GIT_BYTES, documents_of
from huggingnersc.domain.versions.version import (
    KNOWN_HASHES_FILE,
    MAX_VERSION_BYTES,
    VERSION_FILE,
    VERSIONS_DIR,
    digest_of,
    parse_version,
    public_bytes,
    version_bytes,
)
from huggingnersc.domain.versions.version_folder import (
    PUBLISHED_DIR,
    PUBLISHED_SUMS_FILE,
    parse_sums,
    sums_bytes,
)
from huggingnersc.errors import DatasetError, VersionDamagedError, VersionUnknownError
from huggingnersc.problems import Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from io import BufferedReader
    from typing import IO

    from huggingnersc.domain.catalog.version_history import RecordedVersion, VersionHistory
    from huggingnersc.domain.planned_file import StoredFile
    from huggingnersc.domain.versions.version import FileDigest, Version

_MAX_SUMS_BYTES = 1 << 20
_NOT_THERE = (FileNotFoundError, NotADirectoryError)


class VersionStore:
    """The folder `versions` of a dataset; what is in it is never rewritten.

    Args:
        root: the catalog folder, or a draft folder; links in this path are followed.
        names: the folders below it, one after the other, such as the nickname; none is a link.
    """

    def __init__(self, root: Path, *names: str) -> None:
        self._root, self._names = root, names
        self._staged: dict[str, OpenFolder] = {}
        self._held: dict[tuple[str, ...], OpenFolder] = {}  # open while many files are read
        self.path = root.joinpath(*names, VERSIONS_DIR)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the versions, sorted by text; empty where there is no such folder.

        Raises:
            DatasetError: the folder cannot be read.
        """
        try:
            with self._opened() as folder:
                return tuple(
                    name
                    for name in folder.names
                    if VERSION_NAME.fullmatch(name) and folder.lists(name, VERSION_FILE)
                )
        except _NOT_THERE:
            return ()
        except OSError as error:
            raise unreadable(self.path, error) from error

    def versions(self) -> tuple[Version, ...]:
        """Return every version, the oldest first.

        Raises:
            VersionDamagedError: one cannot be read.
        """
        found = (self.read(name) for name in self.names)
        return tuple(sorted(found, key=lambda one: (one.created_at, one.name)))

    def read(self, name: str) -> Version:
        """Read a version.

        Raises:
            VersionUnknownError: there is none of this name; the hint names the nearest ones.
            VersionDamagedError: it cannot be read.
        """
        data = self.read_bytes(name, VERSION_FILE, most=MAX_VERSION_BYTES + 1)
        try:
            version = parse_version(data)
            if version.name != name:
                raise ValueError(f"it is of the version {quoted(version.name)}")
        except ValueError as error:
            raise VersionDamagedError(
                f"{self.path / name / VERSION_FILE} is damaged: {error}.",
                hint="Bring the folder back from a snapshot of the file system.",
            ) from error
        return version

    def read_bytes(self, name: str, path: str, *, most: int) -> bytes:
        """Return the first `most` bytes of a file of a version.

        Raises:
            The errors of `open`.
        """
        with self.open(name, path) as stream:
            return stream.read(most)

    def open(self, name: str, path: str) -> BufferedReader:
        """Open a file of a version for reading; no link is followed.

        Raises:
            VersionUnknownError: there is no version of this name.
            VersionDamagedError: it has no such file.
            DatasetError: the file cannot be read.
        """
        if not VERSION_NAME.fullmatch(name):
            raise self._unknown(name)
        try:
            with self._folder(name) as folder:
                return open_file(folder, path)
        except _NOT_THERE as error:
            if name not in self.names:
                raise self._unknown(name) from error
            raise VersionDamagedError(
                f"{shown(self.path / name / path)} is missing.",
                hint="Bring the folder back from a snapshot of the file system.",
            ) from error
        except OSError as error:
            raise unreadable(self.path / name / path, error) from error

    def file(self, name: str, path: str) -> Path:
        """Return the path of a file of a version, after a look that it is one and no link.

        Raises:
            The errors of `open`.
        """
        self.open(name, path).close()
        return self.path / name / path

    @property
    def known_hashes(self) -> Path | None:
        """The cache of hashes; None where there is none that this user alone could write.

        Whoever could write it could have a wrong hash published, or a change of the data missed.
        """
        with suppress(OSError), self._opened() as folder:
            status = folder.status_of(KNOWN_HASHES_FILE)
            if status is not None and is_own_file(status):
                return self.path / KNOWN_HASHES_FILE
        return None

    def keep_known_hashes(self, source: Path) -> None:
        """Replace the cache of hashes by a copy of a file, which only this user can write.

        Raises:
            DatasetError: it cannot be written.
        """
        staged = f".{KNOWN_HASHES_FILE}.staged"
        with self._writable() as (folder, like), source.open("rb") as stream:
            folder.remove(staged)
            copy_file(stream, folder, staged, like, mode=file_mode(like) & ~WRITTEN_BY_OTHERS)
            folder.move(staged, folder, KNOWN_HASHES_FILE)

    def stage(
        self,
        version: Version,
        files: Mapping[str, Path],
        published: Sequence[PlannedFile] = (),
    ) -> OpenFolder:
        """Write the folder of a version under a hidden name, synced to disk, closed to others.

        What killed runs staged is removed. Give the folder, which stays open, to `promote` or
        `discard`.

        Args:
            version: what is described.
            files: the manifest and the documents of the version by path; they are copied.
            published: the card and the scripts of its commit on the Hub.

        Raises:
            DatasetError: it cannot be written, or a file is not the one that the version names.
        """
        with self._writable() as (folder, like):
            kept = {one.path.name for one in self._staged.values()}
            for name in folder.names:
                if _is_staged(name) and name not in kept:
                    folder.remove(name)
            staged = folder.make(_staged_name(version.name))
            try:
                staged.share(mode=folder_mode(like) & ~0o007, like=like)
                self._fill(staged, like, version, files, published)
            except BaseException:
                self.discard(staged)
                raise
        self._staged[version.name] = staged
        return staged

    def _fill(
        self,
        staged: OpenFolder,
        like: os.stat_result,
        version: Version,
        files: Mapping[str, Path],
        published: Sequence[PlannedFile],
    ) -> None:
        for path, expected in sorted(version.digests.items()):
            with open_parent(staged, path, like) as parent, files[path].open("rb") as stream:
                found = copy_file(stream, parent, path.rpartition("/")[2], like)
                parent.sync()
            if found != expected.sha256:
                raise DatasetError(
                    f"{shown(files[path])} was changed while the version was made.",
                    hint="Run the same command again.",
                )
        mode = file_mode(like)
        with open_parent(staged, f"{PUBLISHED_DIR}/", like) as parent:
            for file in published:
                parent.write(file.path, file.content, mode=mode, like=like)
            parent.sync()
        sums = sums_bytes({file.path: digest_of(file.content) for file in published})
        staged.write(PUBLISHED_SUMS_FILE, sums, mode=mode, like=like)
        staged.write(VERSION_FILE, version_bytes(version), mode=mode, like=like)
        staged.sync()

    def promote(self, version: Version, staged: OpenFolder) -> Path:
        """Rename a staged folder to that of its version.

        Raises:
            DatasetError: the name is taken, or the folder cannot be written.
        """
        self._staged.pop(version.name, None)
        with staged, self._writable() as (folder, like):
            if not folder.is_place_of(staged.path.name, staged):
                raise DatasetError(f"{staged.path} was moved by someone else.")
            if folder.status_of(version.name) is not None:
                raise DatasetError(f"{self.path / version.name} exists; a version never changes.")
            staged.share(mode=folder_mode(like), like=like)
            folder.move(staged.path.name, folder, version.name)
            folder.sync()
        return self.path / version.name

    def discard(self, staged: OpenFolder) -> None:
        """Remove what was staged and will not be used."""
        self._staged = {n: one for n, one in self._staged.items() if one is not staged}
        with staged, suppress(OSError), self._opened() as folder:
            if folder.is_place_of(staged.path.name, staged):
                folder.remove(staged.path.name)

    def release(self, name: str) -> Release:
        """Return what the commit of a version holds.

        Raises:
            VersionUnknownError: there is no such version.
            VersionDamagedError: a file is missing, or is not as it was made.
        """
        files = []
        for path, sha256 in self._sums(name).items():
            content = self.read_bytes(name, f"{PUBLISHED_DIR}/{path}", most=MAX_RECORD_BYTES)
            if digest_of(content) != sha256:
                raise self._changed(name, f"{PUBLISHED_DIR}/{path}")
            files.append(PlannedFile(path, content))
        return Release(name, tuple(files), self.documents(name))

    def documents(self, name: str) -> tuple[StoredFile, ...]:
        """Return what of a version is published beside its card, by the path in the repository.

        Raises:
            The errors of `read` and `open`.
        """
        version = self.read(name)

        def read(path: str) -> bytes:
            content = self.read_bytes(name, path, most=MOST_GIT_BYTES + 1)
            if digest_of(content) != version.digests[path].sha256:
                raise self._changed(name, path)
            return content

        return documents_of(version, read)

    @contextmanager
    def sources(self, name: str, documents: Iterable[StoredFile]) -> Iterator[dict[str, Path]]:
        """Hold documents of a version open, and yield where each is read, by its path on the Hub.

        What is read there is what was hashed, even where someone exchanges the file meanwhile;
        of `version.json` it is what everyone may see of it.

        Raises:
            VersionDamagedError: one is not as it was made.
        """
        version = self.read(name)
        with ExitStack() as stack:
            opened = {}
            for one in documents:
                stream = stack.enter_context(self._source(version, one.source))
                opened[one.path] = Path(f"/dev/fd/{stream.fileno()}")
            yield opened

    def _source(self, version: Version, path: str) -> IO[bytes]:
        """Open a document of a version as it is published."""
        if path == VERSION_FILE:
            return scratch_file(public_bytes(version))
        stream = self.open(version.name, path)
        if hashlib.file_digest(stream, "sha256").hexdigest() != version.digests[path].sha256:
            stream.close()
            raise self._changed(version.name, path)
        return stream

    def _changed(self, name: str, path: str) -> VersionDamagedError:
        return VersionDamagedError(
            f"{self.path / name / path} was changed; a version never changes.",
            hint="Bring the folder back from a snapshot of the file system.",
        )

    def _sums(self, name: str) -> dict[str, str]:
        data = self.read_bytes(name, PUBLISHED_SUMS_FILE, most=_MAX_SUMS_BYTES)
        try:
            return parse_sums(data)
        except ValueError as error:
            raise VersionDamagedError(
                f"{self.path / name / PUBLISHED_SUMS_FILE} is damaged: {error}.",
                hint="Bring the folder back from a snapshot of the file system.",
            ) from error

    def problems(self, history: VersionHistory, *, quick: bool = False) -> tuple[Problem, ...]:
        """Return where the versions on disk are not as they were recorded, and never should be.

        Every file of every version is read, unless a quick look at names and sizes is enough.
        """
        recorded = {one.name for one in history.versions}
        with self._holding():
            try:
                unrecorded = [name for name in self.names if name not in recorded]
            except DatasetError as error:
                return (Problem(VERSIONS_DIR, str(error).rstrip(".")),)
            found = [
                one for each in history.versions for one in self.problems_of(each, quick=quick)
            ]
        names = (f"{VERSIONS_DIR}/{name}" for name in unrecorded)
        return (*found, *(Problem(name, "is not in the record") for name in names))

    def problems_of(self, recorded: RecordedVersion, *, quick: bool = False) -> Iterator[Problem]:
        """Yield where a version on disk is not as it was recorded."""
        with self._holding(recorded.name):
            yield from self._problems_of(recorded, quick=quick)

    def _problems_of(self, recorded: RecordedVersion, *, quick: bool) -> Iterator[Problem]:
        name = recorded.name
        place = f"{VERSIONS_DIR}/{name}"
        try:
            data = self.read_bytes(name, VERSION_FILE, most=MAX_VERSION_BYTES + 1)
            if digest_of(data) != recorded.digest:
                yield Problem(f"{place}/{VERSION_FILE}", "is not the file that was recorded")
                return
            version, sums = parse_version(data), self._sums(name)
        except (DatasetError, ValueError) as error:
            yield Problem(place, str(error).rstrip("."))
            return
        expected = {path: one.sha256 for path, one in version.digests.items()}
        expected |= {f"{PUBLISHED_DIR}/{path}": one for path, one in sums.items()}
        there = self._tree(name)
        own = {VERSION_FILE, PUBLISHED_SUMS_FILE}
        for path in sorted(expected.keys() - there.keys()):
            yield Problem(shown(f"{place}/{path}"), "is missing")
        for path in sorted(there.keys() - expected.keys() - own):
            yield Problem(shown(f"{place}/{path}"), "does not belong to the version")
        for path in sorted(expected.keys() & there.keys()):
            stated, status = version.digests.get(path), there[path]
            if quick and stat.S_ISREG(status.st_mode):
                reason = _other_size(status, stated)
            else:
                reason = self._change(name, path, expected[path], stated)
            if reason:
                yield Problem(shown(f"{place}/{path}"), reason)

    def _change(self, name: str, path: str, sha256: str, stated: FileDigest | None) -> str | None:
        try:
            with self.open(name, path) as stream:
                if reason := _other_size(os.fstat(stream.fileno()), stated):
                    return reason
                is_same = hashlib.file_digest(stream, "sha256").hexdigest() == sha256
        except (DatasetError, OSError) as error:
            return f"cannot be read: {error}".rstrip(".")
        return None if is_same else "was changed"

    def _tree(self, name: str) -> dict[str, os.stat_result]:
        """Return the status of everything in a version that is not a folder, by path."""
        with suppress(OSError), self._opened(name) as folder:
            return dict(files_in(folder))
        return {}

    @contextmanager
    def _holding(self, *names: str) -> Iterator[None]:
        """Keep a folder open, where it can be opened, so that its path is walked only once."""
        with ExitStack() as stack:
            with suppress(OSError):
                self._held[names] = stack.enter_context(self._opened(*names))
                stack.callback(self._held.pop, names)
            yield

    @contextmanager
    def _writable(self) -> Iterator[tuple[OpenFolder, os.stat_result]]:
        """Open the folder, made where it is absent, with the status whose modes are inherited."""
        with explained(self._root), OpenFolder.at(resolved(self._root)) as root:
            like = root.status
            with root.folder(*self._names) as parent:
                is_new = parent.status_of(VERSIONS_DIR) is None
                mode = folder_mode(like)
                folder = make_shared_folder(parent, VERSIONS_DIR, mode=mode, like=like)
                if is_new:
                    parent.sync()
            with folder:
                yield folder, like

    def _folder(self, name: str) -> OpenFolder:
        """Open the folder of a version, where it is staged that one."""
        staged = self._staged.get(name)
        return staged.folder() if staged else self._opened(name)

    def _opened(self, *names: str) -> OpenFolder:
        if held := self._held.get(names):
            return held.folder()
        if held := self._held.get(()):
            return held.folder(*names)
        with OpenFolder.at(resolved(self._root), shown=self._root) as root:
            return root.folder(*self._names, VERSIONS_DIR, *names)

    def _unknown(self, name: str) -> VersionUnknownError:
        known = self.names
        close = nearest(name, known, count=3) or known[-3:]
        return VersionUnknownError(
            f"There is no version {quoted(name)} in {self.path}.",
            hint=f"Did you mean {', '.join(close)}?" if close else "No version was made yet.",
        )


def _other_size(status: os.stat_result, stated: FileDigest | None) -> str | None:
    """Return how the size of a file is not the stated one; None where it is."""
    if stated is None or stated.size_bytes == status.st_size:
        return None
    return f"has {status.st_size:,} bytes; it was made with {stated.size_bytes:,}"


def _staged_name(name: str) -> str:
    return f".{name}.staged"


def _is_staged(name: str) -> bool:
    return name.startswith(".") and name.endswith(".staged")
