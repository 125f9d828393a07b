"""What a snapshot is, planned or made."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from huggingnersc.api.catalog.result import DatasetResult
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.loading.script_name import script_module
from huggingnersc.domain.text.formatting import plural
from huggingnersc.domain.text.shell import shell_word
from huggingnersc.domain.versions.public_values import (
    WithheldValues,
    public_values,
    withheld_values,
)
from huggingnersc.domain.versions.recorded import change_words
from huggingnersc.domain.versions.size_check import size_mismatch
from huggingnersc.domain.versions.version import (
    MANIFEST_FILE,
    STATISTICS_FILE,
    VERSION_FILE,
    ChangeCounts,
    VersionName,
    next_name,
    public_bytes,
)
from huggingnersc.fixes import Fix, Message, Option, Placeholder, ShellCommand, Verb, update_fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from huggingnersc.api.versions.prepare_version import PreparedVersion
    from huggingnersc.api.versions.snapshot_run import ReadyVersion, SnapshotRequest
    from huggingnersc.api.versions.snapshot_target import SnapshotTarget
    from huggingnersc.api.versions.take_inventory import Inventory
    from huggingnersc.domain.loading.sample import SampledTable
    from huggingnersc.domain.site import Site
    from huggingnersc.domain.versions.public_values import PublicValues
    from huggingnersc.domain.versions.statistics import Statistics
    from huggingnersc.domain.versions.version import Version
    from huggingnersc.fixes import Text

_UNRETIRE = Option(Field.RETIRED, value=False)
_MOST_PROBLEMS = 5  # of files that could not be described


class SnapshotOutcome(StrEnum):
    """How a snapshot ended."""

    PLANNED = "planned"
    MADE = "made"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class VersionFile:
    """A file of a version."""

    path: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot(DatasetResult):
    """A version that is made, or would be.

    Attributes:
        outcome: planned (not done, or not done yet), made, unchanged (no file differs).
        version: its name; where nothing changed, that of the latest version.
        folder: the version's folder, in the catalog folder or in the draft.
        hub_url: the repository's page; None for a draft.
        published_to: `embedded`, or the Hub's address; None for a draft.
        commit: the SHA on the Hub; None while it is only planned, and for a draft.
        data_path: the root of the data.
        created_at: when the snapshot began, in UTC.
        parent: the version it comes from, such as `iris@v1`; None for the first one.
        changes: how the files differ from the parent's; None without one.
        summary: the same in one line.
        files: how many regular files there are, and their `size_bytes`.
        links: how many symbolic links there are; they are not followed.
        others: how many FIFOs, sockets and devices there are.
        unreadable: how many files and folders could not be read.
        hashed_files: how many files were read for it, and the `hashed_bytes`.
        public_files: the files of the version that go to the Hub; those of a draft go there when
            it is cataloged.
        private_files: those that stay in its folder.
        closed: a path that not everyone may read, for which nothing of the contents goes to the
            Hub; empty where there is none.
        public_values: the values of the data that the public statistics show.
        withheld: columns whose values are left out of the statistics.
        sample: the files of the sample, each with its rows and columns, while it is planned or
            just made.
        left_out: columns that are not in the sample.
        run: the run, while it is only planned; `resume_run` completes it.
        warnings: what should be known although it stopped nothing.
    """

    outcome: SnapshotOutcome
    version: str
    folder: PurePosixPath
    hub_url: str | None
    published_to: str | None
    commit: str | None
    data_path: PurePosixPath
    created_at: str
    parent: str | None
    changes: ChangeCounts | None
    summary: str
    files: int
    size_bytes: int
    links: int
    others: int
    unreadable: int
    hashed_files: int
    hashed_bytes: int
    public_files: tuple[VersionFile, ...]
    private_files: tuple[VersionFile, ...]
    closed: str
    public_values: tuple[PublicValues, ...]
    withheld: tuple[WithheldValues, ...]
    sample: tuple[SampledTable, ...]
    left_out: tuple[WithheldValues, ...]
    run: str | None
    warnings: tuple[Text, ...]


def planned_snapshot(
    prepared: PreparedVersion, target: SnapshotTarget, site: Site, run: str
) -> Snapshot:
    """Return a version that was worked out and not made."""
    inventory = prepared.inventory
    return _snapshot(
        prepared.ready,
        target,
        site,
        run=run,
        closed=inventory.closed,
        hashed_files=inventory.hashed_files,
        hashed_bytes=inventory.hashed_bytes,
        sample=prepared.sample.tables,
        left_out=tuple(
            WithheldValues(f"{one.config}: {one.column}", one.reason)
            for one in prepared.sample.left_out
        ),
        warnings=(*_warnings(prepared, target),),
    )


def begun_snapshot(
    ready: ReadyVersion, target: SnapshotTarget, site: Site, run: str, *, closed: str, is_out: bool
) -> Snapshot:
    """Return a version whose publication was cut off.

    Args:
        ready: the version as it will be published.
        target: the dataset.
        site: the site.
        run: the run.
        closed: a path that not everyone may read any more; empty where there is none.
        is_out: whether the Hub has what describes the data already.
    """
    title = ready.version.title
    warnings: list[Text] = [f"The publication of {title} was cut off; only that is completed."]
    if closed:
        warnings.append(_out(closed, title) if is_out else _closed(closed))
    warnings += _without_script(ready.version, target)
    return _snapshot(ready, target, site, run=run, closed=closed, warnings=(*warnings,))


def _out(path: str, title: VersionName) -> Message:
    return Message(
        f"Not everyone may read {path} any more, and what describes {title} is on the Hub since "
        "before. Hide it: ",
        update_fix(title.nickname, Option(Field.PRIVATE)),
    )


def _snapshot(
    ready: ReadyVersion, target: SnapshotTarget, site: Site, *, run: str, **measured: Any
) -> Snapshot:
    version = ready.version
    statistics = _public_statistics(ready)
    values: dict[str, Any] = {
        "outcome": SnapshotOutcome.PLANNED,
        "version": version.name,
        "commit": None,
        "created_at": version.created_at,
        "parent": str(version.parent) if version.parent else None,
        "changes": version.changes,
        "summary": change_words(version.changes) if version.changes else "",
        "files": version.files,
        "size_bytes": version.size_bytes,
        "links": version.links,
        "others": version.others,
        "unreadable": version.unreadable,
        "hashed_files": 0,
        "hashed_bytes": 0,
        "closed": "",
        "public_files": (),
        "private_files": (),
        "public_values": public_values(statistics) if statistics else (),
        "withheld": withheld_values(statistics) if statistics else (),
        "sample": (),
        "left_out": (),
        "run": run,
        "warnings": (),
    }
    return Snapshot(**values | _files(version) | _place(target, version.name, site) | measured)


def unchanged_snapshot(target: SnapshotTarget, inventory: Inventory, site: Site) -> Snapshot:
    """Return the latest version of data that has not changed since."""
    latest = target.history.versions[-1]
    return Snapshot(
        outcome=SnapshotOutcome.UNCHANGED,
        version=latest.name,
        commit=None,
        created_at=latest.created_at,
        parent=None,
        changes=None,
        summary=change_words(ChangeCounts()),
        files=inventory.files,
        size_bytes=inventory.size_bytes,
        links=inventory.links,
        others=inventory.others,
        unreadable=inventory.unreadable_count,
        hashed_files=inventory.hashed_files,
        hashed_bytes=inventory.hashed_bytes,
        closed=inventory.closed,
        public_files=(),
        private_files=(),
        public_values=(),
        withheld=(),
        sample=(),
        left_out=(),
        run=None,
        warnings=(_retired(target.nickname, latest.name),) if latest.retired else (),
        **_place(target, latest.name, site),
    )


def without_effect(
    request: SnapshotRequest, target: SnapshotTarget, options: Sequence[Option]
) -> Message:
    """Return the warning that options have no effect, since the data has not changed.

    Args:
        request: what was asked for.
        target: the dataset.
        options: those without effect.
    """
    names = [one.name for one in target.history.versions]
    places = {Field.DRAFT: request.draft, Field.DATA_PATH: request.data_path}
    again = (
        Option(Field.VERSION, next_name(names)),
        *request.options.chosen,
        *(Option(field, str(path)) for field, path in places.items() if path),
    )
    listed = [part for option in options for part in (option, ", ")][:-1]
    return Message(
        f"The data has not changed since {VersionName(target.nickname, names[-1])}, and a version "
        "never changes; without effect: ",
        *listed,
        ". Make a version with what was asked for: ",
        Fix(Verb.SNAPSHOT_DATASET, (target.nickname,), again),
    )


def _retired(nickname: str, name: str) -> Message:
    return Message(
        f"{VersionName(nickname, name)} is retired. Bring it back: ",
        Fix(Verb.UPDATE_VERSION, (str(VersionName(nickname, name)),), (_UNRETIRE,)),
        "; or give its files another name: ",
        Fix(Verb.SNAPSHOT_DATASET, (nickname,), (Option(Field.VERSION, Placeholder.NAME),)),
    )


def _place(target: SnapshotTarget, name: str, site: Site) -> dict[str, Any]:
    record = target.record
    return {
        "official_name": record.official_name if record else target.nickname,
        "nickname": target.nickname,
        "repo_id": site.repo_id(target.nickname),
        "hub_url": record.hub_url if record else None,
        "published_to": site.endpoint if record else None,
        "folder": PurePosixPath(target.store.path / name),
        "data_path": PurePosixPath(target.data),
    }


def _files(version: Version) -> dict[str, Any]:
    """Return the files of a version that are to be published, and those that are not."""
    sizes = {path: one.size_bytes for path, one in version.digests.items()}
    sizes[VERSION_FILE] = len(public_bytes(version))
    public = {VERSION_FILE, *version.published}
    files = [VersionFile(path, size) for path, size in sorted(sizes.items())]
    return {
        "public_files": tuple(file for file in files if file.path in public),
        "private_files": tuple(file for file in files if file.path not in public),
    }


def _public_statistics(ready: ReadyVersion) -> Statistics | None:
    if STATISTICS_FILE not in ready.version.published:
        return None
    statistics: Statistics = json.loads(ready.files[STATISTICS_FILE].read_bytes())
    return statistics


def _warnings(prepared: PreparedVersion, target: SnapshotTarget) -> Iterator[Text]:
    version, inventory = prepared.ready.version, prepared.inventory
    if inventory.unreadable_count:
        count = plural(inventory.unreadable_count, "file or folder", "files and folders")
        yield f"{count} could not be read; the manifest has them without a hash."
    if version.others:
        others = plural(version.others, "FIFO, socket or device", "FIFOs, sockets and devices")
        yield f"Listed by their kind only, as they have no content: {others}."
    if inventory.closed:
        yield _closed(inventory.closed)
    yield from _without_script(version, target)
    if target.record and prepared.statistics:
        mismatch = size_mismatch(target.record.metadata, prepared.statistics["examples"])
        if mismatch:
            yield mismatch.warning(target.nickname)
    yield from _not_described(prepared.statistics)
    yield from prepared.problems


def _without_script(version: Version, target: SnapshotTarget) -> Iterator[Text]:
    if MANIFEST_FILE not in version.published:
        script = f"{script_module(version.nickname)}.py"
        is_uploaded = target.record is not None and target.record.upload is not None
        result = "loads the shards alone" if is_uploaded else "is not made"
        yield f"{script} {result}: it finds files by their list, which is not published."


def _closed(path: str) -> Message:
    return Message(
        f"Not everyone may read {path}, so nothing of names, hashes and contents becomes public. "
        "Where it should: ",
        ShellCommand(f"chmod o+rX {shell_word(path)}"),
    )


def _not_described(statistics: Statistics | None) -> Iterator[Text]:
    problems = statistics["problems"] if statistics else []
    for one in problems[:_MOST_PROBLEMS]:
        where = f"{one['file']}: " if one["file"] else ""  # a library that is not installed
        yield f"Not fully described: {where}{one['message']}"
    if len(problems) > _MOST_PROBLEMS:
        yield f"Not fully described: {len(problems) - _MOST_PROBLEMS} more, see {STATISTICS_FILE}."
