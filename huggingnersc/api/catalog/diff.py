"""What an update would change, file by file; contents are found by their git object id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.adapters.templates import render
from huggingnersc.changes import FileChange, Location
from huggingnersc.domain.catalog.file_changes import Content, Unread, file_changes
from huggingnersc.domain.catalog.folder_card import card_on_hub
from huggingnersc.domain.catalog.plan import CARD_NAME, make_plan
from huggingnersc.domain.catalog.remote import DATA_FOLDER
from huggingnersc.domain.catalog.update import recorded_oids, spec_of
from huggingnersc.domain.planned_file import PlannedFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.domain.catalog.plan import Plan
    from huggingnersc.domain.catalog.reconcile import PendingSteps
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.site import Site

_MAX_READ_BYTES = 1 << 22  # more than any file that is written here


class Contents:
    """The contents of a dataset's files, found by git object id; the Hub is asked last.

    Args:
        record: what is known of the dataset.
        plan: its target state, where one is planned.
        folder: the files of its catalog folder.
        site: where it is cataloged.
    """

    def __init__(
        self, record: Record, plan: Plan | None, folder: Mapping[str, bytes], site: Site
    ) -> None:
        spec = spec_of(record)
        rendered = make_plan(spec, site, render).hub_files if spec else ()
        planned = plan.hub_files if plan else ()
        kept = [PlannedFile(name, content) for name, content in folder.items()]
        if CARD_NAME in folder:
            kept.append(PlannedFile(CARD_NAME, card_on_hub(folder[CARD_NAME], record)))
        self._by_oid: dict[str, Content] = {
            file.git_oid: file.content for file in (*rendered, *planned, *kept)
        }

    def add(self, plan: Plan) -> None:
        """Know the files of a plan too."""
        self._by_oid |= {file.git_oid: file.content for file in plan.hub_files}

    def recorded(self, path: str, oid: str | None) -> Content:
        """Return a recorded content; `Unread` where it is kept nowhere."""
        if oid is None:
            return None
        return self._by_oid.get(oid, Unread(f"the recorded {path} is not kept here"))

    def on_hub(self, path: str, remote: RemoteRepository, hub: Hub) -> Content:
        """Return a file of the Hub as it was when `remote` was asked for."""
        oid, size_bytes = remote.files.get(path), remote.sizes.get(path, 0)
        if oid is None or remote.commit is None:
            return None
        if oid not in self._by_oid:
            if size_bytes > _MAX_READ_BYTES:
                return Unread(f"{size_bytes:,} bytes on the Hub are not read")
            self._by_oid[oid] = hub.read_file(remote.repo_id, path, revision=remote.commit)
        return self._by_oid[oid]


def edits_on_hub(
    paths: Iterable[str],
    record: Record,
    contents: Contents,
    remote: RemoteRepository,
    hub: Hub,
) -> tuple[FileChange, ...]:
    """Return what someone else changed on the Hub: from what was recorded to what is there."""
    recorded, edited = recorded_oids(record), tuple(paths)
    before = {path: contents.recorded(path, recorded.get(path)) for path in edited}
    after = {path: contents.on_hub(path, remote, hub) for path in edited}
    return file_changes(Location.HUB, before, after)


def shard_content(remote: RemoteRepository, path: str) -> Content:
    """Return a shard of the Hub, which is not looked into; None where there is none."""
    size_bytes = remote.sizes.get(path, 0)
    return Unread(f"{size_bytes:,} bytes of data") if path in remote.files else None


def shard_changes(paths: Iterable[str], remote: RemoteRepository) -> tuple[FileChange, ...]:
    """Return what someone else changed of the shards that were uploaded."""
    changed = tuple(paths)
    before: dict[str, Content] = dict.fromkeys(changed, Unread("the shard that was uploaded"))
    return file_changes(
        Location.HUB, before, {path: shard_content(remote, path) for path in changed}
    )


def planned_changes(
    plan: Plan,
    steps: PendingSteps,
    folder: Mapping[str, bytes],
    contents: Contents,
    remote: RemoteRepository | None,
    hub: Hub | None,
) -> tuple[FileChange, ...]:
    """Return what the steps change on the Hub and in the catalog folder."""
    ours: dict[str, Content] = {file.path: file.content for file in plan.hub_files}
    there = remote.files if remote else {}
    differing = {f.path for f in plan.hub_files if there.get(f.path) != f.git_oid}
    differing |= set(steps.delete)
    theirs: dict[str, Content] = {}
    if remote is not None and hub is not None:
        theirs = {
            path: contents.on_hub(path, remote, hub)
            if not path.startswith(DATA_FOLDER)
            else shard_content(remote, path)
            for path in differing
        }
    on_hub = file_changes(Location.HUB, theirs, {path: ours.get(path) for path in differing})
    planned = {file.path: file.content for file in plan.catalog_files}
    concerned = {*planned, *steps.stale}
    before: dict[str, Content] = {name: folder.get(name) for name in concerned}
    after: dict[str, Content] = {name: planned.get(name) for name in concerned}
    return (*on_hub, *file_changes(Location.CATALOG, before, after))
