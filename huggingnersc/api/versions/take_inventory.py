"""Take the inventory of the data: the manifest of all files, by either engine."""

from __future__ import annotations

import os
import shutil
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from huggingnersc.adapters.engines.choice import LocalBudget, no_report
from huggingnersc.adapters.engines.local import run_local
from huggingnersc.adapters.engines.run_folder import RunFolder
from huggingnersc.adapters.files.whole_file import write_whole
from huggingnersc.adapters.inventory.collect import collect, keep_hashes
from huggingnersc.adapters.inventory.plan_shards import ShardPlan, Sources, shown_path
from huggingnersc.adapters.inventory.recheck import differences
from huggingnersc.domain.engine_name import EngineName
from huggingnersc.domain.versions.inventory_mode import Mode
from huggingnersc.domain.versions.version import KNOWN_HASHES_FILE, MANIFEST_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from huggingnersc.adapters.engines.choice import EngineChoice, Report

_CLOSED_FILE = "closed"  # the first folder that not everyone may enter
_LOOKED_AT = 64  # for so many small files one is looked at before they are read
_RECHECK = "recheck"
_RECHECK_PROCESSES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """What is in the data.

    Attributes:
        manifest: the file with the manifest, in the folder of the run.
        known_hashes: the file with what is known of each file, in the folder of the run.
        files: how many regular files there are, and their `size_bytes`.
        links: how many symbolic links there are.
        others: how many FIFOs, sockets and devices there are.
        unreadable: the first files and folders that could not be read, as they may be shown with
            the reason; the manifest names them all.
        unreadable_count: how many there are.
        changed: the first files that changed while they were read, twice, or are gone, as they may
            be shown with the reason.
        changed_count: how many there are.
        closed: a path that not everyone may read, as it may be shown: the first such folder, or
            else the first such file; empty when others may read all.
        hashed_files: how many files were read for this inventory, and the `hashed_bytes`.
        reused_files: how many files have the hash that was known.
    """

    manifest: Path
    known_hashes: Path
    files: int
    size_bytes: int
    links: int
    others: int
    unreadable: tuple[str, ...]
    unreadable_count: int
    changed: tuple[str, ...]
    changed_count: int
    closed: str
    hashed_files: int
    hashed_bytes: int
    reused_files: int


def take_inventory(
    root: Path,
    run: RunFolder,
    *,
    known: Sequence[Path] = (),
    mode: Mode = Mode.REUSE,
    sample: float = 1.0,
    engine: EngineChoice,
    progress: Report,
) -> Inventory:
    """Find all files of the data and their hashes; go on where an interrupted run ended.

    Args:
        root: a folder, a file, or a link to one.
        run: its task is `hash`, and `root` is among its arguments.
        known: files of known hashes; a hash is used where size, times and inode are the same.
        mode: which files are read.
        sample: the share of the files that `Mode.SAMPLE` reads.
        engine: which does the work.
        progress: called as the work advances.

    Raises:
        DataUnreadableError: the root cannot be read.
        RunPendingError: the jobs of Slurm are not to be waited for.
        RunError: the work failed, or is too much for this machine; what is done is kept.
        RunLeft: Ctrl-C came while jobs of Slurm work; they go on.
    """
    if run.is_sealed:
        shards = iter(run.pending())
    else:
        is_slurm = engine.engine is EngineName.SLURM
        sources = Sources(mode, sample, keep_hashes(run), known)
        looked_at = 1 if is_slurm else _LOOKED_AT
        shards = _planned(ShardPlan(root, run, sources, looked_at))
    if engine.engine is EngineName.SLURM:
        from huggingnersc.adapters.engines.slurm import run_slurm

        deque(shards, maxlen=0)  # the work list has to be complete
        run_slurm(run, engine, progress)
    else:
        run_local(run, shards=shards, budget=engine.budget, report=progress)
    return _collected(root, run)


def recheck(inventory: Inventory, root: Path) -> tuple[str, ...]:
    """Return what of the data is not as the inventory has it, as it may be shown.

    Size, times and inode are compared, and new and missing names are found; no file is read.
    Data that was open to everyone and is closed now has changed, too.

    Raises:
        DataUnreadableError: the root cannot be read any more.
        RunFailedError: the processes fail.
    """
    folder = inventory.known_hashes.parent
    spec = replace(RunFolder.open(folder).spec, run_id=_RECHECK)
    shutil.rmtree(folder / _RECHECK, ignore_errors=True)
    run = RunFolder.create(folder, spec)
    sources = Sources(Mode.QUICK, known=[inventory.known_hashes])
    shards = _planned(ShardPlan(root, run, sources, _LOOKED_AT))
    processes = min(_RECHECK_PROCESSES, len(os.sched_getaffinity(0)))
    budget = LocalBudget(processes=processes, seconds=None, size_bytes=None)
    run_local(run, shards=shards, budget=budget, report=no_report)
    live = _collected(root, run)
    found = differences(inventory.known_hashes, live.known_hashes)
    run.remove()
    if live.closed and not inventory.closed:
        return (f"{live.closed}: not everyone may read it any more", *found)
    return found


def _planned(plan: ShardPlan) -> Iterator[int]:
    yield from plan.shards()
    write_whole(plan.run.path / _CLOSED_FILE, plan.closed.encode(errors="surrogateescape"))
    plan.run.seal()


def _collected(root: Path, run: RunFolder) -> Inventory:
    manifest, known_hashes = run.path / MANIFEST_FILE, run.path / KNOWN_HASHES_FILE
    counts = collect(run, manifest, known_hashes)
    closed = (run.path / _CLOSED_FILE).read_text(errors="surrogateescape")
    if not closed and counts.closed:
        closed = shown_path(root, counts.closed.encode())
    return Inventory(
        manifest=manifest,
        known_hashes=known_hashes,
        files=counts.files,
        size_bytes=counts.size_bytes,
        links=counts.links,
        others=counts.others,
        unreadable=tuple(counts.unreadable.first),
        unreadable_count=counts.unreadable.count,
        changed=tuple(counts.changed.first),
        changed_count=counts.changed.count,
        closed=closed,
        hashed_files=counts.hashed_files,
        hashed_bytes=counts.hashed_bytes,
        reused_files=counts.reused_files,
    )
