"""Warnings about data that the generated loader does not read as one may expect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.draft.about import README_NAMES
from huggingnersc.domain.draft.file_type import data_suffix
from huggingnersc.domain.draft.layout import ExampleUnit
from huggingnersc.domain.metadata.strict_json import quoted
from huggingnersc.domain.text.formatting import first_names, plural
from huggingnersc.domain.text.markdown import one_line
from huggingnersc.fixes import Message, Option

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import PurePosixPath

    from huggingnersc.domain.draft.layout import FileLayout
    from huggingnersc.domain.draft.row_anomalies import PromotedType, RowAnomalies
    from huggingnersc.domain.draft.survey import DataFile, DataSurvey
    from huggingnersc.fixes import Text

_MOST_NAMED = 5


def survey_warnings(survey: DataSurvey, others: Sequence[DataFile]) -> Iterator[str]:
    """Yield which files the loader does not read.

    Args:
        survey: of the dataset.
        others: files of the loader's type that are structured differently.
    """
    listing, file_type = survey.listing, survey.file_type
    broken = [problem for file in others if (problem := survey.problem(file))]
    for problem in broken[:_MOST_NAMED]:
        yield f"{problem.rstrip('.')}; the loader leaves the file out."
    if len(broken) > _MOST_NAMED:
        yield f"Neither can {plural(len(broken) - _MOST_NAMED, 'other file')}."
    empty = [file.path for file in listing.of(file_type) if not file.size_bytes]
    empty = [path for path in empty if path not in {file.path for file in others}]
    others = [file for file in others if not survey.problem(file)]
    if empty:
        yield f"Empty: {names(empty)}."
    if others:
        yield (
            f"Structured differently from the largest {file_type.label} file, so left out by the "
            f"loader: {names([file.path for file in others])}."
        )
    for other in listing.file_types[1:]:
        files = plural(len(listing.of(other)), f"{other.label} file")
        yield f"Not read by the loader: {files}."
    unknown = {
        _pattern(file.path, survey)
        for file in listing.files
        if not file.file_type and str(file.path).lower() not in README_NAMES
    }
    if unknown:
        yield f"Not read by the loader: {names(sorted(unknown))}."
    if listing.skipped:
        yield f"Links to folders are not followed: {names(listing.skipped)}."


def split_warnings(others: Sequence[DataFile]) -> Iterator[str]:
    """Yield which files belong to none of the splits."""
    if others:
        yield (
            "In no split such as train or test, so left out by the loader: "
            f"{names([file.path for file in others])}."
        )


def row_warnings(anomalies: Mapping[str, RowAnomalies], layout: FileLayout) -> Iterator[str]:
    """Yield which rows differ from what the first rows of a table show.

    Args:
        anomalies: of each file, by its name, in the order they were read.
        layout: of the table, with the types that all cells read have.
    """
    yield from _ragged(anomalies, len(layout.columns))
    yield from _texts(anomalies)
    unread = sum(one.unread for one in anomalies.values())
    if unread and any(column.type != "str" for column in layout.columns):
        yield (
            f"The cells of {plural(unread, 'row')} were counted and not read because this is a "
            "large table; where one is not a number, the loader stops and names file, line and "
            "column."
        )


def array_warnings(layout: FileLayout) -> Iterator[Text]:
    """Yield which arrays the loader does not read, and which links."""
    if layout.unrelated:
        named = [f"{one.name} ({one.dimension or one.length})" for one in layout.unrelated]
        yield f"{_reason(layout)}, so left out by the loader: {names(named)}."
    if layout.other_tables:
        yield Message(
            "Their group may hold the examples instead; to take it: ",
            Option(Field.GROUP, layout.other_tables[0]),
        )
    if layout.links:
        yield f"Links within a file are not followed: {names(layout.links)}."


def _reason(layout: FileLayout) -> str:
    if layout.unit is ExampleUnit.GROUP:
        return "Not in a group that is an example"
    if layout.unit is ExampleUnit.ARRAY:
        return "No example"
    if layout.splits:
        return "In no split, or not as long as the other arrays of it"
    if layout.dimension:
        return f"Not along the dimension {layout.dimension}"
    return f"Not as long as {layout.arrays[0]}"


def image_warnings(layout: FileLayout) -> Iterator[str]:
    """Yield how many images the tables of labels leave out."""
    tables = layout.images.tables if layout.images else None
    if tables and tables.missing:
        verb = "is" if tables.missing == 1 else "are"
        yield (
            f"{plural(tables.missing, 'image')} {verb} in no row of {names(tables.paths)}, so "
            "without a label."
        )


def names(values: Sequence[object]) -> str:
    """Name the first five values and the number of the others."""
    return first_names([*map(str, values)], _MOST_NAMED)


def _pattern(path: PurePosixPath, survey: DataSurvey) -> str:
    """Return a file's type as `*.suffix`, or its name if it ends like data (README.txt)."""
    suffix = data_suffix(path)
    ends_like_data = suffix.lower() in survey.file_type.suffixes
    return path.name if ends_like_data or not suffix else f"*{suffix}"


def _ragged(anomalies: Mapping[str, RowAnomalies], width: int) -> Iterator[str]:
    ragged = [(file, one.ragged) for file, one in anomalies.items() if one.ragged]
    if not ragged:
        return
    rows = sum(one.rows for _, one in ragged)
    file, first = ragged[0]
    yield (
        f"{plural(rows, 'row')} {'does' if rows == 1 else 'do'} not have "
        f"{plural(width, 'cell')}; the loader stops at the first, line {first.line} of {file} "
        f"({plural(first.cells, 'cell')}). Fix the data."
    )


def _texts(anomalies: Mapping[str, RowAnomalies]) -> Iterator[str]:
    texts: dict[str, tuple[str, PromotedType]] = {}
    for file, one in anomalies.items():
        for promotion in one.promotions:
            if promotion.type == "str":
                texts.setdefault(promotion.column, (file, promotion))
    for column, (file, promotion) in [*texts.items()][:_MOST_NAMED]:
        yield (
            f"The column {one_line(column)} is read as text because line {promotion.line} of "
            f"{file} holds {quoted(promotion.text)}, which is not a number."
        )
    if len(texts) > _MOST_NAMED:
        yield f"So are {plural(len(texts) - _MOST_NAMED, 'other column')}."
