"""Bring a removed dataset back."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.removed_datasets import RemovedDatasets
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.api.catalog.closed_data import closed_of_record, kept_private
from huggingnersc.api.catalog.pending import Pending
from huggingnersc.api.catalog.plan_target import plan_recorded
from huggingnersc.api.catalog.publish import refusal, writable_hub, write
from huggingnersc.api.catalog.releases import is_of_a_version, versions_state
from huggingnersc.api.catalog.result import CatalogResult, addresses
from huggingnersc.api.catalog.scan import scan_files
from huggingnersc.api.catalog.trust import require_publishable
from huggingnersc.api.catalog.uploaded_data import uploaded_data
from huggingnersc.api.several import words
from huggingnersc.api.site import resolve_site
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.reconcile import PendingSteps, keep_same_record
from huggingnersc.domain.catalog.recovery_hints import recovery_hint
from huggingnersc.domain.catalog.update import edited_paths, reconcile_update, recorded_oids
from huggingnersc.errors import DatasetExistsError, DatasetUnknownError, RecordDamagedError
from huggingnersc.fixes import Fix, Message, Option, Placeholder, Verb, update_fix
from huggingnersc.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.api.several import Words
    from huggingnersc.domain.catalog.plan import Plan
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.catalog.removed_dataset import RemovedDataset
    from huggingnersc.domain.site import Site
    from huggingnersc.fixes import Text


class RestoreOutcome(StrEnum):
    """How a restoration ended."""

    PLANNED = "planned"
    RESTORED = "restored"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored(CatalogResult):
    """Where a dataset is that is cataloged again.

    Attributes:
        outcome: planned (not done yet), restored, or unchanged where it is cataloged already.
        removed_at: when it had been removed, `YYYYMMDDTHHMMSSZ` in UTC.
        published_again: whether its files go to the Hub again, as one commit.
        commit: the SHA on the Hub; as it was before while it is only planned.
        private: whether the repository is private afterwards.
    """

    outcome: RestoreOutcome
    commit: str | None
    private: bool
    published_again: bool
    removed_at: str | None
    warnings: tuple[Text, ...]


@contextmanager
def plan_restore(
    nickname: str,
    *,
    at: str | None = None,
    allow_secret: Words = (),
    site: Site | str | None = None,
) -> Iterator[Pending[Restored]]:
    """Plan a restoration and yield it to be reviewed and applied, as `restore_dataset` does.

    The nickname is locked until the block ends, so that the plan stays true.

    Args:
        nickname: the dataset's nickname.
        at: when it was removed, or the beginning of that; the newest by default.
        allow_secret: hashes of lines that only look like secrets, as the problems show them.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        The errors of `restore_dataset`.
    """
    chosen = resolve_site(site)
    catalog = CatalogFolder(Path(chosen.catalog_root))
    if catalog.holds(nickname):
        yield Pending(_cataloged(catalog, nickname, at, chosen), None)
        return
    _chosen(catalog, nickname, at)  # an unknown one is reported before anything is made for it
    with catalog.lock(nickname), writable_hub(chosen) as hub:
        if catalog.content(nickname) is not None:  # put there meanwhile, or not by HuggingNERSC
            raise _taken(nickname)
        removed_dataset = _chosen(catalog, nickname, at)
        catalog.require_writable(removed_dataset.path)
        restoration = _prepare(removed_dataset, catalog, hub, chosen)
        _require_clean(restoration, words(allow_secret))
        yield Pending(restoration.result, lambda: _apply(restoration, catalog, hub))


def restore_dataset(
    nickname: str,
    *,
    at: str | None = None,
    allow_secret: Words = (),
    site: Site | str | None = None,
) -> Restored:
    """Show a removed dataset on the Hub again, then put its folder back into the catalog.

    A repository that is gone is published again from the record. The Hub comes first: as long as
    the folder is among the removed ones the same call completes the work.

    A repository that someone edited is shown again as it is, with a warning: the edit is where the
    steward left it. Where the nickname was cataloged again and removed in between, the repository
    holds that later dataset, or what became of it; it is left hidden, so that no one takes it for
    the one that is restored, and the warning says how to replace it.

    Where not everyone may read the data any more and its versions describe it in public, the
    dataset comes back as a private one, with a warning.

    Args:
        nickname: the dataset's nickname.
        at: when it was removed, as `list_datasets(removed=True)` shows it, or the beginning;
            the newest by default.
        allow_secret: hashes of lines that only look like secrets, as the problems show them.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        DatasetUnknownError: no such dataset was removed.
        DatasetExistsError: the nickname is cataloged.
        RequestInvalidError: the scripts of an old record hold secrets or do not run.
        RecordDamagedError: its record cannot be read.
        RecordRefusedError: the record could not have been typed so, or names another repository,
            Hub or folder, or a file may be someone's private one.
        DatasetBusyError: another process works on the nickname.
        HubError: the Hub refused or did not answer; the same call again completes the work.
    """
    with plan_restore(nickname, at=at, allow_secret=allow_secret, site=site) as pending:
        return pending.apply()


def _cataloged(catalog: CatalogFolder, nickname: str, at: str | None, site: Site) -> Restored:
    if at is not None and any(s.removed_at.startswith(at) for s in catalog.removed(nickname)):
        raise _taken(nickname)
    record = catalog.record(nickname)
    return _result(RestoreOutcome.UNCHANGED, record, site)


def _taken(nickname: str) -> DatasetExistsError:
    return DatasetExistsError(
        f'The place of "{nickname}" in the catalog is taken.',
        hint=Message(
            "Look: ",
            Fix(Verb.INSPECT_DATASET, (nickname,)),
            "; remove it first: ",
            Fix(Verb.REMOVE_DATASET, (nickname,)),
        ),
    )


def _chosen(catalog: CatalogFolder, nickname: str, at: str | None) -> RemovedDataset:
    removed = catalog.removed(nickname)
    fitting = [one for one in removed if one.removed_at.startswith(at or "")]
    if not fitting:
        when = f" at {at}" if at else ""
        names = [one.nickname for one in catalog.removed()]
        known = [one.removed_at for one in removed] or nearest(nickname, names, count=3)
        listed = Fix(Verb.LIST_DATASETS, options=(Option(Field.REMOVED),))
        raise DatasetUnknownError(
            f'No dataset "{nickname}" was removed{when} from {catalog.root}.',
            hint=f"Known: {', '.join(known)}" if known else Message("See: ", listed),
        )
    if fitting[0].record is None:
        raise RecordDamagedError(
            f"The record in {fitting[0].path} is damaged.",
            hint=recovery_hint(fitting[0].path),
        )
    return fitting[0]


@dataclass(frozen=True, slots=True)
class _Restoration:
    """A restoration worked out from the record and the repository.

    Attributes:
        plan: what is published; None where the record and its folder hold too little for that.
    """

    removed: RemovedDataset
    record: Record
    plan: Plan | None
    steps: PendingSteps
    remote: RemoteRepository | None
    result: Restored


def _prepare(
    removed: RemovedDataset, catalog: CatalogFolder, hub: Hub, site: Site
) -> _Restoration:
    record, content = RemovedDatasets(catalog.root).dataset(removed)
    require_publishable(record, content, removed.path, site)
    folder = content.files
    remote = hub.repository(site.repo_id(record.nickname))
    store = VersionStore(catalog.root, *removed.path.relative_to(catalog.root).parts)
    is_shown = not record.private and (remote is None or remote.private)
    closed = closed_of_record(record, store) if is_shown else None
    if closed:
        record = replace(record, private=True)
    data = uploaded_data(record, remote, hub)
    record = replace(record, upload=data.after)
    plan = plan_recorded(record, folder, remote, site)
    versions = versions_state(record.history, store, remote, hub)
    if plan is not None:
        plan = replace(keep_same_record(plan, folder), documents=versions.documents)
    is_ours = _is_ours(plan, remote) or is_of_a_version(remote, record.history, store)
    is_newest = catalog.removed(record.nickname)[0].removed_at == removed.removed_at
    holds_other = bool(plan is None or edited_paths(record, plan, remote, folder))
    is_another = not is_ours and not is_newest and holds_other
    steps = _steps(plan, record, remote, folder, is_ours=is_ours, is_another=is_another)
    if plan is not None and is_ours:
        steps = data.add_steps(replace(steps, releases=versions.releases), plan)
    private = _is_private(record, remote, steps)
    result = _result(
        RestoreOutcome.PLANNED,
        plan.record if plan else record,
        site,
        commit=remote.commit if remote else None,
        private=private,
        published_again=steps.commit or bool(steps.releases),
        removed_at=removed.removed_at,
        warnings=_another(plan, record, private=private)
        if is_another
        else (
            *_warnings(plan, record, remote, folder, is_ours=is_ours),
            *versions.warnings,
            *data.warnings,
            *((kept_private(closed, record.nickname),) if closed else ()),
        ),
    )
    return _Restoration(removed, record, plan, steps, remote, result)


def _require_clean(restoration: _Restoration, allowed: tuple[str, ...]) -> None:
    """Scan the scripts of an old record; those of others were scanned before.

    Raises:
        RequestInvalidError: they hold secrets or do not run.
    """
    plan, record = restoration.plan, restoration.record
    if plan is None or not restoration.steps.commit or record.loader is not None:
        return
    if problems := scan_files(plan.hub_files, allowed=allowed).problems:
        raise refusal(problems, nickname=record.nickname, action="restored", metadata=None)


def _apply(restoration: _Restoration, catalog: CatalogFolder, hub: Hub) -> Restored:
    steps, remote = restoration.steps, restoration.remote
    catalog.require_lock(restoration.record.nickname)
    removed, commit = restoration.removed, restoration.result.commit
    if restoration.plan is not None:
        message = f"Restore {restoration.record.official_name}"
        commit = write(
            restoration.plan, steps, remote, catalog, hub, message=message, into=removed.path
        )
    elif remote is not None and steps.set_private is not None:
        hub.set_visibility(remote.repo_id, private=steps.set_private)
    RemovedDatasets(catalog.root).restore(removed)
    return replace(restoration.result, outcome=RestoreOutcome.RESTORED, commit=commit)


def _is_ours(plan: Plan | None, remote: RemoteRepository | None) -> bool:
    """Return whether the repository holds nothing but what is recorded, or nothing."""
    if remote is None or remote.is_fresh:
        return True
    # It holds what is planned after a restoration that was cut off.
    return plan is not None and remote.own_files == recorded_oids(plan.record)


def _steps(
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


def _is_private(record: Record, remote: RemoteRepository | None, steps: PendingSteps) -> bool:
    if remote is None or steps.set_private is not None:
        return record.private
    return remote.private


def _another(plan: Plan | None, record: Record, *, private: bool) -> tuple[Text, ...]:
    lacks_loader = plan is None or record.loader is None
    options = (
        *((Option(Field.LOADER, Placeholder.FILE),) if lacks_loader else ()),
        Option(Field.OVERWRITE),
        Option(Field.PRIVATE, record.private),
    )
    return (
        Message(
            f"{record.repo_id} holds what was cataloged as {record.nickname} later, and is "
            f"{'private' if private else 'public'} now; see what would be replaced: ",
            update_fix(record.nickname, *options, Option(Field.DRY_RUN)),
            "; replace it by what is recorded: ",
            update_fix(record.nickname, *options),
        ),
    )


def _warnings(
    plan: Plan | None,
    record: Record,
    remote: RemoteRepository | None,
    folder: Mapping[str, bytes],
    *,
    is_ours: bool,
) -> tuple[Text, ...]:
    nickname = record.nickname
    if plan is None and (remote is None or remote.is_fresh):
        return (
            Message(
                "The record holds no scripts, so nothing was published; give the loader: ",
                update_fix(nickname, Option(Field.LOADER, Placeholder.FILE)),
            ),
        )
    if plan is not None and not is_ours and edited_paths(record, plan, remote, folder):
        return (
            Message(
                f"{plan.record.repo_id} does not hold what is recorded; see what replacing it "
                "would change: ",
                update_fix(nickname, Option(Field.OVERWRITE), Option(Field.DRY_RUN)),
            ),
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
    warnings: tuple[Text, ...] = (),
) -> Restored:
    return Restored(
        outcome=outcome,
        commit=commit,
        private=record.private if private is None else private,
        published_again=published_again,
        removed_at=removed_at,
        warnings=warnings,
        **addresses(record, site),
    )
