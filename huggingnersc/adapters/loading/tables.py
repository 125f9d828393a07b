"""Small tables in whole, as Parquet in the repository, where that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.adapters.loading.work import LoadingPart
from huggingnersc.adapters.statistics.describing_process import DescriptionError
from huggingnersc.domain.catalog.remote import VERSION_FOLDER
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.domain.loading.data_members import DataMembers
from huggingnersc.domain.loading.loading import TABLES_CONFIG, HubConfig, split_files
from huggingnersc.domain.loading.manifest_rows import manifest_rows
from huggingnersc.domain.text.formatting import plural, size_words
from huggingnersc.domain.versions.version import TABLES_DIR

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from huggingnersc.adapters.loading.work import LoadingWork
    from huggingnersc.adapters.statistics.describing_process import DescribingProcess
    from huggingnersc.domain.loading.loading import Source

MOST_TABLE_BYTES = 50_000_000  # of the files of a split
_MOST_REASONS = 20  # that are named
_TASK = "huggingnersc.adapters.loading.whole_table:write_table"
_TABLES = frozenset({FileType.CSV, FileType.JSON_LINES, FileType.PARQUET})


def publish_tables(
    work: LoadingWork, source: Source | None, process: DescribingProcess
) -> LoadingPart:
    """Write each split of small tables as Parquet, all of them or none."""
    if not work.tables:
        return LoadingPart()
    if source is None or source.file_type not in _TABLES:
        return _refused(["only CSV, JSON lines and Parquet can be"])
    members, refused = _members(work, source)
    files = split_files(f"{TABLES_DIR}/", (split for split, paths in members.items() if paths))
    if reasons := [*refused, *_written(work, source, members, files, process)]:
        return _refused(reasons)
    in_repository = {split: f"{VERSION_FOLDER}{path}" for split, path in files.items()}
    return LoadingPart(
        configs=(HubConfig(TABLES_CONFIG, in_repository),) if files else (),
        files={path: work.folder / path for path in files.values()},
    )


def _refused(reasons: Sequence[str]) -> LoadingPart:
    most = len(reasons) - _MOST_REASONS
    listed = [*reasons[:_MOST_REASONS], *([f"{most:,} more reasons"] if most > 0 else [])]
    again = "Fix the data and run the command again, or make the version without tables."
    return LoadingPart(
        problems=(*(f"The tables are not published as Parquet: {one}." for one in listed), again)
    )


def _written(
    work: LoadingWork,
    source: Source,
    members: Mapping[str, Sequence[str]],
    files: Mapping[str, str],
    process: DescribingProcess,
) -> Iterator[str]:
    """Write the table of each split, and yield the reasons why one cannot be published."""
    (work.folder / TABLES_DIR).mkdir(exist_ok=True)
    for split, path in files.items():
        try:
            reasons = process.ask(
                _TASK,
                data=str(work.data),
                paths=members[split],
                file_type=source.file_type,
                layout=dict(source.layout),
                target=str((work.folder / path).absolute()),
            )
        except DescriptionError as error:
            reasons = [str(error)]
        where = f"in the split {split}, " if len(files) > 1 else ""
        yield from (f"{where}{one}" for one in reasons)


def _members(work: LoadingWork, source: Source) -> tuple[Mapping[str, list[str]], list[str]]:
    """Return the paths of the files of each split, in the order of the manifest, and reasons.

    A split that is too large has no paths, but a reason; so have names that are not UTF-8.
    """
    members = DataMembers(source)
    found: dict[str, list[str]] = {split: [] for split in members.splits}
    sizes, unnamed = dict.fromkeys(members.splits, 0), 0
    with work.manifest.open("rb") as lines:
        for listed, path, size_bytes, sha256 in manifest_rows(lines):
            split = members.split_of(path or listed) if sha256 else None
            if not split:
                continue
            if path is None:
                unnamed += 1
                continue
            sizes[split] += size_bytes
            if sizes[split] <= MOST_TABLE_BYTES:
                found[split].append(path)
    large = [split for split in sizes if sizes[split] > MOST_TABLE_BYTES]
    most = size_words(MOST_TABLE_BYTES)
    reasons = [f"the files of the split {split} have more than {most}" for split in large]
    if unnamed:
        reasons.append(f"{plural(unnamed, 'file name is', 'file names are')} not UTF-8")
    return {split: [] if split in large else paths for split, paths in found.items()}, reasons
