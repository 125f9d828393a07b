"""The files of the data as they are now, by a run that ends with its use."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.clock import moment_now
from huggingnersc.adapters.engines.explained_run import explained_run
from huggingnersc.adapters.engines.run_folder import RunFolder, RunSpec
from huggingnersc.adapters.engines.run_id import run_id_of
from huggingnersc.api.versions.take_inventory import take_inventory
from huggingnersc.domain.engine_name import EngineName
from huggingnersc.domain.versions.inventory_mode import Mode
from huggingnersc.domain.versions.moment import MOMENT_FORM
from huggingnersc.errors import DataUnreadableError, RunError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from huggingnersc.adapters.engines.choice import EngineChoice, Report
    from huggingnersc.api.versions.take_inventory import Inventory
    from huggingnersc.domain.site import Site
    from huggingnersc.fixes import Verb

_MOST_AGE = timedelta(days=1)  # an older unfinished run says little about the data of today


def inventory_run(
    data: Path,
    verb: Verb,
    name: str,
    *,
    choice: EngineChoice,
    site: Site,
    request: Mapping[str, Any],
) -> RunFolder:
    """Open the run of an inventory; one that was interrupted less than a day ago is continued.

    Args:
        data: the root of the data.
        verb: what it is for.
        name: a word for the id of the run, such as a nickname.
        choice: how the work is done.
        site: where runs are kept.
        request: what is needed to complete the verb; also tells runs apart.

    Raises:
        RunError: the folder of an earlier run cannot be used.
    """
    spec = RunSpec(
        run_id=run_id_of(verb, name, site.catalog_root, data, sorted(request.items())),
        verb=verb,
        engine=choice.engine,
        task="hash",
        created_at=moment_now(),
        arguments={"root": str(data)},
        request=request,
    )
    with explained_run(Path(site.run_root)):
        run = RunFolder.create(Path(site.run_root), spec)
    if choice.engine is EngineName.SLURM:  # jobs may wait for days
        return run
    begun = datetime.strptime(run.spec.created_at, MOMENT_FORM).replace(tzinfo=UTC)
    if datetime.now(UTC) - begun > _MOST_AGE:
        with run.locked():
            run.restart(moment_now())
    return run


@contextmanager
def inventory_of(
    run: RunFolder,
    *,
    known: Sequence[Path] = (),
    mode: Mode = Mode.REUSE,
    sample: float = 1.0,
    choice: EngineChoice,
    report: Report,
) -> Iterator[Inventory]:
    """Take the inventory of a run; its folder is removed at the end of the block.

    Where the block fails, the run is kept to be continued.

    Args:
        run: made by `inventory_run`.
        known: files of known hashes.
        mode: which files are read.
        sample: the share of the files that `Mode.SAMPLE` reads.
        choice: how the work is done.
        report: called as the work advances.

    Raises:
        The errors of `take_inventory`.
    """
    root = Path(run.spec.arguments["root"])
    with explained_run(run.path.parent), run.locked():
        try:
            inventory = take_inventory(
                root, run, known=known, mode=mode, sample=sample, engine=choice, progress=report
            )
        except DataUnreadableError:  # there is nothing to be continued
            _discard(run)
            raise
        yield inventory
        _discard(run)  # while it is locked, so that it is not taken from under another process


def _discard(run: RunFolder) -> None:
    """Remove a run that is done with; what is left is in no one's way."""
    with suppress(RunError):
        run.remove()
