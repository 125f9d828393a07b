"""What the Hub lacks of the versions of a dataset."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.plan import is_changed_by_versions
from huggingnersc.domain.catalog.recovery_hints import delete_tag_command
from huggingnersc.domain.catalog.release import Release, title_of
from huggingnersc.domain.catalog.remote import VERSION_FOLDER
from huggingnersc.domain.metadata.strict_json import read_object
from huggingnersc.domain.text.formatting import first_names
from huggingnersc.domain.text.shell import shown
from huggingnersc.domain.versions.documents import documents_of
from huggingnersc.domain.versions.version import (
    MAX_VERSION_BYTES,
    VERSION_FILE,
    digest_of,
    version_bytes,
)
from huggingnersc.errors import DatasetError, HubConflictError, VersionDamagedError
from huggingnersc.fixes import Fix, Message, Verb

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.adapters.version_store import VersionStore
    from huggingnersc.api.catalog.publish import AddedVersion
    from huggingnersc.domain.catalog.plan import Plan
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.catalog.version_history import RecordedVersion, VersionHistory
    from huggingnersc.domain.planned_file import PlannedFile, StoredFile
    from huggingnersc.fixes import Text

_MOST_NAMED = 3
_DESCRIPTION = f"{VERSION_FOLDER}{VERSION_FILE}"


@dataclass(frozen=True, slots=True)
class VersionsState:
    """The versions of a dataset beside what the Hub holds of them.

    Attributes:
        documents: what describes the latest version; None where there is none, or where it
            cannot be read, so that what the Hub holds of it stays.
        releases: the versions whose tag the Hub lacks, the oldest first.
        warnings: why versions cannot be published.
    """

    documents: tuple[StoredFile, ...] | None = None
    releases: tuple[Release, ...] = ()
    warnings: tuple[Text, ...] = ()


def versions_state(
    history: VersionHistory,
    store: VersionStore,
    remote: RemoteRepository | None,
    hub: Hub | None,
) -> VersionsState:
    """Compare the recorded versions with the Hub (one request, none where there is no version)."""
    if history.latest is None:
        return VersionsState()
    tags = tags_of(remote, hub)
    releases: list[Release] = []
    warnings: list[Text] = []
    for one in history.versions:
        try:
            if one.name not in tags:
                _require_intact(one, store)
                releases.append(_release(one, store))
        except DatasetError as error:
            warnings.append(f"The version {one.name} cannot be published: {error}")
    try:
        documents = _release(history.latest, store).documents
    except DatasetError as error:
        what = "The description of the latest version"
        return VersionsState(
            None, tuple(releases), (*warnings, f"{what} cannot be published: {error}")
        )
    return VersionsState(documents, tuple(releases), tuple(warnings))


def _release(recorded: RecordedVersion, store: VersionStore) -> Release:
    """Return a version as it is published.

    Raises:
        DatasetError: it cannot be read, or is not the one that was recorded.
    """
    if digest_of(version_bytes(store.read(recorded.name))) != recorded.digest:
        raise VersionDamagedError(f"{store.path / recorded.name} is not what was recorded.")
    return store.release(recorded.name)


def _require_intact(recorded: RecordedVersion, store: VersionStore) -> None:
    """Make sure that every file of a version is as it was made, before it is published.

    Raises:
        VersionDamagedError: one is not.
    """
    for found in store.problems_of(recorded):
        raise VersionDamagedError(f"{found.where} {found.message}.")


def tags_of(remote: RemoteRepository | None, hub: Hub | None) -> Mapping[str, str]:
    """Return the commit of every tag of a repository; none where there is no repository."""
    return hub.tags(remote.repo_id) if remote and hub else {}


def is_of_a_version(
    remote: RemoteRepository | None, history: VersionHistory, store: VersionStore
) -> bool:
    """Return whether a repository holds what was published with one of the versions.

    It does while its history is made again, and where that was cut off.
    """
    if remote is None:
        return False
    for one in reversed(history.versions):
        try:
            if _release(one, store).is_held_by(remote):
                return True
        except DatasetError:
            continue
    return False


def is_of_unrecorded_version(
    paths: Sequence[str], record: Record, remote: RemoteRepository, hub: Hub
) -> bool:
    """Return whether a repository is as a run left it that published a version and was cut off.

    Such a version was never recorded. Someone else goes on, and whoever began it cannot or will
    not. Its commit is the newest one and changed nothing of the card and scripts but what a
    version changes.

    Args:
        paths: what of the card and scripts is neither as recorded nor as planned.
        record: the record.
        remote: the repository.
        hub: where it is.
    """
    if not all(is_changed_by_versions(path, record.nickname) for path in paths):
        return False
    if _DESCRIPTION not in remote.files or not remote.commit:
        return False
    newest = next(iter(hub.commits(remote.repo_id)), None)
    if newest is None or newest.sha != remote.commit:
        return False
    content, _ = read_object(
        hub.read_file(remote.repo_id, _DESCRIPTION, revision=newest.sha),
        name=VERSION_FILE,
        limit=MAX_VERSION_BYTES,
    )
    if content is None or content.get("nickname") != record.nickname:
        return False
    name = str(content.get("name"))
    return newest.title == title_of(name) and record.history.find(name) is None


def with_new_version(
    state: VersionsState,
    new: AddedVersion,
    plan: Plan,
    remote: RemoteRepository | None,
    hub: Hub | None,
) -> VersionsState:
    """Return the state with a version that is not in the catalog folder yet.

    Raises:
        HubConflictError: a tag of its name is of something else.
    """
    release = release_of(new, plan.hub_files)
    documents = release.documents
    tags = tags_of(remote, hub)
    if release.name in tags:
        _require_same(release, remote, hub, tags[release.name])
        return replace(state, documents=documents)
    return replace(state, documents=documents, releases=(*state.releases, release))


def release_of(new: AddedVersion, files: tuple[PlannedFile, ...]) -> Release:
    """Return the commit of a new version with its card and scripts."""
    documents = documents_of(new.version, lambda path: new.files[path].read_bytes())
    return Release(new.version.name, files, documents)


def untagged(
    releases: tuple[Release, ...], remote: RemoteRepository | None, hub: Hub | None
) -> tuple[Release, ...]:
    """Return the versions of a new dataset that the Hub has no tag for.

    Raises:
        HubConflictError: a tag of one's name is of something else.
    """
    tags = tags_of(remote, hub) if releases else {}
    for one in releases:
        if one.name in tags:
            _require_same(one, remote, hub, tags[one.name])
    return tuple(one for one in releases if one.name not in tags)


def _require_same(
    release: Release, remote: RemoteRepository | None, hub: Hub | None, commit: str
) -> None:
    there = hub.repository(remote.repo_id, revision=commit) if remote and hub else None
    if remote and not (there and release.is_held_by(there)):
        raise HubConflictError(
            f"{remote.repo_id} has a tag {release.name} that is not of this version; "
            "nothing was touched.",
            hint=Message(
                "It may be of a snapshot that was cut off and never recorded. If no one uses it, "
                "delete it and run the same command again: ",
                delete_tag_command(remote.repo_id, release.name),
            ),
        )


def require_rebuildable(
    record: Record, store: VersionStore, remote: RemoteRepository, hub: Hub
) -> None:
    """Make sure that a repository has no tag that the catalog folder cannot bring back.

    Raises:
        HubConflictError: it has.
    """
    lost = sorted(name for name in hub.tags(remote.repo_id) if not _is_kept(name, record, store))
    if lost:
        named = first_names([*map(shown, lost)], _MOST_NAMED)
        raise HubConflictError(
            f"{remote.repo_id} has tags that the catalog cannot bring back ({named}); "
            "nothing was touched.",
            hint=Message(
                "See which versions it has: ", Fix(Verb.LIST_VERSIONS, (record.nickname,))
            ),
        )


def _is_kept(name: str, record: Record, store: VersionStore) -> bool:
    recorded = record.history.find(name)
    try:
        if recorded is None:
            return False
        _require_intact(recorded, store)
        return bool(_release(recorded, store).files)
    except DatasetError:
        return False
