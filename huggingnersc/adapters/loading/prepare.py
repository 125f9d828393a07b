"""Make the files by which a version is loaded, step by step."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.whole_file import write_whole
from huggingnersc.adapters.loading.files_table import list_files
from huggingnersc.adapters.loading.folders import list_folders
from huggingnersc.adapters.loading.images import index_images
from huggingnersc.adapters.loading.sample import make_sample
from huggingnersc.adapters.loading.source import find_source
from huggingnersc.adapters.loading.tables import publish_tables
from huggingnersc.adapters.statistics.describing_process import DescribingProcess
from huggingnersc.adapters.statistics.limits import DescribingLimits
from huggingnersc.domain.loading.loading import LOADING_FILE, NO_LOADING, Loading, loading_bytes
from huggingnersc.domain.loading.sample import NO_SAMPLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from huggingnersc.adapters.loading.work import LoadingPart, LoadingWork
    from huggingnersc.domain.loading.loading import Source
    from huggingnersc.domain.loading.sample import SampleReport

    # Makes a part, given the files of the data where they are known, and where they are opened.
    Step = Callable[[LoadingWork, Source | None, DescribingProcess], LoadingPart]

STEPS: tuple[Step, ...] = (
    find_source,
    make_sample,
    list_files,
    index_images,
    publish_tables,
    list_folders,
)


@dataclass(frozen=True, slots=True)
class PreparedLoading:
    """How a version is loaded, and the files for it.

    Attributes:
        loading: all that is known, also what is not public.
        files: by their paths in the version; with `loading.json` where anything is known.
        problems: what could not be made, each a sentence for whoever makes the version.
        sample: what the sample publishes.
    """

    loading: Loading
    files: Mapping[str, Path]
    problems: tuple[str, ...]
    sample: SampleReport = NO_SAMPLE


def prepare_loading(work: LoadingWork) -> PreparedLoading:
    """Make the files by which a version is loaded; the same data gives the same bytes.

    What cannot be made is in `problems`.
    """
    shutil.rmtree(work.folder, ignore_errors=True)
    work.folder.mkdir(mode=0o700)
    parts: list[LoadingPart] = []
    source: Source | None = None
    with loading_process(work) as process:
        for step in STEPS:
            process.restart_clock()
            part = step(work, source, process)
            if source is None and part.source is not None:
                source = replace(part.source, manifest_sha256=work.digest)
            parts.append(part)
    sample = next((part.sample for part in parts if part.sample), NO_SAMPLE)
    loading = Loading(
        configs=tuple(config for part in parts for config in part.configs),
        source=source,
        no_sample=next((part.no_sample for part in parts if part.no_sample), ""),
        sample_rows=0 if sample is NO_SAMPLE else work.sample_rows,
    )
    files = {path: file for part in parts for path, file in part.files.items()}
    if loading != NO_LOADING:
        files[LOADING_FILE] = work.folder / LOADING_FILE
        write_whole(files[LOADING_FILE], loading_bytes(loading))
    problems = tuple(text for part in parts for text in part.problems)
    return PreparedLoading(loading, files, problems, sample)


def loading_process(work: LoadingWork) -> DescribingProcess:
    """Return the process in which all steps open data: its start takes longer than most of them.

    Each step may take the time that the machine allows.
    """
    usual = DescribingLimits()
    if work.seconds is None:
        return DescribingProcess(usual)
    return DescribingProcess(DescribingLimits(seconds=min(work.seconds, usual.seconds)))
