"""Pack a dataset into shards, with splits that are disjoint and complete."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.engines.choice import EngineChoice, no_report
from huggingnersc.adapters.engines.explained_run import explained_run
from huggingnersc.adapters.engines.run_folder import RunFolder, remove_run
from huggingnersc.adapters.files.scratch_folder import scratch_folder
from huggingnersc.adapters.packing.listing import SourceRoot
from huggingnersc.adapters.packing.loadable_shards import is_loadable
from huggingnersc.adapters.packing.pack_folder import PackFolder
from huggingnersc.adapters.packing.sample_plan import planned_samples
from huggingnersc.adapters.packing.source_kind import inspect_source
from huggingnersc.api.packing.pack_run import (
    finish,
    is_worked_elsewhere,
    pack_run_id,
    pack_spec,
    plan_of,
    unwritten,
    work,
    write_list,
)
from huggingnersc.api.packing.pack_source import find_source
from huggingnersc.api.site import resolve_site
from huggingnersc.domain.engine_name import EngineName
from huggingnersc.domain.packing.options import PackOptions, SourceKind
from huggingnersc.domain.packing.planned_pack import PlannedPack
from huggingnersc.domain.text.formatting import first_names
from huggingnersc.domain.text.shell import shown
from huggingnersc.errors import PackExistsError, PackingError, PackOptionsError

if TYPE_CHECKING:
    from huggingnersc.adapters.engines.choice import Report
    from huggingnersc.adapters.packing.pack_plan import PackPlan
    from huggingnersc.api.packing.pack_source import FoundSource
    from huggingnersc.domain.packing.pack import Pack
    from huggingnersc.domain.packing.split_report import SplitProof
    from huggingnersc.domain.site import Site

_DEFAULTS = PackOptions()
_MOST_NAMED = 5


class PackOutcome(StrEnum):
    """How packing ended."""

    PACKED = "packed"
    UNCHANGED = "unchanged"  # the folder holds this pack already
    PLANNED = "planned"  # nothing was written


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A pack, or the plan of one.

    Attributes:
        outcome: packed, unchanged, or planned.
        out: the folder of the pack.
        plan: what it holds: splits, columns, what was left out.
        pack: the content of `pack.json`; None while it is only planned.
        proof: that the splits are disjoint and complete, by what was written; None where nothing
            was.
        loads: whether `datasets` loads the shards as they are; None while there are none.
    """

    outcome: PackOutcome
    out: Path
    plan: PlannedPack
    pack: Pack | None = None
    proof: SplitProof | None = None
    loads: bool | None = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a user should know."""
        return self.plan.warnings


def pack_dataset(
    source: str,
    out: Path,
    *,
    options: PackOptions = _DEFAULTS,
    dry_run: bool = False,
    engine: str = EngineName.LOCAL,
    jobs: int | None = None,
    wait: bool = True,
    site: Site | str | None = None,
    on_progress: Report = no_report,
) -> Packed:
    """Write the samples of a source as shards of splits.

    The same source, options and seed make the same bytes, whatever the machine and however many
    processes work. The source is only read.

    Args:
        source: a path, if it has a slash; else a nickname, or a version such as `iris@v1`.
        out: the folder for the pack: absent, empty, or what an earlier call left.
        options: how it is packed.
        dry_run: whether only to plan.
        engine: `local` or `slurm`.
        jobs: the most processes or tasks at a time; the site's when None.
        wait: whether to wait for the jobs of Slurm; `resume_run` completes it otherwise.
        site: the site, its name or its TOML file; chosen by the environment when None.
        on_progress: called while shards are written.

    Raises:
        PackOptionsError: the options are wrong; every problem is reported.
        SourceUnsuitableError: the source cannot be packed as it is; every reason is reported.
        PackExistsError: the folder holds something else.
        PackingError: the source cannot be read or has no samples, or there is too little space.
        DatasetUnknownError, VersionUnknownError, VersionDamagedError: there is no such dataset or
            version, or it cannot be read.
        RunError: the work failed, or is too much for this machine; what is done is kept.
    """
    if problems := [*options.problems()]:
        raise PackOptionsError("The pack cannot be made as asked for.", problems=problems)
    chosen = resolve_site(site)
    choice = EngineChoice.of(chosen, engine=engine, jobs=jobs, wait=wait)
    found, out = find_source(source, chosen), out.expanduser().absolute()
    _require_apart(found.root, out)
    folder = PackFolder(out)
    with scratch_folder() as scratch:
        plan, pack = _planned(found, options, scratch)
        run_path = Path(chosen.run_root) / pack_run_id(found, out, chosen)
        if done := _done(folder, pack, plan.newest_ns):
            if not dry_run:
                remove_run(run_path)  # left where an earlier call was killed at its end
            return done
        if not folder.is_empty and not run_path.exists():
            raise _other_content(folder)
        if dry_run:
            return Packed(outcome=PackOutcome.PLANNED, out=out, plan=pack)
        if not run_path.exists():  # a refusal leaves none
            folder.require_space(pack.size_bytes)
        root, spec = run_path.parent, pack_spec(source, found, out, pack, choice, chosen)
        with explained_run(root):
            run = RunFolder.create(root, spec)
            return _packed(run, plan, pack, choice, on_progress)


def resume_pack(run: RunFolder, choice: EngineChoice, site: Site, report: Report) -> Packed:
    """Do what is not done of the run of a pack, and return its result.

    Raises:
        The errors of `pack_dataset`.
    """
    out = Path(run.spec.arguments["out"])
    if not run.is_sealed:
        return pack_dataset(
            run.spec.request["source"],
            out,
            options=PackOptions(**run.spec.arguments["options"]),
            engine=choice.engine,
            jobs=choice.jobs,
            wait=choice.wait,
            site=site,
            on_progress=report,
        )
    pack = plan_of(run)
    with explained_run(run.path.parent), run.locked():
        PackFolder(out).make()
        work(run, iter(unwritten(run)), choice, report)
        return _finished(run, pack)


def _planned(
    found: FoundSource, options: PackOptions, scratch: Path
) -> tuple[PackPlan, PlannedPack]:
    source = SourceRoot(path=found.root, scratch=scratch, manifest=found.manifest)
    inspected = inspect_source(source, options)
    plan = _plan(source, inspected.kind, options.chosen(inspected.kind))
    return plan, _planned_pack(found, plan, inspected.warnings)


def _plan(source: SourceRoot, kind: SourceKind, options: PackOptions) -> PackPlan:
    if kind is SourceKind.TABLES:
        from huggingnersc.adapters.packing.table_plan import planned_tables

        return planned_tables(source, options)
    return planned_samples(source, kind, options)


def _planned_pack(found: FoundSource, plan: PackPlan, warnings: tuple[str, ...]) -> PlannedPack:
    return PlannedPack(
        source=found.source,
        options=plan.options.as_given(),
        plan_sha256=plan.digest,
        splits=plan.splits,
        samples=sum(split.samples for split in plan.splits),
        files=plan.files,
        size_bytes=plan.size_bytes,
        keys_sum=f"{plan.keys_sum:016x}",
        features=plan.layout.features,
        left_out=dict(plan.left_out),
        warnings=(*warnings, *plan.layout.warnings),
    )


def _packed(
    run: RunFolder,
    plan: PackPlan,
    pack: PlannedPack,
    choice: EngineChoice,
    report: Report,
) -> Packed:
    folder = PackFolder(Path(run.spec.arguments["out"]))
    with run.locked():
        if is_worked_elsewhere(run):
            work(run, iter(run.pending()), choice, report)
            return _finished(run, plan_of(run))
        folder.require_space(pack.size_bytes)
        folder.make()
        work(run, write_list(run, plan), choice, report)
        return _finished(run, pack)


def _finished(run: RunFolder, pack: PlannedPack) -> Packed:
    out = Path(run.spec.arguments["out"])
    done = finish(run, pack)
    return Packed(
        outcome=PackOutcome.PACKED,
        out=out,
        plan=pack,
        pack=done.pack,
        proof=done.proof,
        loads=is_loadable(out, done.pack),
    )


def _done(folder: PackFolder, plan: PlannedPack, newest_ns: int) -> Packed | None:
    """Return the pack that the folder holds already; None where it holds none.

    Raises:
        PackExistsError: it holds another one, or lacks shards.
        PackDamagedError: its `pack.json` cannot be read.
    """
    if not folder.has_pack:
        return None
    pack = folder.read()
    if not plan.is_of(pack) or newest_ns > folder.finished_ns():
        raise PackExistsError(
            f"{shown(folder.path)} holds the pack of other data or options.",
            hint="Name another folder, or remove this one.",
        )
    if lost := [one for one in pack.shards if not folder.has_shard(one.path, one.size_bytes)]:
        raise _without_shards(folder, [one.path for one in lost])
    return Packed(
        outcome=PackOutcome.UNCHANGED,
        out=folder.path,
        plan=plan,
        pack=pack,
        loads=is_loadable(folder.path, pack),
    )


def _without_shards(folder: PackFolder, paths: list[str]) -> PackExistsError:
    return PackExistsError(
        f"Shards of {shown(folder.path)} are missing, or have another size than they were written "
        f"with: {first_names(paths, _MOST_NAMED)}.",
        hint="Remove the folder to pack again, or name another one.",
    )


def _other_content(folder: PackFolder) -> PackExistsError:
    return PackExistsError(
        f"{shown(folder.path)} is not empty, and no unfinished run packs into it.",
        hint="Name a folder that is empty or not there.",
    )


def _require_apart(root: Path, out: Path) -> None:
    real_root, real_out = root.resolve(), out.resolve()
    if real_out.is_relative_to(real_root) or real_root.is_relative_to(real_out):
        raise PackingError(
            f"{shown(out)} and {shown(root)} are in one another.",
            hint="Name a folder outside of the source.",
        )
