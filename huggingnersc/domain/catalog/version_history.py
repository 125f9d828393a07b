"""The versions of a dataset as its record and its card show them, the oldest first."""

from __future__ import annotations

from dataclasses import dataclass, replace

from huggingnersc.domain.loading.loading import NO_LOADING, Loading
from huggingnersc.domain.repo_names import VERSION_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedVersion:
    """A version of a dataset.

    Attributes:
        name: such as `v1.2.0`; also the tag on the Hub.
        digest: the SHA-256 of its `version.json`, 64 hexadecimal digits.
        created_at: ISO 8601 in UTC, `2026-11-22T00:00:00Z`.
        files: how many regular files it has.
        size_bytes: their size.
        message: what its maker said of it; empty where nothing was said.
        parent: the version it came from: `v1.1.0`, or `other@v2` of another dataset.
        changes: what differs from the parent, in one line; empty without one.
        labels: words that were attached to it.
        retired: whether it should no longer be used.
    """

    name: str
    digest: str
    created_at: str
    files: int
    size_bytes: int
    message: str = ""
    parent: str = ""
    changes: str = ""
    labels: tuple[str, ...] = ()
    retired: bool = False

    def __post_init__(self) -> None:
        if not VERSION_NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} cannot be the name of a version")
        if not all(0 <= number < 1 << 63 for number in (self.files, self.size_bytes)):
            raise ValueError(f"the version {self.name} has an impossible number of files or bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionChange:
    """What may change of a version; its files and all that was measured never do.

    Attributes:
        name: the version's.
        message: a new message; None keeps it.
        labels: those to attach.
        without_labels: those to take off.
        retired: whether it should no longer be used; None keeps what is recorded.
    """

    name: str
    message: str | None = None
    labels: tuple[str, ...] = ()
    without_labels: tuple[str, ...] = ()
    retired: bool | None = None

    def of(self, version: RecordedVersion) -> RecordedVersion:
        """Return the changed version."""
        labels = dict.fromkeys((*version.labels, *self.labels))
        return replace(
            version,
            message=version.message if self.message is None else self.message,
            labels=tuple(one for one in labels if one not in self.without_labels),
            retired=version.retired if self.retired is None else self.retired,
        )


@dataclass(frozen=True, slots=True)
class VersionHistory:
    """The versions of a dataset, and the description of the data in the latest one.

    Attributes:
        versions: the oldest first.
        statistics: Markdown for the card; empty where none is published.
        loading: how the data is loaded, as far as that is public.
    """

    versions: tuple[RecordedVersion, ...] = ()
    statistics: str = ""
    loading: Loading = NO_LOADING

    @property
    def latest(self) -> RecordedVersion | None:
        """The newest version, retired or not; None where there is none."""
        return self.versions[-1] if self.versions else None

    @property
    def current(self) -> RecordedVersion | None:
        """The newest version that is not retired; None where there is none."""
        return next((one for one in reversed(self.versions) if not one.retired), None)

    def find(self, name: str) -> RecordedVersion | None:
        """Return the version of this name; None where there is none."""
        return next((one for one in self.versions if one.name == name), None)

    def with_version(
        self, version: RecordedVersion, statistics: str, loading: Loading
    ) -> VersionHistory:
        """Return the history with a newer version and the description of its data."""
        return VersionHistory((*self.versions, version), statistics, loading)

    def revised(self, change: VersionChange) -> VersionHistory:
        """Return the history with a change of one of its versions; without it, as it is."""
        version = self.find(change.name)
        return self if version is None else self.changed(change.of(version))

    def changed(self, version: RecordedVersion) -> VersionHistory:
        """Return the history with another message, other labels or retirement of a version."""
        return replace(
            self,
            versions=tuple(version if one.name == version.name else one for one in self.versions),
        )


NO_VERSIONS = VersionHistory()
