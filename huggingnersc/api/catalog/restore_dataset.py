"""Bring a removed dataset back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.removed_datasets import RemovedDatasets
from huggingnersc.api.catalog.plan_update import plan_again
from huggingnersc.api.catalog.publish import refusal, writable_hub, write
from huggingnersc.api.catalog.scan import scan_files
from huggingnersc.api.site import resolve_site
from huggingnersc.domain.catalog.reconcile import PendingSteps
from huggingnersc.domain.catalog.recovery_hints import recovery_hint
from huggingnersc.domain.catalog.update import edited_paths, reconcile_update, recorded_oids
from huggingnersc.errors import DatasetExistsError, DatasetUnknownError, RecordDamagedError
from huggingnersc.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import PurePosixPath

    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.domain.catalog.plan import Plan
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.catalog.removed_dataset import RemovedDataset
    from huggingnersc.domain.site import Site


class RestoreOutcome(StrEnum):
    """How a restoration ended."""

    RESTORED = "restored"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Restored:
    """Where a dataset is that is cataloged again.

    Attributes:
        outcome: restored, or unchanged where it is cataloged already.
        removed_at: when it had been removed, `YYYYMMDDTHHMMSSZ` in UTC.
        published_again: whether its files went to the Hub again, as one commit.
        commit: the SHA on the Hub.
        private: whether the repository is private now.
    """

    outcome: RestoreOutcome
    official_name: str
    nickname: str
    repo_id: str
    hub_url: str
    commit: str | None
    private: bool
    published_again: bool
    catalog_dir: PurePosixPath
    removed_at: str | None
    warnings: tuple[str, ...]
    published_to: str


def restore_dataset(
    nickname: str,
    *,
    at: str | None = None,
    allow_secret: Iterable[str] = (),
    site: Site | str | None = None,
) -> Restored:
    """Show a removed dataset on the Hub again, then put its folder back into the catalog.

    A repository that is gone is published again from the record. The Hub comes first: as long as
    the folder is among the removed ones the same call completes the work.

    A repository that somebody edited is shown again as it is, with a warning: the edit is there
    where the steward left it. Where the nickname was cataloged anew and removed in between, the
    repository holds that later dataset, or what became of it; it is left hidden, so that nobody
    takes it for the one that is restored, and the warning says how to replace it.

    Args:
        nickname: the dataset's nickname.
        at: when it was removed, as `list-datasets --removed` tells it, or the beginning of that;
            the newest by default.
        allow_secret: hashes of lines that only look like secrets, as the problems tell them.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        DatasetUnknownError: no such dataset was removed.
        DatasetExistsError: the nickname is cataloged.
        RequestInvalidError: the scripts of an old record hold secrets or do not run.
        RecordDamagedError: its record cannot be read.
        DatasetBusyError: another process works on the nickname.
        HubError: the Hub refused or did not answer; the same call again completes the work.
    """
    chosen = resolve_site(site)
    catalog = CatalogFolder(Path(chosen.catalog_root))
    if catalog.holds(nickname):
        return _cataloged(catalog, nickname, at, chosen)
    _chosen(catalog, nickname, at)  # an unknown one is told before anything is made for it
    with catalog.lock(nickname), writable_hub(chosen) as hub:
        if catalog.content(nickname) is not None:  # put there meanwhile, or not by us
            raise _taken(nickname)
        removed_dataset, record = _chosen(catalog, nickname, at)
        catalog.require_writable(removed_dataset.path)
        return _restore(removed_dataset, record, catalog, hub, chosen, allowed=tuple(allow_secret))


def _cataloged(catalog: CatalogFolder, nickname: str, at: str | None, site: Site) -> Restored:
    if at is not None and any(s.removed_at.startswith(at) for s in catalog.removed(nickname)):
        raise _taken(nickname)
    record = catalog.record(nickname)
    return _result(RestoreOutcome.UNCHANGED, record, site)


def _taken(nickname: str) -> DatasetExistsError:
    return DatasetExistsError(
        f'The place of "{nickname}" in the catalog is taken.',
        hint=f"Look: inspect-dataset {nickname}; make place: remove-dataset {nickname}",
    )


def _chosen(
    catalog: CatalogFolder, nickname: str, at: str | None
) -> tuple[RemovedDataset, Record]:
    stones = catalog.removed(nickname)
    fitting = [stone for stone in stones if stone.removed_at.startswith(at or "")]
    if not fitting:
        when = f" at {at}" if at else ""
        names = [stone.nickname for stone in catalog.removed()]
        known = [stone.removed_at for stone in stones] or nearest(nickname, names, count=3)
        raise DatasetUnknownError(
            f'No dataset "{nickname}" was removed{when} from {catalog.root}.',
            hint=f"Known: {', '.join(known)}" if known else "See: list-datasets --removed",
        )
    if fitting[0].record is None:
        raise RecordDamagedError(
            f"The record in {fitting[0].path} is damaged.",
            hint=recovery_hint(fitting[0].path),
        )
    return fitting[0], fitting[0].record


def _restore(
    removed_dataset: RemovedDataset,
    record: Record,
    catalog: CatalogFolder,
    hub: Hub,
    site: Site,
    *,
    allowed: tuple[str, ...],
) -> Restored:
    removed = RemovedDatasets(catalog.root)
    folder = removed.content(removed_dataset)
    remote = hub.repository(site.repo_id(record.nickname))
    plan = plan_again(record, folder, remote, site)
    is_ours = _is_ours(plan, remote)
    is_newest = catalog.removed(record.nickname)[0].removed_at == removed_dataset.removed_at
    holds_other = bool(plan is None or edited_paths(record, plan, remote))
    is_another = not is_ours and not is_newest and holds_other
    todo = _todo(plan, record, remote, folder, is_ours=is_ours, is_another=is_another)
    if plan is not None and todo.commit and record.loader is None:  # others were scanned before
        _require_clean(plan, allowed)
    commit = remote.commit if remote else None
    if plan is not None:
        message = f"Restore {record.official_name}"
        commit = write(
            plan, todo, remote, catalog, hub, message=message, into=removed_dataset.path
        )
    elif remote is not None and todo.set_private is not None:
        hub.set_visibility(remote.repo_id, private=todo.set_private)
    removed.restore(removed_dataset)
    private = _is_private(record, remote, todo)
    return _result(
        RestoreOutcome.RESTORED,
        plan.record if plan else record,
        site,
        commit=commit,
        private=private,
        published_again=todo.commit,
        removed_at=removed_dataset.removed_at,
        warnings=_another(plan, record, private=private)
        if is_another
        else _warnings(plan, record, remote),
    )


def _require_clean(plan: Plan, allowed: tuple[str, ...]) -> None:
    problems = scan_files(plan.hub_files, allowed=allowed).problems
    if problems:
        raise refusal(problems, nickname=plan.record.nickname, deed="restored", metadata=None)


def _is_ours(plan: Plan | None, remote: RemoteRepository | None) -> bool:
    """Return whether the repository holds nothing but what is recorded, or nothing."""
    if remote is None or remote.is_fresh:
        return True
    # It holds what is planned after a restoration that was cut off.
    return plan is not None and remote.own_files == recorded_oids(plan.record)


def _todo(
    plan: Plan | None,
    record: Record,
    remote: RemoteRepository | None,
    folder: Mapping[str, bytes],
    *,
    is_ours: bool,
    is_another: bool,
) -> PendingSteps:
    if plan is not None and is_ours:
        return reconcile_update(plan, record, remote, folder)
    changes_visibility = remote is not None and remote.private != record.private
    is_allowed = record.private or not is_another
    private = record.private if changes_visibility and is_allowed else None
    return PendingSteps(
        create_repository=False, commit=False, write_folder=False, set_private=private
    )


def _is_private(record: Record, remote: RemoteRepository | None, todo: PendingSteps) -> bool:
    if remote is None or todo.set_private is not None:
        return record.private
    return remote.private


def _another(plan: Plan | None, record: Record, *, private: bool) -> tuple[str, ...]:
    loader = "--loader FILE " if plan is None or record.loader is None else ""
    now, then = ("private" if is_so else "public" for is_so in (private, record.private))
    update = f"update-dataset {record.nickname} {loader}--overwrite --{then}"
    return (
        f"{record.repo_id} holds what was cataloged as {record.nickname} later, and is {now} now; "
        f"see what would go: {update} --dry-run; put what is recorded in its place: {update}",
    )


def _warnings(
    plan: Plan | None, record: Record, remote: RemoteRepository | None
) -> tuple[str, ...]:
    nickname = record.nickname
    if plan is None and (remote is None or remote.is_fresh):
        return (
            "The record holds no scripts, so nothing was published; give the loader: "
            f"update-dataset {nickname} --loader FILE",
        )
    if plan is not None and edited_paths(record, plan, remote):
        return (
            f"{plan.record.repo_id} does not hold what is recorded; see what replacing it would "
            f"change: update-dataset {nickname} --overwrite --dry-run",
        )
    return ()


def _result(
    outcome: RestoreOutcome,
    record: Record,
    site: Site,
    *,
    commit: str | None = None,
    private: bool | None = None,
    published_again: bool = False,
    removed_at: str | None = None,
    warnings: tuple[str, ...] = (),
) -> Restored:
    return Restored(
        outcome=outcome,
        official_name=record.official_name,
        nickname=record.nickname,
        repo_id=record.repo_id,
        hub_url=record.hub_url,
        commit=commit,
        private=record.private if private is None else private,
        published_again=published_again,
        catalog_dir=record.catalog_dir,
        removed_at=removed_at,
        warnings=warnings,
        published_to=site.endpoint,
    )
