"""Verify that a pack is as it was written; nothing is changed."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.engines.choice import WorkProgress, no_report
from huggingnersc.adapters.files.sorted_rows import SortedRows
from huggingnersc.adapters.packing.check_shard import check_shard, manifest_lines
from huggingnersc.adapters.packing.pack_folder import PackFolder
from huggingnersc.adapters.transfer.state_file import STATE_FILE
from huggingnersc.domain.packing.member_line import parse_member_line
from huggingnersc.domain.packing.pack import (
    DATA_DIR,
    PACK_FILE,
    PackSource,
    ShardForm,
    SplitCounts,
)
from huggingnersc.domain.text.shell import is_path, shown
from huggingnersc.domain.versions.inventory_mode import Mode
from huggingnersc.errors import PackDamagedError
from huggingnersc.fixes import Fix, Message, Option, Placeholder, Verb
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from huggingnersc.adapters.engines.choice import Report
    from huggingnersc.domain.packing.pack import Pack


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPack:
    """Whether a pack is as it was written.

    Attributes:
        path: the folder of the pack.
        mode: what was read: `quick` nothing of the shards, `full` every member beside them.
        source: what was packed.
        form: of the shards.
        splits: how much each split holds.
        is_well: whether there is no problem.
        problems: what is not as it was written, by file.
        shards: how many there are.
        members: how many the manifests name: files, records of files, or rows of tables.
        has_tables: whether these are rows of tables, so that a table may be in several shards.
        read_bytes: how much was read.
    """

    path: Path
    mode: Mode
    source: PackSource
    form: ShardForm
    splits: Mapping[str, SplitCounts]
    is_well: bool
    problems: tuple[Problem, ...]
    shards: int
    members: int
    has_tables: bool
    read_bytes: int


def is_pack_path(word: str) -> bool:
    """Return whether a word names a pack, and no dataset: by a slash, or as there is one."""
    return is_path(word) or PackFolder(Path(word)).has_pack


def verify_pack(
    path: Path,
    *,
    mode: Mode | str = Mode.REUSE,
    jobs: int | None = None,
    on_progress: Report = no_report,
) -> VerifiedPack:
    """Compare the shards of a pack with `pack.json` and their manifests.

    Sizes, hashes of shards and manifests, names and sizes of members, and the numbers of samples
    are compared, and that no file or record is in two shards; rows of tables are only counted.
    Where hashes of members are known from a version, `full` compares these, too.

    Args:
        path: the folder of the pack.
        mode: `quick` reads no shard, `full` every member, too; each other one the shards.
        jobs: how many shards are read at a time; as many as there are processors when None.
        on_progress: called while shards are read.

    Raises:
        PackDamagedError: there is no pack, it is not finished, or its `pack.json` cannot be read.
        InstallationError: the shards need a library that is not installed.
    """
    folder, mode = PackFolder(path.expanduser().absolute()), Mode(mode)
    if not folder.has_pack and (folder.path / STATE_FILE).is_file():
        raise _no_copy(folder.path)
    folder.require_pack()
    pack = folder.read()
    problems, read_bytes = _checked(folder.path, pack, mode, jobs, on_progress)
    members = _members(folder.path, pack)
    problems += [*_twice(members), *_others(folder.path, pack)]
    return VerifiedPack(
        path=folder.path,
        mode=mode,
        source=pack.source,
        form=pack.form,
        splits=pack.splits,
        is_well=not problems,
        problems=tuple(problems),
        shards=len(pack.shards),
        members=members.count,
        has_tables=members.has_tables,
        read_bytes=read_bytes,
    )


def _no_copy(folder: Path) -> PackDamagedError:
    name = str(Placeholder.NAME)
    again = Fix(Verb.DOWNLOAD_DATASET, (name, str(folder)), (Option("verify"),))
    return PackDamagedError(
        f"{shown(folder)} is no pack: download-dataset brought it, without its {PACK_FILE}.",
        hint=Message("Read it again by the hashes of the dataset: ", again),
    )


def _checked(
    folder: Path, pack: Pack, mode: Mode, jobs: int | None, report: Report
) -> tuple[list[Problem], int]:
    problems, done, read = list[Problem](), 0, 0
    workers = jobs or len(os.sched_getaffinity(0))
    with ThreadPoolExecutor(workers) as pool:  # a digest lets other threads run
        for number, found in enumerate(
            pool.map(lambda shard: check_shard(folder, pack, shard, mode), pack.shards), 1
        ):
            problems += found.problems
            done += pack.shards[number - 1].size_bytes
            read += found.read_bytes
            report(
                WorkProgress(
                    files=number,
                    size_bytes=done,
                    of_files=len(pack.shards),
                    of_bytes=pack.size_bytes,
                )
            )
    return problems, read


@dataclass(slots=True)
class _Members:
    """What the manifests name; see `VerifiedPack`."""

    count: int = 0
    has_tables: bool = False
    twice: list[bytes] = field(default_factory=list)


def _members(folder: Path, pack: Pack) -> _Members:
    members, last = _Members(), b""
    for (name,) in SortedRows(_whole(folder, pack, members)):
        if name == last:
            members.twice.append(last)
        last = bytes(name)
    return members


def _whole(folder: Path, pack: Pack, members: _Members) -> Iterator[tuple[bytes]]:
    """Yield the names of files and records, and count them and rows of tables."""
    for shard in pack.shards:
        with suppress(OSError):  # which was reported
            for line in map(parse_member_line, manifest_lines(folder, shard)):
                rows = line.rows(pack.form)
                members.count += 1 if rows is None else rows
                members.has_tables |= rows is not None
                if rows is None:
                    yield (line.name,)


def _twice(members: _Members) -> Iterator[Problem]:
    if members.twice:
        more = len(members.twice) - 1
        others = f", and so {'is' if more == 1 else 'are'} {more:,} more" if more else ""
        yield Problem(os.fsdecode(members.twice[0]), f"it is in the pack twice{others}")


def _others(folder: Path, pack: Pack) -> Iterator[Problem]:
    known = {shard.path for shard in pack.shards}
    with suppress(OSError):  # every shard is missing, which was reported
        for file in sorted((folder / DATA_DIR).iterdir()):
            if (path := f"{DATA_DIR}/{file.name}") not in known:
                yield Problem(path, "it is no part of the pack")
