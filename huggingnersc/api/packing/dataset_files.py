"""Find where the files of a dataset are: on the Hub, in a bucket, on its portal, or here."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.path_status import is_folder
from huggingnersc.adapters.hub.connection import connected, is_unused
from huggingnersc.adapters.manifest_file import ManifestFile
from huggingnersc.adapters.transfer.path_source import PathSource
from huggingnersc.adapters.transfer.s3_bucket import Bucket
from huggingnersc.adapters.transfer.s3_source import S3Source
from huggingnersc.adapters.transfer.wanted_file import WantedFile
from huggingnersc.adapters.transfer.web_source import WebSource
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.api.packing.manifest_files import ManifestFiles
from huggingnersc.api.packing.named_dataset import record_of, site_for
from huggingnersc.api.packing.own_catalog import naming_own_dataset
from huggingnersc.api.packing.published_version import (
    VERSION_PATH,
    PublishedVersion,
    current_version,
)
from huggingnersc.api.packing.split_files import split_of_files
from huggingnersc.api.packing.uploads_on_hub import public_source, upload_in_bucket, upload_on_hub
from huggingnersc.api.versions.find_version import split_title, version_of
from huggingnersc.api.versions.recorded_files import recorded_manifest
from huggingnersc.domain.bucket_address import parse_bucket_address
from huggingnersc.domain.data_link import data_link_of_path
from huggingnersc.domain.loading.file_addresses import file_url, portal_base
from huggingnersc.domain.loading.script_name import script_module
from huggingnersc.domain.loading.upload import SHARDS_SUFFIX
from huggingnersc.domain.metadata.strict_json import quoted
from huggingnersc.domain.packing.download import (
    DownloadSource,
    shard_split,
    whole_shards,
)
from huggingnersc.domain.text.shell import shell_word
from huggingnersc.errors import (
    DatasetUnknownError,
    HubError,
    InstallationError,
    TransferError,
    VersionUnknownError,
)
from huggingnersc.fixes import Fix, Message, Option, ShellCommand, Verb
from huggingnersc.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.adapters.manifest_file import ManifestFile
    from huggingnersc.adapters.transfer.source import FileSource
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.loading.loading import Source
    from huggingnersc.domain.loading.upload import Upload, UploadBucket
    from huggingnersc.domain.packing.download import DownloadOptions
    from huggingnersc.domain.packing.published_upload import PublishedUpload
    from huggingnersc.domain.site import Site
    from huggingnersc.domain.versions.version import Version
    from huggingnersc.fixes import Text

_MOST_NAMED = 3


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
    warnings: tuple[Text, ...] = ()


@contextmanager
def dataset_files(
    title: str,
    options: DownloadOptions,
    site: Site | str | None,
    *,
    endpoint: str | None = None,
) -> Iterator[DatasetFiles]:
    """Yield the files of a dataset; the connection to the Hub is open while the block runs.

    They come from the Hub where the whole data is there, else from the bucket that it was uploaded
    to, else from the portal by the list of the files of the version, else from the folder of the
    data where this machine has it.

    Args:
        title: `iris`, `iris@v1`, or a repository such as `NERSC/iris`, for which no catalog is
            needed.
        options: what is asked for.
        site: the site, its name or its TOML file; chosen by the environment when None.
        endpoint: the address of the Hub in place of the site's own; the token is sent there.

    Raises:
        DatasetUnknownError, VersionUnknownError: there is no such dataset or version.
        TransferError: its files are nowhere where they could be fetched from.
        HubError: the Hub does not answer, and is needed.
    """
    name, version = split_title(title)
    chosen = site_for(name, site, endpoint)
    record = None if "/" in name else record_of(name, chosen)
    if record and version is not None and not _is_uploaded(record, version):
        version_of(record, version)  # raises where there is none
    repo_id = name if "/" in name else record.repo_id if record else chosen.repo_id(name)
    with ExitStack() as stack:
        search = _Search(title, name, version, options, chosen, record, repo_id)
        with naming_own_dataset(title, repo_id):
            if search.needs_hub:
                search.open_hub(stack)
            found = search.found(stack)
        yield found


@dataclass(slots=True)
class _Search:
    """Where the files of one dataset may be."""

    title: str
    name: str
    version: str | None
    options: DownloadOptions
    site: Site
    record: Record | None
    repo_id: str
    hub: Hub | None = None
    repository: RemoteRepository | None = None
    published: PublishedUpload | None = None
    warnings: list[Text] = field(default_factory=list)

    @property
    def nickname(self) -> str:
        return self.name.rpartition("/")[2]

    @property
    def needs_hub(self) -> bool:
        """Whether the Hub has to be asked: not where the record says where all is."""
        if self.record is None or self.options.source is DownloadSource.HUB:
            return True
        return self.options.source is None and _has_current_data(self.record, self.version)

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

    def found(self, stack: ExitStack) -> DatasetFiles:
        kind = self.options.source
        if kind in {None, DownloadSource.HUB} and (on_hub := self._on_hub()):
            return on_hub
        if kind is DownloadSource.HUB:
            raise self._not_on_hub()
        if kind in {None, DownloadSource.BUCKET} and (in_bucket := self._in_bucket(stack)):
            return in_bucket
        if kind is DownloadSource.BUCKET:
            raise self._not_in_bucket()
        try:
            return self._by_manifest(stack)
        except (TransferError, VersionUnknownError) as error:
            if (closed := self._closed_bucket()) and kind is None:
                raise closed from error
            raise

    def _on_hub(self) -> DatasetFiles | None:
        """Return the shards on the Hub; None where they are not there, or one is missing."""
        if self.hub is None or self.repository is None:
            return None
        upload = self.record.upload if self.record else None
        if upload and upload.bucket:
            return None
        for there in filter(None, self._repositories(self.hub, self.repository)):
            shards = _shards(there, upload)
            if there.commit is None or not shards:
                continue
            return self._of(
                DownloadSource.HUB,
                self.hub.files_at(there.repo_id, there.commit, label=self._page(there.repo_id)),
                [shard for shard in shards if self._takes_shard(shard)],
                upload.version if upload else self.version or "",
                is_private=there.private,
            )
        return None

    def _repositories(
        self, hub: Hub, repository: RemoteRepository
    ) -> Iterator[RemoteRepository | None]:
        """Yield the repositories whose shards are those that are asked for, if they have some.

        A tag of this program in the dataset's repository is older than the shards of its version:
        what is there is of another. One in the repository of the shards is made with them.
        """
        beside = f"{self.repo_id}{SHARDS_SUFFIX}"
        upload = self.record.upload if self.record else None
        if self.version is None or (self.record and _is_uploaded(self.record, self.version)):
            yield None if upload and upload.is_beside else repository
            yield hub.repository(beside)
        if self.version is None or self.record:
            return
        if VERSION_PATH not in repository.files:
            yield repository
        yield hub.repository(beside, revision=self.version)
        found = self._published_upload()
        if found and found.version == self.version and found.bucket is None:
            yield hub.repository(self.repo_id)
            yield hub.repository(beside)

    def _published_upload(self) -> PublishedUpload | None:
        """Return what the repository of a dataset without a record says of its shards."""
        if self.published is None and self.record is None and self.hub and self.repository:
            main = self.repository if self.version is None else self.hub.repository(self.repo_id)
            self.published = upload_on_hub(self.hub, main) if main else None
        return self.published

    def _page(self, repo_id: str) -> str:
        """Return the page of a repository, which is no address of an embedded Hub that ends."""
        return f"{self.site.hub_address}/datasets/{repo_id}"

    def _in_bucket(self, stack: ExitStack) -> DatasetFiles | None:
        """Return the shards in a bucket, as they are recorded; None where there are none."""
        upload = self._upload_in_bucket()
        if upload is None or upload.bucket is None:
            return None
        place = upload.bucket
        try:
            source = public_source(place) if place.is_public else self._closed_source(place, stack)
        except InstallationError as error:
            if self.options.source:
                raise
            self.warnings.append(f"{error} The files come from elsewhere.")
            return None
        shards = (
            WantedFile(one.path.encode(), one.size_bytes, one.sha256) for one in upload.shards
        )
        return self._of(
            DownloadSource.BUCKET,
            source,
            sorted(filter(self._takes_shard, shards), key=lambda shard: shard.path),
            upload.version,
            is_private=not place.is_public,
        )

    def _upload_in_bucket(self) -> Upload | None:
        """Return the shards that were sent to a bucket, as far as they are asked for."""
        if self.record:
            upload = self.record.upload
            is_it = upload and upload.bucket and _is_current(self.record, upload, self.version)
            return upload if is_it else None
        found = self._published_upload()
        if found is None or found.bucket is None or not found.bucket.is_public:
            return None
        return upload_in_bucket(found) if self.version in {None, found.version} else None

    @staticmethod
    def _closed_source(place: UploadBucket, stack: ExitStack) -> S3Source:
        address = parse_bucket_address(place.address)
        return S3Source(stack.enter_context(Bucket(address, endpoint=place.endpoint)))

    def _closed_bucket(self) -> TransferError | None:
        """Return the error where the shards are in a bucket that needs credentials, and no record.

        A repository must not decide which server gets a request that is signed with them.
        """
        found = self._published_upload()
        if found is None or found.bucket is None or found.bucket.is_public:
            return None
        place = found.bucket
        words = ["aws", "s3", "cp", "--recursive", place.address, "DIR"]
        endpoint = ["--endpoint-url", place.endpoint] if place.endpoint else []
        return TransferError(
            f"The shards of {self.title} are in {place.address}, which not everyone may read.",
            hint=Message(
                "Ask the maintainers of the dataset for credentials, then copy them: ",
                ShellCommand(" ".join(map(shell_word, [*words, *endpoint]))),
            ),
        )

    def _takes_shard(self, shard: WantedFile) -> bool:
        is_in_split = self.options.split in {None, shard_split(shard.path.decode())}
        return is_in_split and self.options.takes(shard.path)

    def _by_manifest(self, stack: ExitStack) -> DatasetFiles:
        published = None if self.record else self._published()
        version, manifest = self._version(published, stack)
        in_split = split_of_files(self.options.split, self._source(published), self.title)
        files = ManifestFiles(
            manifest, lambda path: self.options.takes(path) and in_split(path), self.title
        )
        moved_to = self.record.data_path if self.record else None
        path = Path(moved_to or version.data_path)
        link = self._portal_link(version.data_path, published)
        base = portal_base(link) if link else ""
        if base and self.options.source is not DownloadSource.PATH:
            source = WebSource(base, lambda name: file_url(base, name))
            return self._of(DownloadSource.PORTAL, source, files, version.name)
        if is_folder(path) and self.options.source is not DownloadSource.PORTAL:
            return self._of(DownloadSource.PATH, PathSource(path), files, version.name)
        raise self._nowhere(path)

    def _source(self, published: PublishedVersion | None) -> Source | None:
        """Return the files of the data as they were surveyed; None where they were not."""
        if self.options.split is None:
            return None
        if self.record:
            return self.record.history.loading.source
        return published.surveyed() if published else None

    def _version(
        self, published: PublishedVersion | None, stack: ExitStack
    ) -> tuple[Version, ManifestFile]:
        if published:
            version = published.version()
            return version, published.manifest(version, stack)
        assert self.record  # noqa: S101 - else it is read as it was published
        store = VersionStore(Path(self.site.catalog_root), self.record.nickname)
        return recorded_manifest(store, version_of(self.record, self.version))

    def _published(self) -> PublishedVersion:
        there = self.repository
        if self.hub is None or there is None or there.commit is None:
            raise self._unknown()
        return PublishedVersion(self.hub, there, there.commit)

    def _of(
        self,
        kind: DownloadSource,
        source: FileSource,
        files: Iterable[WantedFile],
        version: str,
        *,
        is_private: bool = False,
    ) -> DatasetFiles:
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
            loader=next((name for name in sorted(there) if name == loader), ""),
            is_private=is_private,
            has_portal=self.record is not None and _has_portal(self.record),
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

    def _portal_link(self, data_path: str, published: PublishedVersion | None) -> str | None:
        """Return the link to the data: as recorded, else as its scripts or its path say."""
        if self.record:
            return self.record.portal_link
        link = published.portal_link() if published else None
        return link or data_link_of_path(self.site, PurePosixPath(data_path))

    def _unknown(self) -> DatasetUnknownError | VersionUnknownError:
        at = self.site.hub_address
        if self.version is not None and self.hub and self.hub.repository(self.repo_id):
            close = nearest(self.version, self.hub.tags(self.repo_id), count=_MOST_NAMED)
            named = ", ".join(f"{self.name}@{one}" for one in close)
            return VersionUnknownError(
                f"{self.repo_id} has no version {quoted(self.version)} on {at}.",
                hint=f"Did you mean {named}?"
                if close
                else "Look at the tags of the repository, or leave the version out.",
            )
        return DatasetUnknownError(
            f"There is no dataset {self.repo_id} on {at}, or it is hidden from this account.",
            hint=Message("See which there are: ", Fix(Verb.LIST_DATASETS)),
        )

    def _not_on_hub(self) -> TransferError:
        return TransferError(
            f"{self.site.hub_address} does not hold the whole data of {self.title}.",
            hint=self._by_files(),
        )

    def _not_in_bucket(self) -> TransferError:
        if closed := self._closed_bucket():
            return closed
        return TransferError(
            f"The whole data of {self.title} was not uploaded to a bucket from here.",
            hint=self._by_files(),
        )

    def _by_files(self) -> Message:
        is_here = self.record is not None and not _has_portal(self.record)
        place = DownloadSource.PATH if is_here else DownloadSource.PORTAL
        return Message("Fetch it by its files: ", Option("from", place.value))

    def _nowhere(self, data_path: Path) -> TransferError:
        where: dict[DownloadSource | None, str] = {
            None: f"is neither on a portal nor at {data_path} on this machine",
            DownloadSource.PORTAL: "has no link to a portal",
            DownloadSource.PATH: f"is not on this machine: {data_path} is no folder here",
        }
        reason = where[self.options.source]
        return TransferError(
            f"The data of {self.title} {reason}.",
            hint="Run the command at the center, or copy the data from there (Globus, rsync).",
        )


def _shards(there: RemoteRepository, upload: Upload | None) -> tuple[WantedFile, ...]:
    """Return the shards of a repository, as recorded where they are; none where one is missing."""
    if upload:
        is_whole = all(shard.path in there.files for shard in upload.shards)
        found = [(one.path, one.size_bytes, one.sha256) for one in upload.shards if is_whole]
    else:
        digests = {**there.files, **there.sha256s}
        found = [(path, there.sizes[path], digests[path]) for path in whole_shards(there.files)]
    files = (WantedFile(path.encode(), size, digest) for path, size, digest in sorted(found))
    return tuple(files)


def _has_current_data(record: Record, version: str | None) -> bool:
    """Return whether the Hub should have the data of a version, or of the current one."""
    upload = record.upload
    return upload is not None and not upload.bucket and _is_current(record, upload, version)


def _is_current(record: Record, upload: Upload, version: str | None) -> bool:
    if version is not None:
        return _is_uploaded(record, version)
    current = record.history.current
    return upload.version in {"", current.name if current else ""}


def _is_uploaded(record: Record, version: str | None) -> bool:
    """Return whether what was uploaded is recorded as this version."""
    return record.upload is not None and bool(version) and record.upload.version == version


def _has_portal(record: Record) -> bool:
    link = record.portal_link
    return bool(record.history.versions and link and portal_base(link))
