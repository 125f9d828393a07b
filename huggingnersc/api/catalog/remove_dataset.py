"""Remove a dataset from the catalog; its data is never touched."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.removed_datasets import RemovedDatasets
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.api.catalog.pending import Pending
from huggingnersc.api.catalog.publish import readable_hub, writable_hub
from huggingnersc.api.catalog.releases import require_rebuildable
from huggingnersc.api.catalog.result import CatalogResult, addresses
from huggingnersc.api.catalog.trust import require_own_place, require_restorable
from huggingnersc.api.site import resolve_site
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.recovery_hints import recovery_hint
from huggingnersc.domain.catalog.update import recorded_oids
from huggingnersc.domain.text.formatting import plural
from huggingnersc.errors import DatasetUnknownError, HubConflictError, RecordDamagedError
from huggingnersc.fixes import Fix, Message, Option, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.catalog.removed_dataset import RemovedDataset
    from huggingnersc.domain.site import Site
    from huggingnersc.fixes import Text


class RemoveOutcome(StrEnum):
    """How a removal ended."""

    PLANNED = "planned"
    REMOVED = "removed"
    UNCHANGED = "unchanged"


class HubChange(StrEnum):
    """What a removal does on the Hub."""

    MAKE_PRIVATE = "make private"
    DELETE = "delete"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed(CatalogResult):
    """What a removal does or did.

    Attributes:
        outcome: planned (not done, or not done yet), removed, unchanged.
        on_hub: what is done there; nothing where it is private, or gone, already.
        removed_dir: where the catalog folder is kept now; None while it is in its place.
        removed_at: when it was removed, `YYYYMMDDTHHMMSSZ` in UTC.
        data_path: where the data is stored; it is not touched.
    """

    outcome: RemoveOutcome
    on_hub: HubChange
    removed_dir: Path | None
    removed_at: str | None
    data_path: PurePosixPath | None
    warnings: tuple[Text, ...]


@contextmanager
def plan_remove(
    nickname: str,
    *,
    delete: bool = False,
    overwrite: bool = False,
    dry_run: bool = False,
    site: Site | str | None = None,
) -> Iterator[Pending[Removed]]:
    """Plan a removal and yield it to be reviewed and applied; `remove_dataset` does so at once.

    The nickname is locked until the block ends, so that the plan stays true; a dry run locks and
    changes nothing, and applying it does nothing.

    Args:
        nickname: the dataset's nickname.
        delete: whether to delete the repository, with its history, instead of making it private.
        overwrite: whether to delete it although it holds what the record cannot bring back.
        dry_run: whether nothing is to be applied.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        The errors of `remove_dataset`.
    """
    chosen = resolve_site(site)
    catalog = CatalogFolder(Path(chosen.catalog_root))
    _known(catalog, nickname)  # an unknown one is reported before anything is made for it
    if dry_run:
        with readable_hub(chosen) as hub:
            plan, _ = _plan(catalog, nickname, hub, chosen, delete=delete, overwrite=overwrite)
            yield Pending(plan, None)
        return
    with catalog.lock(nickname), writable_hub(chosen) as hub:
        plan, there = _plan(catalog, nickname, hub, chosen, delete=delete, overwrite=overwrite)
        if plan.outcome is RemoveOutcome.UNCHANGED:
            yield Pending(plan, None)
            return
        if plan.removed_dir is None:
            catalog.require_writable(catalog.root / nickname)
            catalog.removed(nickname)  # a link in its place is reported before the Hub is changed
        yield Pending(plan, lambda: _apply(plan, there, catalog, hub))


def remove_dataset(
    nickname: str,
    *,
    delete: bool = False,
    overwrite: bool = False,
    dry_run: bool = False,
    site: Site | str | None = None,
) -> Removed:
    """Hide a dataset on the Hub, then put its catalog folder aside; `restore_dataset` undoes it.

    The Hub comes first: as long as the folder is in its place the same call completes the work.

    Args:
        nickname: the dataset's nickname.
        delete: whether to delete the repository, with its history, instead of making it private.
        overwrite: whether to delete it although it holds what the record cannot bring back.
        dry_run: whether to stop before anything is done.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        DatasetUnknownError, RecordDamagedError: there is no record, or it cannot be read.
        RecordRefusedError: the record names another repository, Hub or folder; or the repository
            would be deleted, and the record would be refused when it is to be restored.
        HubConflictError: the repository holds what the record cannot bring back.
        DatasetBusyError: another process works on the nickname.
        HubError: the Hub refused or did not answer; the same call again completes the work.
    """
    with plan_remove(
        nickname, delete=delete, overwrite=overwrite, dry_run=dry_run, site=site
    ) as pending:
        return pending.apply()


def _known(catalog: CatalogFolder, nickname: str) -> tuple[Record, RemovedDataset | None]:
    """Return the record of a dataset; of the one removed last with its removed dataset."""
    try:
        return catalog.record(nickname), None
    except DatasetUnknownError:
        newest = next(iter(catalog.removed(nickname)), None)
        if newest is None:
            raise
    if newest.record is None:
        raise RecordDamagedError(
            f"The record in {newest.path} is damaged.", hint=recovery_hint(newest.path)
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
) -> tuple[Removed, tuple[RemoteRepository, ...]]:
    """Return what is planned, and the repositories that it concerns, the dataset's last."""
    record, removed_dataset = _known(catalog, nickname)
    folder = removed_dataset.path if removed_dataset else catalog.root / nickname
    require_own_place(record, folder, site)
    remote = hub.repository(site.repo_id(nickname)) if hub else None
    beside = _shards_repository(record, hub)
    if delete and remote and not remote.is_fresh and not overwrite:
        require_restorable(record, folder, site)
        _refuse_loss(record, remote, beside)
        if hub:
            store = VersionStore(catalog.root, *folder.relative_to(catalog.root).parts)
            require_rebuildable(record, store, remote, hub)
    there = tuple(one for one in (beside, remote) if one is not None)
    on_hub = _hub_change(there, delete=delete)
    is_done = removed_dataset is not None and on_hub is HubChange.NOTHING
    planned = Removed(
        outcome=RemoveOutcome.UNCHANGED if is_done else RemoveOutcome.PLANNED,
        on_hub=on_hub,
        removed_dir=removed_dataset.path if removed_dataset else None,
        removed_at=removed_dataset.removed_at if removed_dataset else None,
        data_path=record.data_path,
        warnings=() if removed_dataset or delete else _warnings(record, remote),
        **addresses(record, site),
    )
    return planned, there


def _shards_repository(record: Record, hub: Hub | None) -> RemoteRepository | None:
    """Return the repository of the shards of a dataset; None where there is none."""
    if hub is None or record.upload is None or not record.upload.is_beside:
        return None
    return hub.repository(record.upload.repo_id(record.repo_id))


def _hub_change(there: tuple[RemoteRepository, ...], *, delete: bool) -> HubChange:
    if not there:
        return HubChange.NOTHING
    if delete:
        return HubChange.DELETE
    return HubChange.NOTHING if all(one.private for one in there) else HubChange.MAKE_PRIVATE


def _refuse_loss(
    record: Record, remote: RemoteRepository, beside: RemoteRepository | None
) -> None:
    recorded = recorded_oids(record)
    theirs = [path for path, oid in remote.own_files.items() if recorded.get(path) != oid]
    if count := len(remote.data_files) + len(beside.data_files if beside else ()):
        theirs.append(plural(count, "file") + " of data")  # no shard is in the record
    if theirs or record.loader is None:
        raise HubConflictError(
            f"{record.repo_id} holds what the record cannot bring back "
            f"({', '.join(sorted(theirs)) or 'scripts that are not in it'}); nothing was touched.",
            hint=Message(
                "Leave out ",
                Field.DELETE,
                " to make it private, or delete it anyway: ",
                Option(Field.OVERWRITE),
            ),
        )


def _warnings(record: Record, remote: RemoteRepository | None) -> tuple[Text, ...]:
    if remote is None or not remote.private or record.private:
        return ()
    return (
        Message(
            f"{record.repo_id} is private on the Hub already, but recorded as public; it will be "
            "public again after: ",
            Fix(Verb.RESTORE_DATASET, (record.nickname,)),
        ),
    )


def _apply(
    planned: Removed, there: tuple[RemoteRepository, ...], catalog: CatalogFolder, hub: Hub
) -> Removed:
    catalog.require_lock(planned.nickname)
    for one in there:
        if planned.on_hub is HubChange.DELETE:
            hub.delete_repository(one.repo_id)
        elif not one.private:
            hub.set_visibility(one.repo_id, private=True)
    done = replace(planned, outcome=RemoveOutcome.REMOVED)
    if planned.removed_dir is not None:
        return done
    removed_dataset = RemovedDatasets(catalog.root).remove(planned.nickname)
    return replace(done, removed_dir=removed_dataset.path, removed_at=removed_dataset.removed_at)
