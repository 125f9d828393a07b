"""A version as its repository on the Hub describes it, for those who have no catalog."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from huggingnersc.adapters.manifest_file import ManifestFile
from huggingnersc.adapters.transfer.fetch_document import fetched_document
from huggingnersc.adapters.transfer.wanted_file import WantedFile
from huggingnersc.domain.catalog.remote import VERSION_FOLDER
from huggingnersc.domain.loading.loading import LOADING_FILE, parse_loading
from huggingnersc.domain.packing.download import portal_link_in
from huggingnersc.domain.versions.version import MANIFEST_FILE, VERSION_FILE, parse_version
from huggingnersc.errors import HubError, TransferError, VersionDamagedError, VersionUnknownError

if TYPE_CHECKING:
    from contextlib import ExitStack
    from io import BufferedReader

    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.loading.loading import Source
    from huggingnersc.domain.versions.version import Version

_SCRIPTS = (".py", ".sh", ".jl", ".r", ".R")
_MOST_SCRIPTS = 5  # of a repository, read to find the link to its data
VERSION_PATH = f"{VERSION_FOLDER}{VERSION_FILE}"
_LOADING_PATH = f"{VERSION_FOLDER}{LOADING_FILE}"
_MANIFEST_PATH = f"{VERSION_FOLDER}{MANIFEST_FILE}"


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """What a repository says of the data.

    Attributes:
        hub: where it is.
        repository: with its files.
        commit: the one that is read.
    """

    hub: Hub
    repository: RemoteRepository
    commit: str

    def version(self) -> Version:
        """Return the version that is described.

        Raises:
            VersionUnknownError: there is none.
            TransferError: the list of its files is not public.
            VersionDamagedError: it cannot be read.
        """
        if VERSION_PATH not in self.repository.files:
            raise self._no_version()
        try:
            return parse_version(self._read(VERSION_PATH))
        except ValueError as error:
            if _MANIFEST_PATH not in self.repository.files:
                raise self._not_public() from error
            raise VersionDamagedError(
                f"{VERSION_PATH} of {self.repository.repo_id} is damaged: {error}.",
                hint="Ask the maintainers of the dataset to publish it again.",
            ) from error

    def manifest(self, version: Version, stack: ExitStack) -> ManifestFile:
        """Return the list of the files, which is kept until `stack` is closed.

        Raises:
            TransferError: it cannot be had.
        """
        stated = version.manifest
        file = WantedFile(_MANIFEST_PATH.encode(), stated.size_bytes, stated.sha256)
        source = self.hub.files_at(self.repository.repo_id, self.commit)
        kept = stack.enter_context(fetched_document(source, file))
        shown = f"{_MANIFEST_PATH} of {self.repository.repo_id}"
        return ManifestFile(lambda: _reopened(kept), shown, sha256=stated.sha256)

    def surveyed(self) -> Source | None:
        """Return the files of the data as they were surveyed; None where they were not."""
        if _LOADING_PATH not in self.repository.files:
            return None
        try:
            return parse_loading(self._read(_LOADING_PATH)).source
        except ValueError:
            return None  # of another format: the splits are not known

    def portal_link(self) -> str | None:
        """Return the link to the data that the published scripts name; None where none does."""
        names = [path for path in sorted(self.repository.files) if "/" not in path]
        for name in [one for one in names if one.endswith(_SCRIPTS)][:_MOST_SCRIPTS]:
            if link := portal_link_in(self._read(name)):
                return link
        return None

    def _read(self, path: str) -> bytes:
        return self.hub.read_file(self.repository.repo_id, path, revision=self.commit)

    def _no_version(self) -> VersionUnknownError:
        return VersionUnknownError(
            f"{self.repository.repo_id} has no version, so there is no list of its files.",
            hint="Its page says how to get the data; its maintainers can make a version "
            "(snapshot-dataset).",
        )

    def _not_public(self) -> TransferError:
        return TransferError(
            f"The list of the files of {self.repository.repo_id} is not public.",
            hint="At the center, run the command with the site's catalog.",
        )


def current_version(hub: Hub, repo_id: str) -> str:
    """Return the version that a repository describes now; empty where it cannot be read."""
    with suppress(HubError, TransferError, VersionUnknownError, VersionDamagedError):
        main = hub.repository(repo_id)
        if main and main.commit:
            return PublishedVersion(hub, main, main.commit).version().name
    return ""


def _reopened(kept: IO[bytes]) -> BufferedReader:
    stream = os.fdopen(os.dup(kept.fileno()), "rb")
    stream.seek(0)
    return stream
