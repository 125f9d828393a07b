"""What is left to do, given what the Hub and the catalog folder hold already."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.fields import Field, facts_of
from huggingnersc.domain.catalog.folder_card import is_recorded_card
from huggingnersc.domain.catalog.plan import CARD_NAME
from huggingnersc.domain.catalog.record import parse_record, record_bytes, record_name
from huggingnersc.domain.catalog.recovery_hints import move_away_command
from huggingnersc.domain.catalog.release import differ
from huggingnersc.domain.planned_file import PlannedFile
from huggingnersc.errors import DatasetExistsError, HubConflictError
from huggingnersc.fixes import (
    REMOVE,
    Fix,
    Message,
    Option,
    Placeholder,
    Verb,
    update_fix,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from huggingnersc.domain.catalog.plan import Plan
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.release import Release
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.catalog.shards_repository import ShardsSteps


@dataclass(frozen=True, slots=True)
class PendingSteps:
    """The steps still to be done; the commit is the commit point.

    Attributes:
        create_repository: whether the Hub has none.
        commit: whether files are to be written or deleted on the Hub.
        write_folder: whether the catalog folder is to be written.
        delete: paths on the Hub that are to be deleted.
        set_private: the visibility to set; None leaves it.
        stale: files of the catalog folder that are to be deleted.
        releases: the versions whose tag the Hub lacks, the oldest first.
        shards: what is left to do in the repository of the shards; None where there is none.
    """

    create_repository: bool
    commit: bool
    write_folder: bool
    delete: tuple[str, ...] = ()
    set_private: bool | None = None
    stale: tuple[str, ...] = ()
    releases: tuple[Release, ...] = ()
    shards: ShardsSteps | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether all is in place."""
        changes_hub = self.create_repository or self.commit or self.set_private is not None
        changes_shards = self.shards is not None and not self.shards.is_nothing
        return not (changes_hub or self.write_folder or self.releases or changes_shards)

    @property
    def is_everything(self) -> bool:
        """Whether nothing was there before."""
        return self.create_repository and self.commit and self.write_folder


def keep_same_record(plan: Plan, folder: Mapping[str, bytes] | None) -> Plan:
    """Return `plan` with the record of the folder where it says the same in an older form.

    So a command that has nothing to do does not rewrite the records of earlier versions.
    """
    nickname = plan.record.nickname
    name = record_name(nickname)
    there = (folder or {}).get(name)
    planned = {file.path: file for file in plan.catalog_files}
    if there is None or _rewritten(there, nickname) != planned[name].content:
        return plan
    planned[name] = PlannedFile(name, there)
    return replace(plan, catalog_files=tuple(planned.values()))


def keep_earlier_files(
    plan: Plan, folder: Mapping[str, bytes] | None, remote: RemoteRepository | None
) -> Plan:
    """Return `plan` with what an earlier version wrote of the same dataset, where it is in place.

    So the same command has nothing to do after the program's templates changed; an update writes
    the files again.
    """
    recorded = _same_dataset(plan, folder)
    if recorded is None or folder is None or remote is None:
        return plan
    oids = {file.path: file.git_oid for file in recorded.hub_files}
    card = folder.get(CARD_NAME, b"")
    if not (remote.holds(oids) and is_recorded_card(card, oids[CARD_NAME], recorded)):
        return plan
    absent = [file for file in plan.catalog_files if file.path not in folder]
    # A folder of before scripts were put there gets none that differ from those on the Hub.
    lacks_scripts = any(oids.get(file.path, file.git_oid) != file.git_oid for file in absent)
    left_out = {file.path for file in absent if lacks_scripts and file.path in oids}
    kept = (
        PlannedFile(file.path, folder.get(file.path, file.content))
        for file in plan.catalog_files
        if file.path not in left_out
    )
    return replace(plan, record=recorded, catalog_files=tuple(kept))


def recorded_in(folder: Mapping[str, bytes] | None, nickname: str) -> Record | None:
    """Return the record in a catalog folder; None where there is none that can be read."""
    try:
        return parse_record((folder or {})[record_name(nickname)], nickname)
    except (KeyError, ValueError):
        return None


def _same_dataset(plan: Plan, folder: Mapping[str, bytes] | None) -> Record | None:
    """Return the record of the folder where only the files that were made from it differ."""
    nickname = plan.record.nickname
    there = (folder or {}).get(record_name(nickname))
    if there is None or _rewritten(there, nickname) is None:
        return None
    recorded = parse_record(there, nickname)
    is_same = {f.path for f in recorded.hub_files} == {f.path for f in plan.record.hub_files}
    written = record_bytes(replace(recorded, hub_files=plan.record.hub_files))
    return recorded if is_same and written == record_bytes(plan.record) else None


def _rewritten(recorded: bytes, nickname: str) -> bytes | None:
    """Return a record as it would be written now; None where it is damaged or a first one."""
    try:
        record = parse_record(recorded, nickname)
    except ValueError:
        return None
    return None if record.is_first_format else record_bytes(record)


def reconcile(
    plan: Plan,
    remote: RemoteRepository | None,
    folder: Mapping[str, bytes] | None,
    *,
    was_removed: bool = False,
    releases: Sequence[Release] = (),
) -> PendingSteps:
    """Work out what is left to do.

    Args:
        plan: what should be there.
        remote: the repository of this name on the Hub, if any.
        folder: the files of the catalog folder by name, None when there is no folder.
        was_removed: whether a removed dataset had this nickname; the repository may be its.
        releases: the versions that the dataset begins with; a run that was cut off may have
            published some of them.

    Raises:
        DatasetExistsError: the nickname is cataloged with other content, or its folder holds
            something that HuggingNERSC did not write.
        HubConflictError: the Hub repository holds something else, or is private where it should
            be public or the other way round.
    """
    _refuse_other_folder(plan, folder)
    is_begun = remote is not None and any(one.is_held_by(remote) for one in releases)
    if remote is not None:
        recovery = _recovery(plan, folder, was_removed=was_removed)
        _refuse_other_repository(plan, remote, recovery, is_begun=is_begun)
    oids = {file.path: file.git_oid for file in plan.record.hub_files}
    is_whole = remote is not None and remote.holds(oids) and not differ(plan.documents, remote)
    planned = {file.path: file.content for file in plan.catalog_files}
    return PendingSteps(
        create_repository=remote is None,
        commit=remote is None or remote.is_fresh or (is_begun and not is_whole),
        write_folder=folder is None or any(folder.get(p) != c for p, c in planned.items()),
    )


def _refuse_other_folder(plan: Plan, folder: Mapping[str, bytes] | None) -> None:
    if not folder:
        return
    nickname = plan.record.nickname
    planned = {file.path: file.content for file in plan.catalog_files}
    record = record_name(nickname)
    if record not in folder:
        raise DatasetExistsError(
            f"The folder {plan.record.catalog_dir} exists and holds no record of HuggingNERSC.",
            hint="Move it away, or choose another nickname.",
        )
    if (fault := _fault(folder[record], nickname)) is not None:
        raise DatasetExistsError(
            f'"{nickname}" is cataloged already, but its record is damaged: {fault}.',
            hint=Message(
                "Restore the record from a snapshot, or move the folder away and run this "
                "command again: ",
                move_away_command(plan.record.catalog_dir),
            ),
        )
    if folder[record] != planned[record]:
        recorded = _rewritten(folder[record], nickname) or folder[record]
        keys = _differences(recorded, planned[record])
        how = f"with other content ({', '.join(keys)})" if keys else "by another version"
        raise DatasetExistsError(
            f'"{nickname}" is cataloged already, {how}.',
            hint=Message(
                "Look at it: ",
                Fix(Verb.INSPECT_DATASET, (nickname,)),
                "; change it: ",
                update_fix(nickname, *_options(keys, plan.record)),
            ),
        )


def _recovery(
    plan: Plan, folder: Mapping[str, bytes] | None, *, was_removed: bool
) -> Message | None:
    """Return what to do about a repository in the way; None where the command itself can help."""
    nickname = plan.record.nickname
    if folder:
        return Message("Bring it to the state of the record: ", update_fix(nickname))
    if was_removed:
        restore = Fix(Verb.RESTORE_DATASET, (nickname,))
        return Message("A dataset of this name was removed; bring it back: ", restore)
    return None


def _refuse_other_repository(
    plan: Plan, remote: RemoteRepository, recovery: Message | None, *, is_begun: bool
) -> None:
    planned = {file.path: file.git_oid for file in plan.record.hub_files}
    repo_id = plan.record.repo_id
    if not remote.is_fresh and not remote.holds(planned) and not is_begun:
        theirs = sorted(p for p, oid in remote.files.items() if planned.get(p) != oid)
        shown = ", ".join(p for p in theirs if p != ".gitattributes") or "fewer files"
        raise HubConflictError(
            f"{repo_id} exists on the Hub and holds something else ({shown}).",
            hint=recovery
            or "Choose another nickname, or rename that repository on the Hub first.",
        )
    if remote.private != plan.record.private:
        theirs_are, ours = ("private", "public") if remote.private else ("public", "private")
        raise HubConflictError(
            f"{repo_id} exists on the Hub and is {theirs_are}; this command would make it {ours}.",
            hint=recovery
            or Message(
                "Give or leave out ",
                Field.PRIVATE,
                " so that they agree, or change it on the Hub first.",
            ),
        )


def _fault(recorded: bytes, nickname: str) -> str | None:
    try:
        parse_record(recorded, nickname)
    except ValueError as error:
        return str(error)
    return None


def _differences(recorded: bytes, planned: bytes) -> tuple[str, ...]:
    """Return the keys in which two records differ, sorted."""
    before, after = json.loads(recorded), json.loads(planned)
    keys = (before.keys() | after.keys()) - {"hub_files"}
    return tuple(sorted(key for key in keys if before.get(key) != after.get(key)))


def _options(keys: Iterable[str], target: Record) -> tuple[Option, ...]:
    """Return the options that update a record to the target, for the keys that differ."""
    options = {key: Option(Field(key), value) for key, value in facts_of(target).items()} | {
        "about": Option(Field.ABOUT, Placeholder.FILE if target.about else REMOVE),
        "loader": Option(Field.LOADER, Placeholder.FILE),
        "portal_link": Option(Field.PORTAL_LINK, target.portal_link or Placeholder.URL),
        "metadata": Option(Field.METADATA, Placeholder.FILE),
        "batch_script": Option(
            Field.BATCH_SCRIPT, Placeholder.FILE if target.batch_script else REMOVE
        ),
        "data_dir": Option(
            Field.DATA_PATH, str(target.data_path) if target.data_path else Placeholder.DIR
        ),
        "includes": Option(Field.INCLUDE, Placeholder.FILE if target.includes else REMOVE),
        "job_notebook": Option(Field.JOB_NOTEBOOK, target.job_notebook is not None),
    }
    by_name = {options[key].name: options[key] for key in keys if key in options}
    return tuple(by_name[field] for field in Field if field in by_name)
