"""Survey data as for a draft; a task of a describing process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.budget import Budget
from huggingnersc.adapters.data_files.listing import list_files
from huggingnersc.adapters.data_files.survey import survey_files
from huggingnersc.domain.draft.data_layout import lay_out
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.domain.draft.layout_json import layout_json

if TYPE_CHECKING:
    from huggingnersc.domain.draft.data_layout import DataLayout
    from huggingnersc.domain.draft.survey import DataFile


def survey_source(root: str, most_files: int, most_bytes: int) -> dict[str, Any] | None:
    """Return the files of a dataset and their structure, the values of a `Source` by name.

    None where no file has a type that a loader can be written for, or each that has one is empty.

    It reads the same of the same data each time, so the time it may take is not its concern.

    Args:
        root: of the data, absolute.
        most_files: that are opened.
        most_bytes: that are read to count examples.

    Raises:
        DatasetError: the data cannot be read, or not by one loader.
        InstallationError: the library for its file type is not installed.
    """
    listing = list_files(Path(root), Budget(), links=False)  # as in the manifest
    if not any(map(_may_hold_examples, listing.files)):
        return None
    survey = survey_files(Path(root), listing, Budget(files=most_files, size_bytes=most_bytes))
    data = lay_out(survey)
    return {
        "file_type": data.file_type.value,
        "suffixes": [*data.suffixes],
        "only": data.path.name if data.is_file else "",
        "splits": {one.name: one.pattern for one in data.splits if one.pattern is not None},
        "left_out": [*data.left_out],
        "layout": layout_json(data.file),
        "examples": _examples(data),
    }


def _may_hold_examples(file: DataFile) -> bool:
    """Return whether a file is of a known type, and not empty; a Zarr store is a folder."""
    return file.file_type is FileType.ZARR or bool(file.file_type and file.size_bytes)


def _examples(data: DataLayout) -> dict[str, int]:
    """Return the examples by split; nothing where not all were counted."""
    named = [one.name for one in data.splits] or ["train"]
    counts = [*data.split_counts] or [data.count]
    if not all(one.is_exact for one in counts):
        return {}
    return {name: one.counted for name, one in zip(named, counts, strict=True)}
