"""Count what each folder of the data holds, for whoever looks through its files on the Hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.adapters.files.sorted_rows import SortedRows
from huggingnersc.adapters.loading.work import LoadingPart
from huggingnersc.domain.loading.loading import FOLDERS_FILE
from huggingnersc.domain.versions.folders import folder_columns, folder_line

if TYPE_CHECKING:
    from huggingnersc.adapters.loading.work import LoadingWork
    from huggingnersc.adapters.statistics.describing_process import DescribingProcess
    from huggingnersc.domain.loading.loading import Source


def list_folders(
    work: LoadingWork, _source: Source | None, _process: DescribingProcess
) -> LoadingPart:
    """Write `folders.tsv`; the memory that it takes does not grow with the manifest."""
    target = work.folder / FOLDERS_FILE
    with work.manifest.open("rb") as lines, target.open("wb") as written:
        rows = SortedRows(folder_columns(lines))  # its file ends with it
        written.writelines(map(folder_line, rows))
    return LoadingPart(files={FOLDERS_FILE: target})
