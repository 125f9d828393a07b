"""Make the sample of a version: a few examples of each split, as Parquet."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.loading.sample_members import find_members
from huggingnersc.adapters.loading.work import LoadingPart
from huggingnersc.adapters.statistics.describing_process import DescriptionError
from huggingnersc.domain.catalog.remote import VERSION_FOLDER
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.domain.loading.loading import SAMPLE_CONFIG, HubConfig
from huggingnersc.domain.loading.sample import (
    MOST_OTHER_TABLES,
    LeftOutColumn,
    SampledTable,
    SampleReport,
    unique_names,
)
from huggingnersc.domain.text.formatting import plural
from huggingnersc.domain.versions.version import SAMPLE_DIR

if TYPE_CHECKING:
    from huggingnersc.adapters.loading.work import LoadingWork
    from huggingnersc.adapters.statistics.describing_process import DescribingProcess
    from huggingnersc.domain.loading.loading import Source

_WRITE = "huggingnersc.adapters.loading.sample_files:write_samples"
_MOST_FILES = 200  # that the examples of a split are taken from
_MOST_PROBLEMS = 5  # that are named
_TABLES = {FileType.CSV.value, FileType.JSON_LINES.value, FileType.PARQUET.value}


def make_sample(
    work: LoadingWork, source: Source | None, process: DescribingProcess
) -> LoadingPart:
    """Write a small Parquet file for each split, without what looks personal or secret."""
    if not work.sample_rows:
        return LoadingPart(no_sample=work.no_sample)
    if source is None:
        return LoadingPart()
    target = work.folder / SAMPLE_DIR
    target.mkdir(mode=0o700, exist_ok=True)
    is_images = source.file_type == FileType.IMAGES
    most = work.sample_rows if is_images else min(work.sample_rows, _MOST_FILES)
    members = find_members(work.data, work.manifest, source, most)
    others = members.others[:MOST_OTHER_TABLES] if source.file_type in _TABLES else []
    stems = [
        PurePosixPath(one).name.partition(".")[0] if work.is_listed else "2" for one in others
    ]
    names = unique_names((f"{SAMPLE_CONFIG}_{stem}" for stem in stems), [SAMPLE_CONFIG])
    root = work.data.parent if work.data.is_file() else work.data
    try:
        found = process.ask(
            _WRITE,
            root=str(root.absolute()),
            file_type=source.file_type,
            layout=dict(source.layout),
            splits=members.splits,
            others=dict(zip(names, others, strict=True)),
            rows=work.sample_rows,
            target=str(target.absolute()),
            withheld=_withheld(work),
            is_listed=work.is_listed,
        )
    except DescriptionError as error:
        return LoadingPart(problems=(f"No sample was made: {error}",))
    return _part(work, found)


def _withheld(work: LoadingWork) -> dict[str, str]:
    """Return the columns whose values are left out of the statistics, which saw more of them."""
    columns = work.statistics["withheld"] if work.statistics else []
    return {one["column"]: one["reason"] for one in columns}


def _part(work: LoadingWork, found: dict[str, Any]) -> LoadingPart:
    configs, tables, files = [], [], dict[str, Path]()
    for name, splits in found["configs"]:
        paths = {split: f"{SAMPLE_DIR}/{one['file']}" for split, one in splits.items()}
        configs.append(HubConfig(name, {s: f"{VERSION_FOLDER}{p}" for s, p in paths.items()}))
        files |= {path: work.folder / path for path in paths.values()}
        tables += [
            SampledTable(paths[split], one["rows"], tuple(one["columns"]))
            for split, one in splits.items()
        ]
    left_out = tuple(LeftOutColumn(*one) for one in found["left_out"])
    return LoadingPart(
        configs=tuple(configs),
        files=files,
        sample=SampleReport(tuple(tables), left_out),
        problems=tuple(_problems(found["problems"])),
    )


def _problems(problems: list[str]) -> list[str]:
    listed = [f"Not in the sample: {one}." for one in problems[:_MOST_PROBLEMS]]
    more = len(problems) - _MOST_PROBLEMS
    return [*listed, f"Not in the sample: {plural(more, 'more file')}."] if more > 0 else listed
