"""Take a dataset out of the catalog; its data is never touched."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.removed_datasets import RemovedDatasets
from huggingnersc.api.catalog.publishing import looking, writable_hub
from huggingnersc.api.site import resolve_site
from huggingnersc.domain.catalog.damage import ways_out
from huggingnersc.domain.catalog.update import recorded_oids
from huggingnersc.errors import DatasetUnknownError, HubConflictError, RecordDamagedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import PurePosixPath

    from huggingnersc.adapters.hub import Hub
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.catalog.tombstone import Tombstone
    from huggingnersc.domain.site import Site


class RemoveOutcome(StrEnum):
    """How a removal ended."""

    PLANNED = "planned"
    REMOVED = "removed"
    UNCHANGED = "unchanged"


class HubDeed(StrEnum):
    """What a removal does on the Hub."""

    MAKE_PRIVATE = "make private"
    DELETE = "delete"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Removed:
    """What a removal does or did.

    Attributes:
        outcome: planned (not done, or not done yet), removed, unchanged.
        on_hub: what is done there; nothing where it is private, or gone, already.
        tombstone: where the catalog folder is kept now; None while it is in its place.
        removed_at: when it was removed, `YYYYMMDDTHHMMSSZ` in UTC.
        data_path: where the data lies; it is not touched.
    """

    outcome: RemoveOutcome
    official_name: str
    nickname: str
    repo_id: str
    hub_url: str
    on_hub: HubDeed
    catalog_dir: PurePosixPath
    tombstone: Path | None
    removed_at: str | None
    data_path: PurePosixPath | None
    warnings: tuple[str, ...]
    published_to: str


def remove_dataset(
    nickname: str,
    *,
    delete: bool = False,
    overwrite: bool = False,
    dry_run: bool = False,
    on_plan: Callable[[Removed], None] = lambda _removed: None,
    site: Site | str | None = None,
) -> Removed:
    """Hide a dataset on the Hub, then put its catalog folder aside; `restore_dataset` undoes it.

    The Hub comes first: as long as the folder is in its place the same call completes the work.

    Args:
        nickname: the dataset's nickname.
        delete: whether to delete the repository, with its history, in place of making it private.
        overwrite: whether to delete it although it holds what the record cannot bring back.
        dry_run: whether to stop before anything is done.
        on_plan: called with what will be done before anything is; what it raises stops the
            removal. The nickname is held meanwhile.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        DatasetUnknownError, RecordDamagedError: there is no record, or it cannot be read.
        HubConflictError: the repository holds what the record cannot bring back.
        DatasetBusyError: another process works on the nickname.
        HubError: the Hub refused or did not answer; the same call again completes the work.
    """
    chosen = resolve_site(site)
    catalog = CatalogFolder(Path(chosen.catalog_root))
    _known(catalog, nickname)  # an unknown one is told before anything is made for it
    if dry_run:
        with looking(chosen) as hub:
            return _plan(catalog, nickname, hub, chosen, delete=delete, overwrite=overwrite)
    with catalog.hold(nickname), writable_hub(chosen) as hub:
        planned = _plan(catalog, nickname, hub, chosen, delete=delete, overwrite=overwrite)
        if planned.outcome is RemoveOutcome.UNCHANGED:
            return planned
        if planned.tombstone is None:
            catalog.require_writable(catalog.root / nickname)
        on_plan(planned)
        return _do(planned, hub, chosen)


def _known(catalog: CatalogFolder, nickname: str) -> tuple[Record, Tombstone | None]:
    """Give the record of a dataset, or of the one removed last, with its tombstone then."""
    try:
        return catalog.record(nickname), None
    except DatasetUnknownError:
        newest = next(iter(catalog.removed(nickname)), None)
        if newest is None:
            raise
    if newest.record is None:
        raise RecordDamagedError(
            f"The record in {newest.path} is damaged.", hint=ways_out(newest.path)
        )
    return newest.record, newest


def _plan(
    catalog: CatalogFolder,
    nickname: str,
    hub: Hub | None,
    site: Site,
    *,
    delete: bool,
    overwrite: bool,
) -> Removed:
    record, tombstone = _known(catalog, nickname)
    remote = hub.repository(record.repo_id) if hub else None
    if delete and remote and not overwrite:
        _refuse_loss(record, remote)
    deed = _deed(remote, delete=delete)
    is_done = tombstone is not None and deed is HubDeed.NOTHING
    return Removed(
        outcome=RemoveOutcome.UNCHANGED if is_done else RemoveOutcome.PLANNED,
        official_name=record.official_name,
        nickname=record.nickname,
        repo_id=record.repo_id,
        hub_url=record.hub_url,
        on_hub=deed,
        catalog_dir=record.catalog_dir,
        tombstone=tombstone.path if tombstone else None,
        removed_at=tombstone.removed_at if tombstone else None,
        data_path=record.data_path,
        warnings=() if tombstone or delete else _warnings(record, remote),
        published_to=site.endpoint,
    )


def _deed(remote: RemoteRepository | None, *, delete: bool) -> HubDeed:
    if remote is None:
        return HubDeed.NOTHING
    if delete:
        return HubDeed.DELETE
    return HubDeed.NOTHING if remote.private else HubDeed.MAKE_PRIVATE


def _refuse_loss(record: Record, remote: RemoteRepository) -> None:
    recorded = recorded_oids(record)
    theirs = [path for path, oid in remote.own_files.items() if recorded.get(path) != oid]
    if theirs or (record.loader is None and not remote.is_fresh):
        raise HubConflictError(
            f"{record.repo_id} holds what the record cannot bring back "
            f"({', '.join(sorted(theirs)) or 'scripts that are not in it'}); nothing was touched.",
            hint="Leave out --delete to make it private, or delete it all the same: --overwrite",
        )


def _warnings(record: Record, remote: RemoteRepository | None) -> tuple[str, ...]:
    if remote is None or not remote.private or record.private:
        return ()
    return (
        f"{record.repo_id} is private on the Hub already, though recorded as public; "
        "restore-dataset will make it public.",
    )


def _do(planned: Removed, hub: Hub, site: Site) -> Removed:
    if planned.on_hub is HubDeed.DELETE:
        hub.delete_repository(planned.repo_id)
    if planned.on_hub is HubDeed.MAKE_PRIVATE:
        hub.set_visibility(planned.repo_id, private=True)
    done = replace(planned, outcome=RemoveOutcome.REMOVED)
    if planned.tombstone is not None:
        return done
    tombstone = RemovedDatasets(Path(site.catalog_root)).remove(planned.nickname)
    return replace(done, tombstone=tombstone.path, removed_at=tombstone.removed_at)
