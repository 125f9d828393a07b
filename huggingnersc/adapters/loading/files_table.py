"""The manifest as rows: where each file is, its size, its SHA-256 and its split."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.adapters.loading.row_file import RowFile
from huggingnersc.adapters.loading.work import LoadingPart
from huggingnersc.domain.catalog.remote import VERSION_FOLDER
from huggingnersc.domain.loading.data_members import DataMembers
from huggingnersc.domain.loading.file_addresses import file_url, portal_base
from huggingnersc.domain.loading.loading import FILES_CONFIG, FILES_TABLE, HubConfig
from huggingnersc.domain.loading.manifest_rows import manifest_rows
from huggingnersc.errors import InstallationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from huggingnersc.adapters.loading.work import LoadingWork
    from huggingnersc.adapters.statistics.describing_process import DescribingProcess
    from huggingnersc.domain.loading.loading import Source

_TYPES = {
    "path": "string",
    "site_path": "string",
    "url": "string",
    "size_bytes": "int64",
    "sha256": "string",
    "split": "string",
}


def list_files(
    work: LoadingWork, source: Source | None, _process: DescribingProcess
) -> LoadingPart:
    """Write the manifest as a Parquet file; where each file is on the portal, if it is there."""
    target = work.folder / FILES_TABLE
    try:
        with RowFile(target, _TYPES, few=["split"]) as file:
            for row in _rows(work, source):
                file.add(row)
    except InstallationError as error:
        return LoadingPart(problems=(f"The list of files was not made: {error} {error.hint}",))
    config = HubConfig(FILES_CONFIG, {"train": f"{VERSION_FOLDER}{FILES_TABLE}"})
    return LoadingPart(configs=(config,), files={FILES_TABLE: target})


def _rows(work: LoadingWork, source: Source | None) -> Iterator[tuple[Any, ...]]:
    members = DataMembers(source) if source else None
    base, root = portal_base(work.portal_link), f"{work.data}/"
    with work.manifest.open("rb") as lines:
        for row in manifest_rows(lines):
            listed, path, size_bytes, sha256 = row
            if path is None:
                yield listed, None, None, size_bytes, sha256, None
                continue
            url = file_url(base, path) if base else None
            split = members.split_of(path) if members and row.may_hold_data else None
            yield listed, root + path, url, size_bytes, sha256, split or None
