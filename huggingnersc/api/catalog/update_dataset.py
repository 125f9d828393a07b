"""Bring a cataloged dataset to a new state, or back to the recorded one."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.api.catalog.closed_data import closed_of_record, refuse_closed
from huggingnersc.api.catalog.diff import Contents, edits_on_hub, planned_changes
from huggingnersc.api.catalog.pending import Pending
from huggingnersc.api.catalog.plan_target import PlannedUpdate, UpdateOptions, plan_target
from huggingnersc.api.catalog.publish import readable_hub, refusal, writable_hub, write
from huggingnersc.api.catalog.releases import (
    is_of_a_version,
    is_of_unrecorded_version,
    versions_state,
    with_new_version,
)
from huggingnersc.api.catalog.result import CatalogResult, addresses
from huggingnersc.api.catalog.take_edits import description_on_hub, is_description_edit
from huggingnersc.api.catalog.trust import require_updatable
from huggingnersc.api.catalog.uploaded_data import uploaded_data
from huggingnersc.api.several import paths, words
from huggingnersc.api.site import resolve_site
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.plan import CARD_NAME
from huggingnersc.domain.catalog.reconcile import keep_same_record
from huggingnersc.domain.catalog.release import absent
from huggingnersc.domain.catalog.update import (
    edited_paths,
    reconcile_update,
    visibility_was_changed,
)
from huggingnersc.domain.versions.version import next_name
from huggingnersc.errors import DatasetError, HubConflictError, HubEditedError
from huggingnersc.fixes import REMOVE, Fix, Message, Option, Verb, update_fix
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.api.catalog.publish import AddedVersion
    from huggingnersc.api.catalog.take_edits import TakenDescription
    from huggingnersc.api.several import Files, Words
    from huggingnersc.changes import FileChange
    from huggingnersc.domain.catalog.plan import Plan
    from huggingnersc.domain.catalog.reconcile import PendingSteps
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.catalog.version_history import RecordedVersion
    from huggingnersc.domain.loading.upload import Upload
    from huggingnersc.domain.site import Site
    from huggingnersc.fixes import Remove, Text


class UpdateOutcome(StrEnum):
    """How an update ended."""

    PLANNED = "planned"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Updated(CatalogResult):
    """What an update changes or changed.

    Attributes:
        outcome: planned (not done, or not done yet), updated, unchanged.
        commit: the SHA on the Hub; None while it is only planned.
        creates_repository: whether the Hub had no such repository.
        changes: every file that differs, first on the Hub, then in the catalog folder.
        visibility: `private` or `public` where the repository becomes so; None where it stays.
        edits: what someone else had changed on the Hub, from the recorded to theirs.
        missing: what an old record still lacks, with the field that gives it.
        takes_description: whether the description is taken from the Hub.
        tags: the versions that get their tag on the Hub.
    """

    outcome: UpdateOutcome
    commit: str | None
    creates_repository: bool
    changes: tuple[FileChange, ...]
    visibility: str | None
    edits: tuple[FileChange, ...]
    missing: tuple[Text, ...]
    warnings: tuple[Text, ...]
    takes_description: bool = False
    tags: tuple[str, ...] = ()


@contextmanager
def plan_update(
    nickname: str,
    options: UpdateOptions,
    *,
    overwrite: bool = False,
    take_edits: bool = False,
    dry_run: bool = False,
    site: Site | str | None = None,
) -> Iterator[Pending[Updated]]:
    """Plan an update and yield it to be reviewed and applied; `update_dataset` does so at once.

    The nickname is locked until the block ends, so that the plan stays true; a dry run locks and
    changes nothing, and applying it does nothing.

    Args:
        nickname: the dataset's nickname.
        options: what changes.
        overwrite: whether changes that someone else made on the Hub may be replaced.
        take_edits: whether the description on the Hub becomes the recorded one.
        dry_run: whether nothing is to be applied.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        The errors of `update_dataset`.
    """
    chosen = resolve_site(site)
    catalog = CatalogFolder(Path(chosen.catalog_root))
    catalog.record(nickname)  # an unknown one is reported before anything is made for it
    _require_one_description(nickname, options, take_edits=take_edits)
    edits = OnEdits(overwrite=overwrite, take=take_edits)
    if dry_run:
        with readable_hub(chosen) as hub:
            update = prepare_update(nickname, options, catalog, hub, chosen, edits)
            yield Pending(update.result, None)
        return
    with catalog.lock(nickname), writable_hub(chosen) as hub:
        update = prepare_update(nickname, options, catalog, hub, chosen, edits)
        is_nothing = update.steps.is_nothing
        yield Pending(
            update.result, None if is_nothing else lambda: apply_update(update, catalog, hub)
        )


def update_dataset(
    nickname: str,
    *,
    official_name: str | None = None,
    loader: str | PathLike[str] | None = None,
    portal_link: str | None = None,
    metadata: str | PathLike[str] | None = None,
    batch_script: str | PathLike[str] | Remove | None = None,
    data_path: str | PathLike[str] | None = None,
    include: Files | Remove | None = None,
    allow_secret: Words = (),
    distributed: bool | None = None,
    job_notebook: bool | None = None,
    private: bool | None = None,
    about: str | PathLike[str] | Remove | None = None,
    run_command: str | None = None,
    kernel: str | None = None,
    schema: str | None = None,
    pretty_name: str | None = None,
    overwrite: bool = False,
    take_edits: bool = False,
    dry_run: bool = False,
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
        batch_script: a new batch script; `REMOVE` drops it and the files that were included.
        data_path: where the data is stored now.
        include: files that the loader or the batch script needs, in place of the recorded ones;
            `REMOVE` drops them.
        allow_secret: hashes of lines that only look like secrets, as the problems show them.
        distributed: whether the loader is a distributed one; such a dataset has no notebook.
        job_notebook: whether there is a notebook that runs the batch script.
        private: whether the repository is private.
        about: a new Markdown file that describes the dataset; `REMOVE` drops the description.
        run_command: how the loader is run; an empty text leaves it to be found again.
        kernel: the Jupyter kernel of the notebook; an empty text means the site's.
        schema: the metadata schema, as in `catalog_new_dataset`.
        pretty_name: a new title in the metadata, which the Hub's lists show.
        overwrite: whether edits that others made on the Hub may be replaced.
        take_edits: whether the description that someone edited on the Hub becomes the recorded
            one; edits beside it are refused as without it.
        dry_run: whether to stop after planning.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        DatasetUnknownError, RecordDamagedError: there is no record, or it cannot be read.
        RequestInvalidError, MetadataInvalidError: something is wrong; nothing was touched.
        HubEditedError, HubConflictError: someone edited the repository, or made it private or
            public; nothing was touched.
        RecordRefusedError: the record names another repository, Hub or folder, or a file may be
            someone's private one; nothing was touched.
        DataClosedError: descriptions of data that not everyone may read would become public;
            nothing was touched.
        DatasetBusyError: another process works on the nickname.
        HubError: the Hub refused or did not answer; the same call again completes the work.
    """
    options = UpdateOptions(
        official_name=official_name,
        loader=_path(loader),
        portal_link=portal_link,
        metadata=_path(metadata),
        batch_script=batch_script if batch_script is REMOVE else _path(batch_script),
        data_path=_path(data_path),
        include=include if include is None or include is REMOVE else paths(include),
        allow_secret=words(allow_secret),
        distributed=distributed,
        job_notebook=job_notebook,
        private=private,
        about=about if about is REMOVE else _path(about),
        run_command=run_command,
        kernel=kernel,
        schema=schema,
        pretty_name=pretty_name,
    )
    with plan_update(
        nickname,
        options,
        overwrite=overwrite,
        take_edits=take_edits,
        dry_run=dry_run,
        site=site,
    ) as pending:
        return pending.apply()


def _path(path: str | PathLike[str] | None) -> Path | None:
    return None if path is None else Path(path)


@dataclass(frozen=True, slots=True)
class PreparedUpdate:
    """An update worked out from the recorded and the published state."""

    plan: Plan
    steps: PendingSteps
    remote: RemoteRepository | None
    result: Updated
    new: AddedVersion | None = None


@dataclass(frozen=True, slots=True)
class OnEdits:
    """What becomes of edits on the Hub.

    Attributes:
        overwrite: they are replaced.
        take: the description among them is recorded.
    """

    overwrite: bool = False
    take: bool = False


def prepare_update(
    nickname: str,
    options: UpdateOptions,
    catalog: CatalogFolder,
    hub: Hub | None,
    site: Site,
    on_edits: OnEdits,
    *,
    new: AddedVersion | None = None,
    upload: Upload | None = None,
) -> PreparedUpdate:
    """Work out an update; call it while holding the nickname where it is to be applied.

    Args:
        nickname: the dataset.
        options: what changes.
        catalog: holds the dataset.
        hub: where it is published; None where that was never used.
        site: the site.
        on_edits: what becomes of edits on the Hub.
        new: a version that the dataset gets.
        upload: shards that are on the Hub now, in place of those of before.

    Raises:
        The errors of `update_dataset`.
    """
    record, content = catalog.dataset(nickname)
    place, keeps_path = catalog.root / nickname, options.data_path is None
    require_updatable(record, content, place, site, keeps_path=keeps_path)
    folder = content.files
    remote = hub.repository(site.repo_id(nickname)) if hub else None
    contents = Contents(record, None, folder, site)
    taken: TakenDescription | None = None
    if on_edits.take and hub and remote:
        taken = description_on_hub(record, folder, contents, remote, hub)
    if taken:
        options = replace(options, about=taken.text or REMOVE)
    data = uploaded_data(record, remote, hub, upload)
    wanted = _with_version(record, new) if new else record
    wanted = replace(wanted, upload=data.after)
    target = plan_target(wanted, options, folder, remote, site)
    plan = keep_same_record(target.plan, folder)
    contents.add(plan)
    store = VersionStore(catalog.root, nickname)
    versions = versions_state(record.history, store, remote, hub)
    if new:
        versions = with_new_version(versions, new, plan, remote, hub)
    plan = replace(plan, documents=versions.documents)
    steps = reconcile_update(plan, record, remote, folder)
    steps = data.add_steps(replace(steps, releases=versions.releases), plan)
    former = () if new else _former_places(record, plan.record, store)
    warned = (*target.warnings, *versions.warnings, *former, *data.warnings)
    target = replace(target, warnings=warned)
    edits: tuple[FileChange, ...] = ()
    if remote is not None and hub is not None:
        paths = edited_paths(record, plan, remote, folder)
        if taken and taken.is_all:
            paths = tuple(path for path in paths if path != CARD_NAME)
        if paths and (
            is_of_a_version(remote, record.history, store)  # its history was being made again
            or is_of_unrecorded_version(paths, record, remote, hub)
        ):
            paths = ()
        of_data = data.edits(plan)
        edits = (*edits_on_hub(paths, record, contents, remote, hub), *of_data)
        is_asked_for = options.private is not None or on_edits.overwrite
        if not is_asked_for and visibility_was_changed(record, plan, remote):
            raise _visibility_changed(remote, plan)
        if edits and not on_edits.overwrite:
            is_description = not of_data and all(
                is_description_edit(path, record, contents, remote, hub) for path in paths
            )
            raise _edited(record, edits, is_description=is_description)
    if not plan.record.private and (upload or _shows_more(plan, steps, remote, new)):
        closed = closed_of_record(plan.record, store)
        refuse_closed(closed, nickname, update_fix(nickname, Option(Field.PRIVATE)))
    changes = planned_changes(plan, steps, folder, contents, remote, hub)
    result = _result(target, steps, remote, edits, changes, site)
    result = replace(result, takes_description=taken is not None)
    return PreparedUpdate(plan, steps, remote, result, new)


def _shows_more(
    plan: Plan, steps: PendingSteps, remote: RemoteRepository | None, new: AddedVersion | None
) -> bool:
    """Return whether everyone sees more of versions that were made before than they did."""
    if remote is None or remote.private:
        return True
    if new:
        return any(one.name != new.version.name for one in steps.releases)
    return bool(steps.releases or absent(plan.documents or (), remote))


def _former_places(before: Record, after: Record, store: VersionStore) -> tuple[Message, ...]:
    """Return a warning where the lists of the latest version have other places than the record.

    A version is never rewritten, so a new one is to be made, also of data that is the same.
    """
    latest = before.history.latest
    if latest is None or not before.history.loading.configs:
        return ()
    moved = before.data_path != after.data_path and not _is_made_of(after, latest, store)
    if not moved and before.portal_link == after.portal_link:
        return ()
    name = next_name(one.name for one in before.history.versions)
    command = Fix(Verb.SNAPSHOT_DATASET, (before.nickname,), (Option(Field.VERSION, name),))
    return (
        Message(
            f"The lists of {before.nickname}@{latest.name} on the Hub, such as that of its files, "
            "name the former place of the data. Make a version that names the new one: ",
            command,
        ),
    )


def _is_made_of(record: Record, recorded: RecordedVersion, store: VersionStore) -> bool:
    """Return whether a version was made where the data of a record is."""
    try:
        return store.read(recorded.name).data_path == str(record.data_path)
    except DatasetError:  # a damaged version, which other commands report
        return False


def _with_version(record: Record, new: AddedVersion) -> Record:
    if record.history.find(new.recorded.name):
        return record
    return replace(
        record, history=record.history.with_version(new.recorded, new.statistics, new.loading)
    )


def _require_one_description(nickname: str, options: UpdateOptions, *, take_edits: bool) -> None:
    """Make sure that only one place says what the description is.

    Raises:
        RequestInvalidError: a description is given, and another one is to be taken.
    """
    if take_edits and options.about is not None:
        message = Message(
            "and ", Option(Field.TAKE_EDITS), " both say what the description is; choose one"
        )
        problems = [Problem(Field.ABOUT, message)]
        raise refusal(problems, nickname=nickname, action="updated", metadata=None)


def apply_update(update: PreparedUpdate, catalog: CatalogFolder, hub: Hub) -> Updated:
    """Do an update that was worked out."""
    message = f"Update {update.plan.record.official_name}"
    new = (update.new,) if update.new else ()
    commit = write(
        update.plan, update.steps, update.remote, catalog, hub, message=message, new=new
    )
    return replace(update.result, outcome=UpdateOutcome.UPDATED, commit=commit)


def _edited(
    record: Record, edits: tuple[FileChange, ...], *, is_description: bool
) -> HubEditedError:
    paths = ", ".join(edit.path for edit in edits)
    since = "since the record was written" if record.hub_files else "or was never recorded"
    return HubEditedError(
        f"{record.repo_id} was edited on the Hub {since} ({paths}); nothing was touched.",
        changes=edits,
        hint=Message(
            "Only the description was edited. Take it into the record: ",
            Option(Field.TAKE_EDITS),
            "; replace it: ",
            Option(Field.OVERWRITE),
        )
        if is_description
        else Message(
            "Save what is worth keeping in your own files, then replace the rest: ",
            Option(Field.OVERWRITE),
        ),
    )


def _visibility_changed(remote: RemoteRepository, plan: Plan) -> HubConflictError:
    theirs, ours = remote.private, plan.record.private
    return HubConflictError(
        f"{plan.record.repo_id} was made {_word(private=theirs)} on the Hub; it is recorded "
        f"as {_word(private=ours)}.",
        hint=Message(
            "Choose one: ",
            Option(Field.PRIVATE, theirs),
            " or ",
            Option(Field.PRIVATE, ours),
        ),
    )


def _result(
    target: PlannedUpdate,
    steps: PendingSteps,
    remote: RemoteRepository | None,
    edits: tuple[FileChange, ...],
    changes: tuple[FileChange, ...],
    site: Site,
) -> Updated:
    visibility = None if steps.set_private is None else _word(private=steps.set_private)
    return Updated(
        outcome=UpdateOutcome.UNCHANGED if steps.is_nothing else UpdateOutcome.PLANNED,
        commit=remote.commit if remote and steps.is_nothing else None,
        creates_repository=steps.create_repository,
        changes=changes,
        visibility=visibility,
        edits=edits,
        missing=target.missing,
        warnings=target.warnings,
        tags=tuple(release.name for release in steps.releases),
        **addresses(target.plan.record, site),
    )


def _word(*, private: bool) -> str:
    return "private" if private else "public"
