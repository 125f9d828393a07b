"""The results of the shards of an inventory, joined in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.adapters.inventory.shard_result import Counts, decoded
from huggingnersc.errors import RunDamagedError
from huggingnersc.fixes import Fix, Message, Verb

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.adapters.engines.run_folder import RunFolder

_OWN_HASHES = "own_hashes-{:03}.tsv"


def collect(run: RunFolder, manifest: Path, known_hashes: Path) -> Counts:
    """Write the manifest and the known hashes of a run whose shards are all done.

    Raises:
        RunDamagedError: a result is missing or damaged.
    """
    counts = Counts()
    with manifest.open("wb") as manifest_file, known_hashes.open("wb") as known_file:
        for number in range(run.shard_count):
            result = run.result(number)
            if result is None:
                raise _missing(run, number)
            shard = decoded(result)
            counts.add(shard.counts)
            manifest_file.write(shard.manifest)
            known_file.write(shard.known)
    return counts


def keep_hashes(run: RunFolder) -> list[Path]:
    """Keep the hashes of a run whose work list is to be made again; return all such files."""
    kept = sorted(run.path.glob(_OWN_HASHES.format(0).replace("000", "*")))
    results = (run.result(number) for number in run.done())
    known = (decoded(result).known for result in results if result is not None)
    if first := next(known, b""):
        file = run.path / _OWN_HASHES.format(len(kept))
        with file.open("wb") as stream:
            stream.write(first)
            stream.writelines(known)
        kept.append(file)
    return kept


def _missing(run: RunFolder, number: int) -> RunDamagedError:
    run_id = run.spec.run_id
    return RunDamagedError(
        f"The result of shard {number} of the run {run_id} is missing or damaged.",
        hint=Message("Do it again: ", Fix(Verb.RESUME_RUN, (run_id,))),
    )
