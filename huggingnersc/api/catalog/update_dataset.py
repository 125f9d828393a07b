"""Bring a cataloged dataset to a new state, or back to the recorded one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.api.catalog.diff import Contents, edits_on_hub, planned_changes
from huggingnersc.api.catalog.plan_update import PlannedUpdate, UpdateOptions, plan_update
from huggingnersc.api.catalog.publish import readable_hub, writable_hub, write
from huggingnersc.api.site import resolve_site
from huggingnersc.domain.catalog.update import (
    edited_paths,
    reconcile_update,
    visibility_was_changed,
)
from huggingnersc.errors import HubConflictError, HubEditedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from os import PathLike
    from pathlib import PurePosixPath

    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.changes import FileChange
    from huggingnersc.domain.catalog.plan import Plan
    from huggingnersc.domain.catalog.reconcile import PendingSteps
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.site import Site


class UpdateOutcome(StrEnum):
    """How an update ended."""

    PLANNED = "planned"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update changes or changed.

    Attributes:
        outcome: planned (not done, or not done yet), updated, unchanged.
        commit: the SHA on the Hub; None while it is only planned.
        creates_repository: whether the Hub had no such repository.
        changes: every file that differs, first on the Hub, then in the catalog folder.
        visibility: `private` or `public` where the repository becomes so; None where it stays.
        edits: what somebody else had changed on the Hub, from the recorded to theirs.
        missing: what an old record lacks still, with the option that gives it.
    """

    outcome: UpdateOutcome
    official_name: str
    nickname: str
    repo_id: str
    hub_url: str
    commit: str | None
    catalog_dir: PurePosixPath
    creates_repository: bool
    changes: tuple[FileChange, ...]
    visibility: str | None
    edits: tuple[FileChange, ...]
    missing: tuple[str, ...]
    warnings: tuple[str, ...]
    published_to: str


@dataclass(frozen=True, slots=True)
class _Prepared:
    """An update worked out from what was seen."""

    plan: Plan
    todo: PendingSteps
    remote: RemoteRepository | None
    result: Updated


def update_dataset(
    nickname: str,
    *,
    official_name: str | None = None,
    loader: str | PathLike[str] | None = None,
    portal_link: str | None = None,
    metadata: str | PathLike[str] | None = None,
    batch_script: str | PathLike[str] | None = None,
    data_path: str | PathLike[str] | None = None,
    include: Iterable[str | PathLike[str]] | None = None,
    allow_secret: Iterable[str] = (),
    distributed: bool | None = None,
    job_notebook: bool | None = None,
    private: bool | None = None,
    overwrite: bool = False,
    dry_run: bool = False,
    on_plan: Callable[[Updated], None] = lambda _updated: None,
    site: Site | str | None = None,
) -> Updated:
    """Bring a dataset to the state of its record, changed by what is given.

    One commit on top of what was seen, then the catalog folder file by file, the record last. The
    same call again completes what was cut off, and changes nothing when all is in place.

    Args:
        nickname: the dataset's nickname.
        official_name: a new title.
        loader: a new loader script.
        portal_link: a new https address of the data.
        metadata: a new metadata file.
        batch_script: a new batch script; the literal `None` drops it and the files
            that were included.
        data_path: where the data lies now.
        include: files that the loader or the batch script needs, in place of the recorded ones;
            the literal `None` drops them.
        allow_secret: hashes of lines that only look like secrets, as the problems tell them.
        distributed: whether the loader is a distributed one; such a dataset has no notebook.
        job_notebook: whether there is a notebook that runs the batch script.
        private: whether the repository is private.
        overwrite: whether edits that others made on the Hub may be replaced.
        dry_run: whether to stop after planning.
        on_plan: called with what will change before anything does; what it raises stops the
            update. The nickname is held meanwhile.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        DatasetUnknownError, RecordDamagedError: there is no record, or it cannot be read.
        RequestInvalidError, MetadataInvalidError: something is wrong; nothing was touched.
        HubEditedError, HubConflictError: somebody edited the repository, or made it private or
            public; nothing was touched.
        DatasetBusyError: another process works on the nickname.
        HubError: the Hub refused or did not answer; the same call again completes the work.
    """
    chosen = resolve_site(site)
    given = UpdateOptions(
        official_name=official_name,
        loader=_path(loader),
        portal_link=portal_link,
        metadata=_path(metadata),
        batch_script=_path(batch_script),
        data_path=_path(data_path),
        include=None if include is None else tuple(Path(file) for file in include),
        allow_secret=tuple(allow_secret),
        distributed=distributed,
        job_notebook=job_notebook,
        private=private,
    )
    catalog = CatalogFolder(Path(chosen.catalog_root))
    catalog.record(nickname)  # an unknown one is told before anything is made for it
    if dry_run:
        with readable_hub(chosen) as hub:
            return _prepare(nickname, given, catalog, hub, chosen, overwrite=overwrite).result
    with catalog.lock(nickname), writable_hub(chosen) as hub:
        prepared = _prepare(nickname, given, catalog, hub, chosen, overwrite=overwrite)
        if prepared.todo.is_nothing:
            return prepared.result
        on_plan(prepared.result)
        plan, todo, remote = prepared.plan, prepared.todo, prepared.remote
        message = f"Update {plan.record.official_name}"
        commit = write(plan, todo, remote, catalog, hub, message=message)
    return replace(prepared.result, outcome=UpdateOutcome.UPDATED, commit=commit)


def _path(path: str | PathLike[str] | None) -> Path | None:
    return None if path is None else Path(path)


def _prepare(
    nickname: str,
    given: UpdateOptions,
    catalog: CatalogFolder,
    hub: Hub | None,
    site: Site,
    *,
    overwrite: bool,
) -> _Prepared:
    record, folder = catalog.record(nickname), catalog.content(nickname) or {}
    remote = hub.repository(site.repo_id(nickname)) if hub else None
    planned = plan_update(record, given, folder, remote, site)
    plan = planned.plan
    todo = reconcile_update(plan, record, remote, folder)
    contents = Contents(record, plan, folder, site)
    edits: tuple[FileChange, ...] = ()
    if remote is not None and hub is not None:
        paths = edited_paths(record, plan, remote)
        edits = edits_on_hub(paths, record, contents, remote, hub)
        is_asked_for = given.private is not None or overwrite
        if not is_asked_for and visibility_was_changed(record, plan, remote):
            raise _made_private(remote, plan)
    if edits and not overwrite:
        raise _edited(record, edits)
    changes = planned_changes(plan, todo, folder, contents, remote, hub)
    result = _result(planned, todo, remote, edits, changes, site)
    return _Prepared(plan, todo, remote, result)


def _edited(record: Record, edits: tuple[FileChange, ...]) -> HubEditedError:
    paths = ", ".join(edit.path for edit in edits)
    since = "since the record was written" if record.hub_files else "or was never recorded"
    return HubEditedError(
        f"{record.repo_id} was edited on the Hub {since} ({paths}); nothing was touched.",
        changes=edits,
        hint="Take what is worth keeping into your own files, then replace the rest: --overwrite",
    )


def _made_private(remote: RemoteRepository, plan: Plan) -> HubConflictError:
    theirs, ours = ("private", "public") if remote.private else ("public", "private")
    return HubConflictError(
        f"{plan.record.repo_id} was made {theirs} on the Hub; it is recorded as {ours}.",
        hint=f"Say which it shall be: --{theirs} or --{ours}",
    )


def _result(
    planned: PlannedUpdate,
    todo: PendingSteps,
    remote: RemoteRepository | None,
    edits: tuple[FileChange, ...],
    changes: tuple[FileChange, ...],
    site: Site,
) -> Updated:
    record = planned.plan.record
    visibility = None if todo.set_private is None else _word(private=todo.set_private)
    return Updated(
        outcome=UpdateOutcome.UNCHANGED if todo.is_nothing else UpdateOutcome.PLANNED,
        official_name=record.official_name,
        nickname=record.nickname,
        repo_id=record.repo_id,
        hub_url=record.hub_url,
        commit=remote.commit if remote and todo.is_nothing else None,
        catalog_dir=record.catalog_dir,
        creates_repository=todo.create_repository,
        changes=changes,
        visibility=visibility,
        edits=edits,
        missing=planned.missing,
        warnings=planned.warnings,
        published_to=site.endpoint,
    )


def _word(*, private: bool) -> str:
    return "private" if private else "public"
