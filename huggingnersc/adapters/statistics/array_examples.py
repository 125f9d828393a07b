"""How many examples files of arrays hold, counted as for a draft."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

from huggingnersc.adapters.data_files.budget import Budget
from huggingnersc.adapters.data_files.survey import survey_files
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.domain.draft.split import splits_of
from huggingnersc.domain.draft.survey import DataFile, Listing
from huggingnersc.errors import DatasetError, InstallationError


def count_examples(
    root: str, files: list[list[Any]], file_type: str, seconds: float
) -> list[tuple[str | None, int]] | None:
    """Return how many examples files hold by split, as `init-dataset` counts them.

    None where they cannot be counted, or not within the time.

    Args:
        root: the folder that the paths begin at.
        files: the path and the size of each.
        file_type: of all of them.
        seconds: that it may take.
    """
    held = tuple(
        DataFile(PurePosixPath(path), size_bytes, FileType(file_type))
        for path, size_bytes in files
    )
    try:
        survey = survey_files(Path(root), Listing(held), Budget(seconds=seconds))
    except (DatasetError, InstallationError):
        return None
    if len(survey.files) < len(held):
        return None
    if splits := splits_of(held):
        return [
            (one.name, sum(survey.files[file].examples for file in one.files)) for one in splits
        ]
    parts = [survey.files[file].parts for file in held if survey.fits(file)]
    if survey.largest.splits:
        names = [one.name for one in survey.largest.splits]
        return [*zip(names, map(sum, zip(*parts, strict=True)), strict=True)]
    return [(None, sum(one.examples for one in survey.files.values()))]
