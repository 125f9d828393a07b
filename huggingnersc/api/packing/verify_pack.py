"""Verify that a pack is as it was written; nothing is changed."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.engines.choice import WorkProgress, no_report
from huggingnersc.adapters.files.sorted_rows import SortedRows
from huggingnersc.adapters.packing.check_shard import check_shard, manifest_lines
from huggingnersc.adapters.packing.pack_folder import PackFolder
from huggingnersc.api.versions.compared_side import is_path
from huggingnersc.domain.packing.pack import DATA_DIR, PackSource, ShardForm, SplitCounts
from huggingnersc.domain.text.formatting import plural
from huggingnersc.domain.versions.inventory_mode import Mode
from huggingnersc.errors import PackDamagedError
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
        members: how many the manifests name.
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

    Sizes, hashes of shards and manifests, and names and sizes of members are compared, and that
    no member is in two shards. Where hashes of members are known from a version, `full` compares
    these, too.

    Args:
        path: the folder of the pack.
        mode: `quick` reads no shard, `full` every member, too; each other one the shards.
        jobs: how many shards are read at a time; as many as there are processors when None.
        on_progress: called while shards are read.

    Raises:
        PackDamagedError: there is no `pack.json`, or it cannot be read.
        InstallationError: the shards need a library that is not installed.
    """
    folder, mode = PackFolder(path.expanduser().absolute()), Mode(mode)
    if not folder.has_pack:
        raise PackDamagedError(
            f"{folder.path} is no finished pack: it has no pack.json.",
            hint="Finish it with the pack-dataset that began it.",
        )
    pack = folder.read()
    problems, read_bytes = _checked(folder.path, pack, mode, jobs, on_progress)
    members, twice = _members(folder.path, pack)
    problems += [*twice, *_others(folder.path, pack)]
    return VerifiedPack(
        path=folder.path,
        mode=mode,
        source=pack.source,
        form=pack.form,
        splits=pack.splits,
        is_well=not problems,
        problems=tuple(problems),
        shards=len(pack.shards),
        members=members,
        read_bytes=read_bytes,
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


def _members(folder: Path, pack: Pack) -> tuple[int, list[Problem]]:
    """Return how many members there are, and a problem where one is in two shards."""
    members, twice, last = 0, list[bytes](), b""
    for (name,) in SortedRows(_names(folder, pack)):
        members += 1
        if name == last:
            twice.append(last)
        last = bytes(name)
    if not twice:
        return members, []
    shown = os.fsdecode(twice[0])
    return members, [Problem(shown, f"it is in two places, as {plural(len(twice), 'member')} are")]


def _names(folder: Path, pack: Pack) -> Iterator[tuple[bytes]]:
    for shard in pack.shards:
        with suppress(OSError):  # which was reported
            for line in manifest_lines(folder, shard):
                yield (line.partition(b"\t")[0],)


def _others(folder: Path, pack: Pack) -> Iterator[Problem]:
    known = {shard.path for shard in pack.shards}
    with suppress(OSError):  # every shard is missing, which was reported
        for file in sorted((folder / DATA_DIR).iterdir()):
            if (path := f"{DATA_DIR}/{file.name}") not in known:
                yield Problem(path, "it is no part of the pack")
