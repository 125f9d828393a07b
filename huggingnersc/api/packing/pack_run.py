"""The run of a pack: the work list in its folder, the work, and the end."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.clock import moment_now
from huggingnersc.adapters.engines.local import run_local
from huggingnersc.adapters.engines.run_folder import RunFolder, RunSpec
from huggingnersc.adapters.engines.run_id import run_id_of
from huggingnersc.adapters.engines.submission import submissions
from huggingnersc.adapters.packing.pack_folder import PackFolder
from huggingnersc.adapters.packing.pack_shard import pack_result
from huggingnersc.domain.engine_name import EngineName
from huggingnersc.domain.packing.planned_pack import planned_pack_of
from huggingnersc.errors import PackDamagedError, RunDamagedError
from huggingnersc.fixes import Fix, Message, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.adapters.engines.choice import EngineChoice, Report
    from huggingnersc.adapters.packing.pack_plan import PackPlan
    from huggingnersc.api.packing.pack_source import FoundSource
    from huggingnersc.domain.packing.pack import Pack
    from huggingnersc.domain.packing.planned_pack import PlannedPack
    from huggingnersc.domain.packing.split_report import SplitProof
    from huggingnersc.domain.site import Site

TASK = "pack"


@dataclass(frozen=True, slots=True)
class FinishedPack:
    """A pack that was written, and the proof of its splits."""

    pack: Pack
    proof: SplitProof


def pack_run_id(found: FoundSource, out: Path, site: Site) -> str:
    """Return the id of the run that packs a source into a folder."""
    return run_id_of(Verb.PACK_DATASET, found.name, site.catalog_root, out)


def pack_spec(
    word: str,
    found: FoundSource,
    out: Path,
    plan: PlannedPack,
    choice: EngineChoice,
    site: Site,
) -> RunSpec:
    """Return what the run of a pack does.

    Args:
        word: by which the user named the source.
        found: the source.
        out: the folder of the pack, absolute.
        plan: what the pack will be.
        choice: how the work is done.
        site: where runs are kept.
    """
    return RunSpec(
        run_id=pack_run_id(found, out, site),
        verb=Verb.PACK_DATASET,
        engine=choice.engine,
        task=TASK,
        created_at=moment_now(),
        arguments={
            "root": str(found.root),
            "out": str(out),
            "form": plan.options["form"],
            "seed": plan.options["seed"],
            "options": plan.options,
            "source": asdict(plan.source),
        },
        request={"source": str(found.root) if found.source.path else word, "plan": plan.as_json()},
    )


def plan_of(run: RunFolder) -> PlannedPack:
    """Return what the pack of a run will be.

    Raises:
        RunDamagedError: the run says nothing about it.
    """
    try:
        return planned_pack_of(run.spec.request["plan"])
    except (ValueError, LookupError) as error:
        run_id = run.spec.run_id
        raise RunDamagedError(f"The run {run_id} is not that of a pack.") from error


def write_list(run: RunFolder, plan: PackPlan) -> Iterator[int]:
    """Make the work list of a run; yield the numbers of the shards that are to be written.

    A shard that comes out as in an earlier list keeps its result.
    """
    run.reopen()
    for shard in plan.shards():
        number = run.add_shard(shard.job, files=shard.samples, size_bytes=shard.size_bytes)
        if not _is_written(run, number):
            yield number
    run.seal()


def is_worked_elsewhere(run: RunFolder) -> bool:
    """Return whether jobs of Slurm work on a run, so that its work list has to stay."""
    if not run.is_sealed or not submissions(run):
        return False
    from huggingnersc.adapters.engines.slurm import submitted_tasks

    return any(task.is_active for task in submitted_tasks(run))


def unwritten(run: RunFolder) -> list[int]:
    """Return the shards that are to be written; one whose file is gone is among them."""
    return [number for number in range(run.shard_count) if not _is_written(run, number)]


def _is_written(run: RunFolder, number: int) -> bool:
    if not run.is_done(number):
        return False
    result = run.result(number)
    folder = PackFolder(Path(run.spec.arguments["out"]))
    if result is not None:
        shard = pack_result(result).shard
        has_manifest = (folder.path / shard.manifest_path).is_file()
        if has_manifest and folder.has_shard(shard.path, shard.size_bytes):
            return True
    run.forget_result(number)
    return False


def work(run: RunFolder, shards: Iterator[int], choice: EngineChoice, report: Report) -> None:
    """Write shards by an engine.

    Raises:
        RunPendingError: the jobs of Slurm are not to be waited for.
        RunError: the work failed, or is too much for this machine; what is done is kept.
        RunLeft: Ctrl-C came while jobs of Slurm work; they go on.
    """
    run.update(replace(run.spec, engine=choice.engine))
    if choice.engine is EngineName.SLURM:
        from huggingnersc.adapters.engines.slurm import run_slurm

        deque(shards, maxlen=0)  # the work list has to be complete
        run_slurm(run, choice, report)
    else:
        run_local(run, shards=shards, budget=choice.budget, report=report)


def finish(run: RunFolder, plan: PlannedPack) -> FinishedPack:
    """Write `pack.json` of a run whose shards are all written, and remove the run.

    Raises:
        RunDamagedError: a result is missing.
        PackDamagedError: the shards do not hold the samples of the plan.
    """
    results = []
    for number in range(run.shard_count):
        if not _is_written(run, number):
            raise _missing(run, number)
        results.append(pack_result(run.result(number) or b""))
    shards = [one.shard for one in results]
    proof = plan.proof_of([one.keys_sum for one in results], shards)
    if not proof.holds:
        raise PackDamagedError(
            "The shards do not hold the samples that were planned.",
            hint=Message("Begin again: ", Fix(Verb.CANCEL_RUN, (run.spec.run_id,))),
        )
    pack = plan.pack_of(shards)
    PackFolder(Path(run.spec.arguments["out"])).write(pack)
    run.remove()
    return FinishedPack(pack, proof)


def _missing(run: RunFolder, number: int) -> RunDamagedError:
    run_id = run.spec.run_id
    return RunDamagedError(
        f"The result of shard {number} of the run {run_id} is missing or damaged.",
        hint=Message("Do it again: ", Fix(Verb.RESUME_RUN, (run_id,))),
    )
