"""Check what is asked of a snapshot before its data is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.path_status import is_within
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.api.versions.draft_versions import draft_target
from huggingnersc.api.versions.find_version import version_of
from huggingnersc.api.versions.prepare_version import ParentVersion
from huggingnersc.api.versions.recorded_files import version_as_recorded
from huggingnersc.api.versions.snapshot_target import cataloged_target
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.request_checks import nickname_problems
from huggingnersc.domain.scan.secrets import find_secrets
from huggingnersc.domain.text.shell import shown
from huggingnersc.domain.versions.snapshot_options import option_problems
from huggingnersc.domain.versions.version import VersionName, next_name
from huggingnersc.errors import DatasetError, VersionExistsError
from huggingnersc.fixes import Message, Option
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from huggingnersc.adapters.catalog_folder import CatalogFolder
    from huggingnersc.api.versions.snapshot_run import SnapshotRequest
    from huggingnersc.api.versions.snapshot_target import SnapshotTarget
    from huggingnersc.domain.catalog.version_history import RecordedVersion
    from huggingnersc.domain.versions.snapshot_options import SnapshotOptions


@dataclass(frozen=True, slots=True)
class ValidSnapshot:
    """A snapshot that can be begun.

    Attributes:
        target: the dataset.
        name: of the version.
        parent: the version that it comes from; None where it is the first one.
    """

    target: SnapshotTarget
    name: str
    parent: ParentVersion | None


def validate_snapshot(
    request: SnapshotRequest, catalog: CatalogFolder, run_root: Path
) -> ValidSnapshot:
    """Return a snapshot that can be begun; nothing is read or touched.

    Raises:
        RequestInvalidError: something given is wrong; every problem is reported.
        DatasetError: there is no such dataset or data, or what is written would be a part of it.
        VersionExistsError: an earlier version has the name.
        VersionUnknownError: there is no such parent.
        VersionDamagedError: the parent is not as it was recorded.
    """
    _require_valid(request)
    target, options = _target(request, catalog), request.options
    _require_outside(target, run_root)
    return ValidSnapshot(target, _name(target, options), _parent(target, options, catalog))


def _target(request: SnapshotRequest, catalog: CatalogFolder) -> SnapshotTarget:
    if request.draft and request.data_path:
        return draft_target(request.nickname, request.draft, request.data_path)
    return cataloged_target(request.nickname, catalog)


def _require_outside(target: SnapshotTarget, run_root: Path) -> None:
    """Refuse data that holds what a snapshot writes, and would change with each of them.

    Raises:
        DatasetError: it does.
    """
    for folder in (target.place, run_root):
        if is_within(folder, target.data):
            raise DatasetError(
                f"{shown(folder)} is inside the data in {shown(target.data)}; what a snapshot "
                "writes there would be a part of the next one.",
                hint="Keep it, or the data, in another folder.",
            )


def _require_valid(request: SnapshotRequest) -> None:
    options = request.options
    problems = (*option_problems(options), *_secrets(options), *_draft_problems(request))
    if problems:
        from huggingnersc.api.catalog.publish import refusal

        raise refusal(problems, nickname=request.nickname, action="given a version", metadata=None)


def _secrets(options: SnapshotOptions) -> Iterator[Problem]:
    for secret in find_secrets(options.message):
        yield Problem(Field.MESSAGE, f"holds what looks like {secret.kind}: {secret.masked}")


def _draft_problems(request: SnapshotRequest) -> Iterator[Problem]:
    if request.draft is None:
        if request.data_path is not None:
            yield Problem(Field.DATA_PATH, Message("is only for a draft: ", Field.DRAFT))
        return
    yield from nickname_problems(request.nickname, None)
    if request.data_path is None:
        yield Problem(Field.DATA_PATH, "is needed: a draft does not say where its data is")
    if request.options.labels:
        yield Problem(Field.LABEL, "is kept in the record; attach it when it is cataloged")


def _name(target: SnapshotTarget, options: SnapshotOptions) -> str:
    """Return the name of the version.

    Raises:
        VersionExistsError: an earlier version has it; that of the latest one is decided later.
    """
    history = target.history
    asked, latest = options.version, history.latest
    if latest and asked == latest.name:
        return asked
    for one in history.versions:
        if one.name.casefold() == asked.casefold():  # not every file system tells v1 from V1
            raise name_is_taken(target, one.name)
    return asked or next_name(one.name for one in history.versions)


def name_is_taken(target: SnapshotTarget, name: str) -> VersionExistsError:
    """Return the error for the name of a version that there is, with the next free name."""
    free = next_name([*(one.name for one in target.history.versions), name])
    return VersionExistsError(
        f"{VersionName(target.nickname, name)} exists; a version is never made again.",
        hint=Message("Give the next free name: ", Option(Field.VERSION, free)),
    )


def _parent(
    target: SnapshotTarget, options: SnapshotOptions, catalog: CatalogFolder
) -> ParentVersion | None:
    """Return the version that was named as the parent, or the latest one that is not retired.

    Raises:
        DatasetUnknownError, RecordDamagedError: it is of a dataset that cannot be read.
        VersionUnknownError: there is none of this name.
        VersionDamagedError: it is not as it was recorded.
    """
    asked = options.parent_of(target.nickname)
    if asked is None:
        current = target.history.current
        return _recorded_parent(target.store, current) if current else None
    if asked.nickname == target.nickname and target.record is None:
        return ParentVersion(target.store.read(asked.version), target.store)
    recorded = version_of(catalog.record(asked.nickname), asked.version)
    return _recorded_parent(VersionStore(catalog.root, asked.nickname), recorded)


def _recorded_parent(store: VersionStore, recorded: RecordedVersion) -> ParentVersion:
    return ParentVersion(version_as_recorded(store, recorded), store)
