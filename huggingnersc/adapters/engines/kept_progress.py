"""How far a transfer is, kept in its run beside the results, which come only with whole shards."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.adapters.engines.choice import Report, WorkProgress
    from huggingnersc.adapters.engines.run_folder import RunFolder

_FILE = "progress"  # in the folder of the run
_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class KeptProgress:
    """How far a transfer was when it said so last.

    Attributes:
        files: how many are done.
        size_bytes: of what is done, parts of files included.
        bytes_per_s: the rate since its process began; 0 where nothing was moved.
    """

    files: int
    size_bytes: int
    bytes_per_s: float


@contextmanager
def keeping_progress(run: RunFolder, report: Report) -> Iterator[Report]:
    """Yield what is called in place of `report`, and also keeps how far the run is."""
    reports: list[tuple[float, WorkProgress]] = []  # the first and the latest
    written_at = 0.0

    def kept(work: WorkProgress) -> None:
        nonlocal written_at
        report(work)
        now = time.monotonic()
        reports[1:] = [(now, work)]
        if not written_at or now - written_at >= _EVERY_S:
            _write(run, reports)
            written_at = now

    try:
        yield kept
    finally:
        if reports and run.path.exists():
            _write(run, reports)


def progress_kept(run: RunFolder) -> KeptProgress | None:
    """Return how far a transfer was; None where it did not say, or this is none."""
    with suppress(OSError, ValueError, TypeError):
        return KeptProgress(**json.loads((run.path / _FILE).read_bytes()))
    return None


def _write(run: RunFolder, reports: list[tuple[float, WorkProgress]]) -> None:
    (begin, begun), (end, latest) = reports[0], reports[-1]
    moved, seconds = latest.size_bytes - begun.size_bytes, end - begin
    rate = moved / seconds if moved > 0 and seconds > 0 else 0.0
    content = asdict(KeptProgress(latest.files, latest.size_bytes, rate))
    with suppress(OSError):  # it is for `status_run` only, and no reason to stop
        write_whole(run.path / _FILE, json.dumps(content).encode() + b"\n")
