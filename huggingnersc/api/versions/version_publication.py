"""Put a version where it belongs: on the Hub and into the catalog folder, or into a draft.

What publishes is imported only where something is published: most snapshots find nothing to do.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.api.versions.draft_versions import keep_in_draft
from huggingnersc.api.versions.tags_on_hub import tags_on_hub
from huggingnersc.domain.versions.recorded import recorded_version
from huggingnersc.domain.versions.version import next_name
from huggingnersc.errors import DatasetBusyError, DatasetError, HubEditedError
from huggingnersc.fixes import Message, update_fix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from huggingnersc.adapters.catalog_folder import CatalogFolder
    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.api.catalog.update_dataset import PreparedUpdate
    from huggingnersc.api.versions.snapshot_run import ReadyVersion
    from huggingnersc.api.versions.snapshot_target import SnapshotTarget
    from huggingnersc.domain.site import Site
    from huggingnersc.fixes import Text


@dataclass(frozen=True, slots=True)
class VersionPublication:
    """The publication of a version, worked out.

    Attributes:
        warnings: what should be known although it stops nothing.
        do: does it, and returns the commit on the Hub; None for a draft.
    """

    warnings: tuple[Text, ...]
    do: Callable[[], str | None]


@dataclass(frozen=True, slots=True)
class VersionPublisher:
    """Publishes the versions of one dataset.

    Attributes:
        target: the dataset, with the versions that it had when its data was read.
        catalog: where it is cataloged; of no use for a draft.
        site: the site.
        allow_secret: hashes of lines of its scripts that only look like secrets.
    """

    target: SnapshotTarget
    catalog: CatalogFolder
    site: Site
    allow_secret: tuple[str, ...]

    def require_publishable(self) -> None:
        """Make sure that the dataset as it is recorded can be published; nothing is changed.

        Raises:
            The errors of `update_dataset`.
        """
        from huggingnersc.api.catalog.plan_target import UpdateOptions
        from huggingnersc.api.catalog.update_dataset import plan_update

        if self.target.record:
            options = UpdateOptions(allow_secret=self.allow_secret)
            with (
                _edits_explained(self.target.nickname),
                plan_update(self.target.nickname, options, dry_run=True, site=self.site),
            ):
                pass

    def look(self, ready: ReadyVersion) -> tuple[Text, ...]:
        """Return the warnings of a publication; nothing is held or changed.

        Raises:
            The errors of `plan_publication`.
        """
        if not self.target.record:
            return ()
        from huggingnersc.api.catalog.publish import readable_hub

        with readable_hub(self.site) as hub:
            return self._prepared(ready, hub).result.warnings

    def free_name(self, name: str) -> str:
        """Return a name, or the next one that no tag on the Hub has (one request).

        A snapshot that was cut off before it was recorded leaves its tag; whoever goes on may not
        have its run.
        """
        if not self.target.record:
            return name
        tags = tags_on_hub(self.target.nickname, self.site)
        names = [*(one.name for one in self.target.history.versions), name]
        while tags.has(names[-1]):
            names.append(next_name(names))
        return names[-1]

    def is_out(self, ready: ReadyVersion) -> bool:
        """Return whether the Hub has what describes a version, from a run that was cut off."""
        if not self.target.record:
            return False
        from huggingnersc.api.catalog.publish import readable_hub
        from huggingnersc.domain.catalog.release import absent
        from huggingnersc.domain.versions.documents import documents_of

        documents = documents_of(ready.version, lambda path: ready.files[path].read_bytes())
        with readable_hub(self.site) as hub:
            remote = hub and hub.repository(self.site.repo_id(self.target.nickname))
            return bool(remote and not absent(documents, remote))

    def keep_known_hashes(self, source: Path) -> None:
        """Replace the cache of hashes, where it can be written and no one holds the nickname."""
        target = self.target
        held = self.catalog.lock(target.nickname) if target.record else nullcontext()
        with suppress(DatasetError, OSError), held:
            target.store.keep_known_hashes(source)

    @contextmanager
    def hold(self, ready: ReadyVersion) -> Iterator[VersionPublication]:
        """Hold the nickname and yield the publication of a version, worked out.

        Raises:
            DatasetBusyError: another process works on it, or has made a version meanwhile.
            The errors of `plan_publication`.
        """
        if not self.target.record:
            yield VersionPublication((), lambda: keep_in_draft(self.target, ready))
            return
        from huggingnersc.api.catalog.publish import writable_hub
        from huggingnersc.api.versions.publish_version import publish_version

        with self.catalog.lock(self.target.nickname), writable_hub(self.site) as hub:
            self._require_same_versions()
            prepared = self._prepared(ready, hub)
            yield VersionPublication(
                prepared.result.warnings, lambda: publish_version(prepared, self.catalog, hub)
            )

    def _prepared(self, ready: ReadyVersion, hub: Hub | None) -> PreparedUpdate:
        from huggingnersc.api.catalog.publish import AddedVersion
        from huggingnersc.api.versions.publish_version import plan_publication

        new = AddedVersion(
            version=ready.version,
            files=ready.files,
            recorded=recorded_version(ready.version, ready.labels),
            statistics=ready.statistics,
            loading=ready.loading,
        )
        with _edits_explained(self.target.nickname):
            return plan_publication(
                new, self.catalog, hub, self.site, allow_secret=self.allow_secret
            )

    def _require_same_versions(self) -> None:
        nickname = self.target.nickname
        if self.catalog.record(nickname).history != self.target.history:
            raise DatasetBusyError(
                f'The versions of "{nickname}" changed while its data was read.',
                hint="Run the same command again; what has been read is kept.",
            )


@contextmanager
def _edits_explained(nickname: str) -> Iterator[None]:
    """Let the hint about edits on the Hub name the command that decides about them."""
    try:
        yield
    except HubEditedError as error:
        raise HubEditedError(
            str(error),
            changes=error.changes,
            hint=Message("Decide about these changes first: ", update_fix(nickname)),
        ) from error
