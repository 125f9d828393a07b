"""What a loader must know of a dataset, decided from the survey of its files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.draft.array_layout import are_examples, whole_files
from huggingnersc.domain.draft.file_type import COMPRESSED, FileType, data_suffix
from huggingnersc.domain.draft.layout import ExampleUnit
from huggingnersc.domain.draft.names import dataset_name
from huggingnersc.domain.draft.row_anomalies import promoted
from huggingnersc.domain.draft.split import Split, splits_of
from huggingnersc.domain.draft.warnings import (
    array_warnings,
    image_warnings,
    row_warnings,
    split_warnings,
    survey_warnings,
)
from huggingnersc.domain.text.formatting import plural
from huggingnersc.errors import DatasetError
from huggingnersc.fixes import Message, Option

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import PurePosixPath

    from huggingnersc.domain.draft.layout import FileLayout
    from huggingnersc.domain.draft.survey import DataFile, DataSurvey, FileSurvey
    from huggingnersc.fixes import Text

_CATEGORIES = (
    "n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M", "100M<n<1B",
    "1B<n<10B", "10B<n<100B", "100B<n<1T", "n>1T",
)  # fmt: skip
_MOST_LEFT_OUT = 50


@dataclass(frozen=True, slots=True)
class ExampleCount:
    """How many examples there are.

    Attributes:
        counted: those that were counted.
        is_exact: whether that is all of them.
        estimate: the number in all, by the share of the bytes counted; None where the files could
            not even be listed in time.
    """

    counted: int
    is_exact: bool = True
    estimate: int | None = None

    @property
    def examples(self) -> int | None:
        """The best number there is for all of them; None when only a lower bound is known."""
        return self.counted if self.is_exact else self.estimate

    @property
    def text(self) -> str:
        """The number for people, and whether it is exact."""
        if self.is_exact:
            return plural(self.counted, "example")
        at_least = f"at least {plural(self.counted, 'example')}"
        return at_least + (f", about {self.estimate:,} by size" if self.estimate else "")


@dataclass(frozen=True, slots=True)
class DataLayout:
    """What a loader must know of a dataset, and warnings about it.

    Attributes:
        path: where the data is, absolute.
        name: the part of the path that names the dataset; empty where none does.
        file_types: all types a loader could be written for, the one with the most bytes first.
        members: the files that the loader reads.
        left_out: files with the suffix of such a file that the loader must not read.
        suffixes: of the members.
        file: the structure of each member.
        count: the examples of the members, over all splits.
        splits: such as train and test, that the loader reads one at a time; none where all
            examples are one stream.
        split_counts: the examples of each split.
        warnings: worth a review, although a loader can be written.
        is_file: whether the data is a single file.
    """

    path: PurePosixPath
    name: str
    file_types: tuple[FileType, ...]
    members: tuple[DataFile, ...]
    left_out: tuple[str, ...]
    suffixes: tuple[str, ...]
    file: FileLayout
    count: ExampleCount
    splits: tuple[Split, ...] = ()
    split_counts: tuple[ExampleCount, ...] = ()
    warnings: tuple[Text, ...] = ()
    is_file: bool = False

    @property
    def folder(self) -> PurePosixPath:
        """The folder to catalog: that of the data, also where the data is a single file."""
        return self.path.parent if self.is_file else self.path

    @property
    def file_type(self) -> FileType:
        """The type of the files that the loader reads."""
        return self.file_types[0]

    @property
    def partitions(self) -> tuple[str, ...]:
        """The keys in the folders of every member, as in `year=2020/part-0.parquet`."""
        if self.file_type is not FileType.PARQUET:
            return ()
        folders = ([part.partition("=") for part in m.path.parts[:-1]] for m in self.members)
        found = {tuple(key for key, sign, _ in parts if key and sign) for parts in folders}
        return found.pop() if len(found) == 1 else ()

    @property
    def compressed(self) -> tuple[str, ...]:
        """The suffixes of those members that are compressed."""
        return tuple(suffix for suffix in self.suffixes if suffix.lower().endswith(COMPRESSED))


def lay_out(survey: DataSurvey, *, distributed: bool = False) -> DataLayout:
    """Decide what the loader reads, and how.

    Raises:
        DatasetError: a single loader cannot read these files, or no distributed one can.
    """
    survey = _with_whole_files(survey)
    files = survey.listing.of(survey.file_type)
    others = tuple(file for file in files if not survey.fits(file))
    fitting = tuple(file for file in files if survey.fits(file))
    splits = _splits(survey, fitting)
    members = tuple(file for split in splits for file in split.files)
    members = fitting if survey.largest.splits else members or fitting
    file = replace(_promoted(survey), is_by_time=_is_by_time(survey, members))
    count = _count(survey, members)
    layout = DataLayout(
        path=survey.root,
        name=dataset_name(survey.root, is_file=survey.is_file),
        is_file=survey.is_file,
        file_types=survey.listing.file_types,
        members=members,
        left_out=_left_out(survey, others),
        suffixes=tuple(sorted({data_suffix(_path(survey, member)) for member in members})),
        file=file,
        count=count,
        splits=splits,
        split_counts=_split_counts(survey, splits),
        warnings=(
            *survey_warnings(survey, others),
            *split_warnings([file for file in fitting if file not in members]),
            *count_warnings(count),
            *row_warnings(
                {
                    str(survey.root / member.path): one.anomalies
                    for member, one in survey.files.items()
                    if one.fits
                },
                file,
            ),
            *array_warnings(file),
            *image_warnings(file),
        ),
    )
    _require_loadable(layout, distributed=distributed)
    return layout


def _with_whole_files(survey: DataSurvey) -> DataSurvey:
    """Return the survey with each file as an example, where all files seem to be one."""
    known = {file: one for file, one in survey.files.items() if one.fits}
    is_row = survey.largest.unit is ExampleUnit.ROW
    if not (is_row and survey.largest.whole and len(known) > 1):
        return survey
    if not are_examples(survey.largest, [one.shapes for one in known.values()]):
        return survey
    as_one = {file: replace(one, examples=1) for file, one in known.items()}
    return replace(survey, largest=whole_files(survey.largest), files={**survey.files, **as_one})


def _splits(survey: DataSurvey, fitting: Sequence[DataFile]) -> tuple[Split, ...]:
    within = survey.largest.splits
    held = tuple(Split(split.name, None, tuple(fitting)) for split in within)
    return held or splits_of(fitting)


def _is_by_time(survey: DataSurvey, members: Sequence[DataFile]) -> bool:
    """Return whether the names of the files are in another order than their dates."""
    known = [survey.files[member].start for member in members if member in survey.files]
    starts = [start for start in known if start is not None]
    return len(starts) == len(known) and starts != sorted(starts)


def _count(
    survey: DataSurvey, members: Sequence[DataFile], part: int | None = None
) -> ExampleCount:
    """Count the examples of files, or of one of the splits within them."""
    reached = [survey.files[member] for member in members if member in survey.files]
    if survey.largest.unit is ExampleUnit.FILE and survey.listing.is_whole:
        is_exact = len(reached) == len(members)
        return ExampleCount(len(reached), is_exact, None if is_exact else len(members))
    if part is not None:
        reached = [replace(one, examples=one.parts[part]) for one in reached if one.parts]
    return count_examples(
        reached,
        sum(member.size_bytes for member in members),
        is_whole=survey.listing.is_whole,
    )


def _split_counts(survey: DataSurvey, splits: Sequence[Split]) -> tuple[ExampleCount, ...]:
    return tuple(
        _count(survey, split.files, place if survey.largest.splits else None)
        for place, split in enumerate(splits)
    )


def count_warnings(count: ExampleCount) -> tuple[Text, ...]:
    """Return a warning where not all examples were counted, or where there is none."""
    if not count.is_exact:
        return (
            Message(
                "Counting stopped because this machine is shared, and the rest was not read; "
                "count to the end: ",
                Option(Field.COUNT_ALL),
            ),
        )
    return () if count.counted else ("There is no example in the data.",)


def count_examples(
    surveys: Iterable[FileSurvey], total_bytes: int, *, is_whole: bool
) -> ExampleCount:
    """Sum the examples of files that belong to one dataset.

    Args:
        surveys: of the files that were reached; those that do not fit count for nothing.
        total_bytes: of all files listed that belong to the dataset.
        is_whole: whether all files of the dataset were listed.
    """
    fitting = [survey for survey in surveys if survey.fits]
    counted = sum(survey.examples for survey in fitting)
    covered = sum(survey.covered_bytes for survey in fitting)
    if is_whole and covered >= total_bytes:
        return ExampleCount(counted)
    known = is_whole and covered > 0
    estimate = max(counted, round(counted * total_bytes / covered)) if known else None
    return ExampleCount(counted, is_exact=False, estimate=estimate)


def size_category(examples: int) -> str:
    """Return the Hub's size category; a power of ten belongs to the category it begins."""
    limit = 1000
    for category in _CATEGORIES:
        if examples < limit:
            return category
        limit *= 10
    return _CATEGORIES[-1]


def _promoted(survey: DataSurvey) -> FileLayout:
    """Return the layout of the largest file, with the column types that all rows read need."""
    fitting = [one.anomalies for one in survey.files.values() if one.fits]
    types = [promotion for anomalies in fitting for promotion in anomalies.promotions]
    types.sort(key=lambda one: one.type == "str")  # the widest wins
    return replace(survey.largest, columns=promoted(survey.largest.columns, types))


def _left_out(survey: DataSurvey, others: Iterable[DataFile]) -> tuple[str, ...]:
    descriptions = [
        file
        for file in survey.listing.files
        if file.file_type is None and data_suffix(file.path).lower() in survey.file_type.suffixes
    ]
    return tuple(sorted(str(file.path) for file in (*descriptions, *others)))


def _path(survey: DataSurvey, file: DataFile) -> PurePosixPath:
    return file.path if file.path.name else survey.root


def _require_loadable(layout: DataLayout, *, distributed: bool) -> None:
    has_arrays = layout.file_type in {
        FileType.HDF5,
        FileType.NETCDF,
        FileType.PARQUET,
        FileType.ZARR,
    }
    if distributed and has_arrays and not layout.file.numeric:
        raise DatasetError(
            f"{layout.path} holds no array of numbers; a distributed loader needs one.",
            hint=Message("Leave out ", Field.DISTRIBUTED, ", and change the loader."),
        )
    if distributed and layout.compressed:
        raise DatasetError(
            f"{layout.path} holds compressed files; a distributed loader must read from the "
            "middle of a file.",
            hint=Message("Decompress them (gunzip), or leave out ", Field.DISTRIBUTED, "."),
        )
    if distributed and layout.file.unit in {ExampleUnit.GROUP, ExampleUnit.ARRAY}:
        unit = layout.file.unit.value
        raise DatasetError(
            f"In {layout.path} each {unit} is an example; a distributed loader reads rows or "
            "files.",
            hint=Message(
                "Leave out ", Field.DISTRIBUTED, ", or try ", Option(Field.EXAMPLE, "row")
            ),
        )
    if len(layout.left_out) > _MOST_LEFT_OUT:
        raise DatasetError(
            f"{layout.path} holds {len(layout.left_out)} {layout.file_type.label} files that are "
            f"structured differently from the rest, such as {layout.left_out[0]}.",
            hint="Give one folder for each kind of file.",
        )
