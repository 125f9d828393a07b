"""A dataset looked at: how its files are built and how many examples they hold."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from huggingnersc.adapters.data_files.hdf5 import count_hdf5, look_at_hdf5
from huggingnersc.adapters.data_files.lines import (
    count_lines,
    count_rows,
    look_at_table,
    look_at_text,
)
from huggingnersc.adapters.data_files.netcdf import count_netcdf, look_at_netcdf
from huggingnersc.domain.draft.data_layout import Count, DataFile, FileCount, Kind, Layout, summed
from huggingnersc.domain.draft.type_promotion import promoted
from huggingnersc.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from huggingnersc.adapters.data_files.budget import Budget
    from huggingnersc.domain.draft.data_layout import Listing
    from huggingnersc.domain.draft.row_anomalies import RowAnomalies

_LOOKS = {
    Kind.CSV: look_at_table,
    Kind.HDF5: look_at_hdf5,
    Kind.NETCDF: look_at_netcdf,
    Kind.TEXT: look_at_text,
}


@dataclass(frozen=True, slots=True)
class FileSurvey:
    """What was seen of the files of one type.

    Attributes:
        layout: how they are built; the largest file is the model, and the types of columns are
            those that all cells read have.
        count: their examples.
        members: the files built like the model, or not reached in time.
        others: files of the type that are built in another way.
        odd: what the rows of each member that was reached hold, in the order they were read.
    """

    layout: Layout
    count: Count
    members: tuple[DataFile, ...]
    others: tuple[DataFile, ...]
    odd: Mapping[DataFile, RowAnomalies] = field(default_factory=dict)


def survey_files(root: Path, listing: Listing, kind: Kind, budget: Budget) -> FileSurvey:
    """Look at the files of one type and count their examples within a budget.

    Raises:
        DatasetError: a file cannot be read.
        InstallationError: the library for the type is not installed.
    """
    files = listing.of(kind)
    try:
        model = max(files, key=lambda file: file.size_bytes)
        layout = _LOOKS[kind](root / model.path)
        counts: dict[DataFile, FileCount] = {}
        for file in (model, *(file for file in files if file != model)):
            if counts and budget.is_spent:
                break
            counts[file] = _count(root / file.path, file.size_bytes, kind, layout, budget)
    except OSError as error:
        raise DatasetError(
            f"{error.filename or root} cannot be read: {error.strerror or error}.",
            hint="Give files that you can read.",
        ) from error
    others = tuple(file for file in files if file in counts and not counts[file].fits)
    members = tuple(file for file in files if file not in counts or counts[file].fits)
    total_bytes = sum(file.size_bytes for file in members)
    count = summed(counts.values(), total_bytes, is_whole=listing.is_whole)
    odd = {file: counted.odd for file, counted in counts.items() if counted.fits}
    return FileSurvey(_fitted(layout, odd.values()), count, members, others, odd)


def _fitted(layout: Layout, odd: Iterable[RowAnomalies]) -> Layout:
    wider = [one for rows in odd for one in rows.wider]
    wider.sort(key=lambda one: one.type == "str")  # the widest wins
    return replace(layout, columns=promoted(layout.columns, wider))


def _count(file: Path, size_bytes: int, kind: Kind, layout: Layout, budget: Budget) -> FileCount:
    match kind:
        case Kind.CSV:
            return count_rows(file, layout, size_bytes, budget)
        case Kind.TEXT:
            return count_lines(file, size_bytes, budget)
        case Kind.HDF5:
            return count_hdf5(file, layout, size_bytes)
        case Kind.NETCDF:
            return count_netcdf(file, layout, size_bytes)
