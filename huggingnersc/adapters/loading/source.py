"""Find the files that hold the data, and how they are read."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.loading.work import LoadingPart
from huggingnersc.adapters.statistics.describing_process import (
    DescribingProcess,
    DescriptionError,
)
from huggingnersc.adapters.statistics.limits import DescribingLimits
from huggingnersc.domain.loading.loading import MOST_LISTED_FILES, Source

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.adapters.loading.work import LoadingWork

_SURVEY = "huggingnersc.adapters.loading.survey_source:survey_source"
_MOST_FILES = 10_000  # that are opened
_MOST_BYTES = 256 << 20  # that are read to count examples


def find_source(work: LoadingWork, _source: Source | None) -> LoadingPart:
    """Survey the data as a draft does; data that no loader can be written for has no source."""
    try:
        with DescribingProcess(loading_limits(work)) as process:
            found = process.ask(
                _SURVEY,
                root=str(work.data.absolute()),
                most_files=_MOST_FILES,
                most_bytes=_MOST_BYTES,
            )
    except (DescriptionError, OSError) as error:  # the latter where no process can be started
        return LoadingPart(problems=(f"How the data is loaded was not found: {error}",))
    if found is None:
        return LoadingPart()
    return LoadingPart(source=Source(**_tuples(found), manifest=_short_manifest(work.manifest)))


def loading_limits(work: LoadingWork) -> DescribingLimits:
    """Return what looking into the data may use."""
    usual = DescribingLimits()
    if work.seconds is None:
        return usual
    return DescribingLimits(seconds=min(work.seconds, usual.seconds))


def _tuples(found: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(one) if isinstance(one, list) else one for key, one in found.items()}


def _short_manifest(manifest: Path) -> str:
    """Return a manifest of at most 1,000 lines; else nothing."""
    with manifest.open("rb") as file:
        lines = [*islice(file, MOST_LISTED_FILES + 1)]
    return b"".join(lines).decode() if len(lines) <= MOST_LISTED_FILES else ""
