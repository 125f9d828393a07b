"""What brings a cataloged dataset to a new state, given what the Hub and its folder hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.dataset_spec import DatasetSpec
from huggingnersc.domain.catalog.fields import facts_of
from huggingnersc.domain.catalog.reconcile import PendingSteps
from huggingnersc.domain.catalog.record import notebook_name
from huggingnersc.domain.catalog.release import differ
from huggingnersc.domain.catalog.scripts import Scripts
from huggingnersc.domain.loading.center_configs import CENTER_FILE, is_center_file
from huggingnersc.domain.metadata.card_requirements import meets_card_requirements
from huggingnersc.domain.planned_file import git_blob_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.domain.catalog.plan import Plan
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.remote import RemoteRepository


def spec_of(record: Record) -> DatasetSpec | None:
    """Return what a record was made from; None where it lacks a part that a card needs."""
    if not meets_card_requirements(record.metadata):
        return None
    if record.loader is None or record.portal_link is None or record.data_path is None:
        return None
    return DatasetSpec(
        **facts_of(record),
        scripts=Scripts(record.loader, record.batch_script, record.includes),
        portal_link=record.portal_link,
        data_path=record.data_path,
        metadata=record.metadata,
        job_notebook=record.job_notebook is not None,
        history=record.history,
        upload=record.upload,
    )


def recorded_oids(record: Record) -> dict[str, str]:
    """Return the git object id of every file of the repository, as recorded."""
    return {file.path: file.git_oid for file in record.hub_files}


def edited_paths(
    record: Record,
    plan: Plan,
    remote: RemoteRepository | None,
    folder: Mapping[str, bytes] | None = None,
) -> tuple[str, ...]:
    """Return the paths that hold neither what was recorded nor what is planned.

    Someone else wrote them. A repository that is missing or still empty holds none, and of one
    whose content was never recorded every file that is neither as planned nor as in `folder` is
    one.
    """
    if remote is None or remote.is_fresh:
        return ()
    recorded, planned = recorded_oids(record), recorded_oids(plan.record)
    kept = {path: git_blob_id((folder or {})[path]) for path in planned if path in (folder or {})}
    base, theirs = recorded or planned | kept, remote.own_files
    return tuple(
        path
        for path in sorted({**base, **theirs})
        if theirs.get(path) not in {base.get(path), planned.get(path)}
    )


def visibility_was_changed(record: Record, plan: Plan, remote: RemoteRepository | None) -> bool:
    """Return whether someone else made the repository private or public.

    Not so when it is planned.
    """
    if remote is None:
        return False
    return remote.private not in {record.private, plan.record.private}


def reconcile_update(
    plan: Plan,
    record: Record,
    remote: RemoteRepository | None,
    folder: Mapping[str, bytes],
) -> PendingSteps:
    """Work out what is left to do; what is there already is never done again.

    Args:
        plan: what should be there.
        record: what was there when it was written last.
        remote: the repository on the Hub, if any.
        folder: the files of the catalog folder by name.
    """
    theirs = remote.own_files if remote else {}
    planned_on_hub = recorded_oids(plan.record)
    planned = {file.path: file.content for file in plan.catalog_files}
    usual = notebook_name(record.nickname) if record.is_first_format else record.notebook
    planned_notebooks = {plan.record.notebook, plan.record.job_notebook}
    notebooks = {usual, record.job_notebook} - planned_notebooks
    stale = {name for name in notebooks if name and name in folder}
    stale |= _as_pushed(record, folder) - planned.keys() - planned_on_hub.keys()
    stale |= _stale_center_file(folder) - planned.keys()
    changes_visibility = remote is not None and remote.private != plan.record.private
    return PendingSteps(
        create_repository=remote is None,
        commit=theirs != planned_on_hub or differ(plan.documents, remote),
        write_folder=bool(stale) or any(folder.get(p) != c for p, c in planned.items()),
        delete=tuple(sorted(theirs.keys() - planned_on_hub.keys())),
        set_private=plan.record.private if changes_visibility else None,
        stale=tuple(sorted(stale)),
    )


def _stale_center_file(folder: Mapping[str, bytes]) -> set[str]:
    return {CENTER_FILE} if is_center_file(folder.get(CENTER_FILE, b"")) else set()


def _as_pushed(record: Record, folder: Mapping[str, bytes]) -> set[str]:
    """Return the files in the folder that are still as they were published."""
    oids = recorded_oids(record)
    return {
        name for name in oids.keys() & folder.keys() if git_blob_id(folder[name]) == oids[name]
    }


def recorded_scripts(record: Record) -> set[str]:
    """Return the names of the recorded scripts that were published."""
    scripts = (record.loader, record.batch_script, *record.includes)
    return {one.name for one in scripts if one} & recorded_oids(record).keys()
