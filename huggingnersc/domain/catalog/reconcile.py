"""What is left to do, given what the Hub and the catalog folder hold already."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.record import parse_record, record_name
from huggingnersc.domain.catalog.recovery_hints import move_away_command
from huggingnersc.domain.text.shell import shell_word
from huggingnersc.errors import DatasetExistsError, HubConflictError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from huggingnersc.domain.catalog.plan import Plan
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.remote import RemoteRepository


@dataclass(frozen=True, slots=True)
class PendingSteps:
    """The steps still to be done; the commit is the commit point.

    Attributes:
        create_repository: whether the Hub has none.
        commit: whether files are to be written or deleted on the Hub.
        write_folder: whether the catalog folder is to be written.
        delete: paths on the Hub that are not wanted any more.
        set_private: the visibility to set; None leaves it.
        stale: files of the catalog folder that are not wanted any more.
    """

    create_repository: bool
    commit: bool
    write_folder: bool
    delete: tuple[str, ...] = ()
    set_private: bool | None = None
    stale: tuple[str, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Whether all is in place."""
        changes_hub = self.create_repository or self.commit or self.set_private is not None
        return not (changes_hub or self.write_folder)

    @property
    def is_everything(self) -> bool:
        """Whether nothing was there before."""
        return self.create_repository and self.commit and self.write_folder


def reconcile(
    plan: Plan,
    remote: RemoteRepository | None,
    folder: Mapping[str, bytes] | None,
    *,
    was_removed: bool = False,
) -> PendingSteps:
    """Work out what is left to do.

    Args:
        plan: what should be there.
        remote: the repository of this name on the Hub, if any.
        folder: the files of the catalog folder by name, None when there is no folder.
        was_removed: whether a removed dataset had this nickname; the repository may be its.

    Raises:
        DatasetExistsError: the nickname is cataloged with other content, or its folder holds
            something that HuggingNERSC did not write.
        HubConflictError: the Hub repository holds something else, or is private where it should
            be public or the other way round.
    """
    _refuse_other_folder(plan, folder)
    if remote is not None:
        _refuse_other_repository(plan, remote, _way_out(plan, folder, was_removed=was_removed))
    planned = {file.path: file.content for file in plan.catalog_files}
    return PendingSteps(
        create_repository=remote is None,
        commit=remote is None or remote.is_fresh,
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
            hint="Restore the record from a snapshot, or move the folder away and give this "
            f"command again: {move_away_command(plan.record.catalog_dir)}",
        )
    if folder[record] != planned[record]:
        keys = _differences(folder[record], planned[record])
        named = f" ({', '.join(keys)})" if keys else ""
        raise DatasetExistsError(
            f'"{nickname}" is cataloged already, with other content{named}.',
            hint=f"Look at it: inspect-dataset {nickname}; change it: "
            f"{' '.join(['update-dataset', nickname, *_options(keys, plan.record)])}",
        )


def _way_out(plan: Plan, folder: Mapping[str, bytes] | None, *, was_removed: bool) -> str | None:
    """Say what to do about a repository in the way; None where the command itself can help."""
    nickname = plan.record.nickname
    if folder:
        return f"Bring it to the record: update-dataset {nickname}"
    if was_removed:
        return f"A dataset of this name was removed; bring it back: restore-dataset {nickname}"
    return None


def _refuse_other_repository(plan: Plan, remote: RemoteRepository, way_out: str | None) -> None:
    planned = {file.path: file.git_oid for file in plan.hub_files}
    repo_id = plan.record.repo_id
    if not remote.is_fresh and not remote.holds(planned):
        theirs = sorted(p for p, oid in remote.files.items() if planned.get(p) != oid)
        shown = ", ".join(p for p in theirs if p != ".gitattributes") or "fewer files"
        raise HubConflictError(
            f"{repo_id} exists on the Hub and holds something else ({shown}).",
            hint=way_out or "Choose another nickname, or rename that repository on the Hub first.",
        )
    if remote.private != plan.record.private:
        theirs_are, ours = ("private", "public") if remote.private else ("public", "private")
        raise HubConflictError(
            f"{repo_id} exists on the Hub and is {theirs_are}; this command would make it {ours}.",
            hint=way_out
            or "Give or leave out --private so that they agree, or change it on the Hub first.",
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


def _options(keys: Iterable[str], wanted: Record) -> tuple[str, ...]:
    """Return the options of `update-dataset` that make a record what is wanted."""
    batch_script = "FILE" if wanted.batch_script else "None"
    include = "FILE" if wanted.includes else "None"
    options = {
        "official_name": f"--official-name {shell_word(wanted.official_name)}",
        "loader": "--loader FILE",
        "portal_link": f"--portal-link {shell_word(wanted.portal_link or 'URL')}",
        "metadata": "--metadata FILE",
        "batch_script": f"--batch-script {batch_script}",
        "data_dir": f"--data-path {shell_word(wanted.data_path or 'DIR')}",
        "includes": f"--include {include}",
        "distributed": "--distributed" if wanted.distributed else "--not-distributed",
        "job_notebook": "--job-notebook" if wanted.job_notebook else "--no-job-notebook",
        "private": "--private" if wanted.private else "--public",
    }
    return tuple(option for key, option in options.items() if key in keys)
