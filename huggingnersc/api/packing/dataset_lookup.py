"""Look up what is known of a dataset whose files are asked for, here and on the Hub."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from huggingnersc.adapters.hub.connection import connected, is_unused
from huggingnersc.adapters.transfer.web_source import WebSource
from huggingnersc.api.packing.published_version import current_version
from huggingnersc.api.packing.uploads_on_hub import upload_on_hub
from huggingnersc.domain.loading.file_addresses import portal_base
from huggingnersc.domain.loading.script_name import script_module
from huggingnersc.domain.packing.download import DownloadSource, shard_split
from huggingnersc.errors import HubError
from huggingnersc.fixes import Message, Option

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import ExitStack
    from pathlib import PurePosixPath

    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.adapters.transfer.source import FileSource
    from huggingnersc.adapters.transfer.wanted_file import WantedFile
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.loading.upload import Upload
    from huggingnersc.domain.packing.download import DownloadOptions
    from huggingnersc.domain.packing.published_upload import PublishedUpload
    from huggingnersc.domain.site import Site
    from huggingnersc.fixes import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetFiles:
    """The files of a dataset, and where they are.

    Attributes:
        nickname: the dataset's.
        repo_id: its repository.
        version: the version that the files are of; empty where that is not known.
        current: the current version, where another one was asked for; empty otherwise.
        kind: where they are.
        source: reads them.
        url: returns the address of a file; None for files of this machine.
        files: those that were asked for, sorted; they may be read several times.
        loader: the name of the script in the repository that loads a copy; empty without one.
        is_private: whether a token is needed.
        has_portal: whether a portal has the files of a version as well.
        data_path: the folder of the data, as recorded; None where that is not known.
        warnings: what could not be found out.
    """

    nickname: str
    repo_id: str
    version: str
    kind: DownloadSource
    source: FileSource
    url: Callable[[bytes], str] | None
    files: Iterable[WantedFile]
    current: str = ""
    loader: str = ""
    is_private: bool = False
    has_portal: bool = False
    data_path: PurePosixPath | None = None
    warnings: tuple[Text, ...] = ()


@dataclass(slots=True, kw_only=True)
class DatasetLookup:
    """What is known of a dataset whose files are asked for.

    Attributes:
        title: as it was asked for, `iris`, `iris@v1` or `NERSC/iris`.
        name: the same without the version.
        version: that of the title; None without one.
        options: which files are asked for, and from where.
        site: whose Hub and catalog are asked.
        record: what the catalog knows of it; None for a visitor.
        hub: the connection, open until the end of the search; None where there is none.
        repository: the dataset's on the Hub, at the version for a visitor.
        warnings: what could not be found out.
    """

    title: str
    name: str
    version: str | None
    options: DownloadOptions
    site: Site
    record: Record | None
    hub: Hub | None = None
    repository: RemoteRepository | None = None
    warnings: list[Text] = field(default_factory=list)
    _published: PublishedUpload | None = None

    @property
    def nickname(self) -> str:
        """The nickname of the dataset."""
        return self.name.rpartition("/")[2]

    @property
    def repo_id(self) -> str:
        """Its repository."""
        if "/" in self.name:
            return self.name
        return self.record.repo_id if self.record else self.site.repo_id(self.name)

    @property
    def upload(self) -> Upload | None:
        """What was uploaded, as recorded."""
        return self.record.upload if self.record else None

    @property
    def is_uploaded(self) -> bool:
        """Whether what was uploaded is recorded as the version that is asked for."""
        return bool(self.upload and self.version and self.upload.version == self.version)

    @property
    def has_current_upload(self) -> bool:
        """Whether what was uploaded is of that version, or of the current one without any."""
        if self.record is None or self.upload is None or self.version is not None:
            return self.is_uploaded
        current = self.record.history.current
        return self.upload.version in {"", current.name if current else ""}

    @property
    def has_portal(self) -> bool:
        """Whether a portal has the files of a version, as recorded."""
        record = self.record
        link = record.portal_link if record and record.history.versions else None
        return bool(link and portal_base(link))

    @property
    def needs_hub(self) -> bool:
        """Whether the Hub has to be asked: not where the record says where all is."""
        if self.record is None or self.options.source is DownloadSource.HUB:
            return True
        is_on_hub = self.upload is not None and not self.upload.bucket
        return self.options.source is None and is_on_hub and self.has_current_upload

    def open_hub(self, stack: ExitStack) -> None:
        """Read the repository; where the record is here too, the Hub need not answer."""
        if is_unused(self.site):
            return
        try:
            self.hub = stack.enter_context(connected(self.site))
            # A version that was recorded is known here; its shards came after its tag.
            at = None if self.record else self.version
            self.repository = self.hub.repository(self.repo_id, revision=at)
        except HubError as error:
            if self.record is None or self.options.source is DownloadSource.HUB:
                raise
            self.warnings.append(f"{error} The files come from elsewhere.")

    def published_upload(self) -> PublishedUpload | None:
        """Return what the repository of a dataset without a record says of its shards."""
        if self._published is None and self.record is None and self.hub and self.repository:
            main = self.repository if self.version is None else self.hub.repository(self.repo_id)
            self._published = upload_on_hub(self.hub, main) if main else None
        return self._published

    def takes_shard(self, shard: WantedFile) -> bool:
        """Return whether a shard is asked for."""
        is_in_split = self.options.split in {None, shard_split(shard.path.decode())}
        return is_in_split and self.options.takes(shard.path)

    def by_files(self) -> Message:
        """Return what to type where the shards are not there, and the files may be."""
        is_here = self.record is not None and not self.has_portal
        place = DownloadSource.PATH if is_here else DownloadSource.PORTAL
        return Message("Fetch it by its files: ", Option("from", place.value))

    def files(
        self,
        kind: DownloadSource,
        source: FileSource,
        files: Iterable[WantedFile],
        version: str,
        *,
        is_private: bool = False,
    ) -> DatasetFiles:
        """Return the files that were found.

        Args:
            kind: where they are.
            source: reads them.
            files: those that are asked for.
            version: the version that they are of; empty where that is not known.
            is_private: whether a token is needed.
        """
        loader = f"{script_module(self.nickname)}.py"
        recorded = {file.path for file in self.record.hub_files} if self.record else set()
        there = set(self.repository.files) if self.repository else recorded
        return DatasetFiles(
            nickname=self.nickname,
            repo_id=self.repo_id,
            version=version,
            kind=kind,
            source=source,
            url=source.address if isinstance(source, WebSource) else None,
            files=files,
            current=self._current(version),
            loader=loader if loader in there else "",
            is_private=is_private,
            has_portal=self.has_portal,
            data_path=self.record.data_path if self.record else None,
            warnings=tuple(self.warnings),
        )

    def _current(self, version: str) -> str:
        """Return the current version where another one was asked for; empty otherwise."""
        if self.version is None:
            return ""
        if self.record:
            recorded = self.record.history.current
            name = recorded.name if recorded else ""
        else:
            name = current_version(self.hub, self.repo_id) if self.hub else ""
        return "" if name == version else name
