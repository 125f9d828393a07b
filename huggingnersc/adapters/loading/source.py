"""Find the files that hold the data, and how they are read."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.loading.work import LoadingPart
from huggingnersc.adapters.statistics.describing_process import (
    DescribingProcess,
    DescriptionError,
)
from huggingnersc.adapters.statistics.limits import DescribingLimits
from huggingnersc.domain.loading.data_members import DataMembers
from huggingnersc.domain.loading.generic_builder import unreadable_because
from huggingnersc.domain.loading.loading import MOST_LISTED_FILES, Source
from huggingnersc.domain.text.formatting import plural

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.adapters.loading.work import LoadingWork

_SURVEY = "huggingnersc.adapters.loading.survey_source:survey_source"
_MOST_FILES = 10_000  # that are opened
_MOST_BYTES = 256 << 20  # that are read to count examples
_MOST_NAMED = 5  # links
_LINK = b"\tlink:"


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
    source = Source(**_tuples(found), manifest=_short_manifest(work.manifest))
    problems = []
    if reasons := unreadable_because(source):
        problems.append(
            f"load_dataset cannot read these HDF5 files, as {' and '.join(reasons)}; "
            "load_NICKNAME.py loads them."
        )
    links, named = _links(work.manifest, source)
    if links:  # what they lead to was counted, too
        source = replace(source, links=links, examples={})
        problems.append(_links_problem(links, named))
    return LoadingPart(source=source, problems=tuple(problems))


def _links(manifest: Path, source: Source) -> tuple[int, list[str]]:
    """Return how many links are called like data, and the first of them."""
    members, count, named = DataMembers(source), 0, list[str]()
    with manifest.open("rb") as lines:
        for line in lines:
            if _LINK not in line:
                continue
            name = line.partition(b"\t")[0].decode()
            if members.is_data(name):
                count += 1
                named += [name] if count <= _MOST_NAMED else []
    return count, named


def _links_problem(count: int, named: list[str]) -> str:
    more = f" and {count - len(named):,} more" if count > len(named) else ""
    are = plural(count, "data file is a symbolic link", "data files are symbolic links")
    return (
        f"{are}: {', '.join(named)}{more}. A version records where a link leads, not what is "
        "there, so nothing of that is loaded, sampled or verified. To include it, replace the "
        "links by hard links or copies, or take the folder that they lead to as the data path."
    )


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
