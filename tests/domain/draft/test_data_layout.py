from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.draft.data_layout import (
    ExampleCount,
    count_examples,
    lay_out,
    size_category,
)
from huggingnersc.domain.draft.file_type import file_type_of
from huggingnersc.domain.draft.layout import Column, FileLayout
from huggingnersc.domain.draft.row_anomalies import PromotedType, RowAnomalies
from huggingnersc.domain.draft.survey import DataFile, DataSurvey, FileSurvey, Listing
from huggingnersc.errors import DatasetError


@pytest.mark.parametrize(
    ("examples", "category"),
    [
        (0, "n<1K"),
        (999, "n<1K"),
        (1000, "1K<n<10K"),
        (99_999, "10K<n<100K"),
        (125_000_000, "100M<n<1B"),
        (10**12 - 1, "100B<n<1T"),
        (10**12, "n>1T"),
        (10**15, "n>1T"),
    ],
)
def test_size_category_is_that_of_the_hub(examples: int, category: str) -> None:
    assert size_category(examples) == category


def test_all_files_counted_is_an_exact_number() -> None:
    count = count_examples([FileSurvey(3, 10), FileSurvey(4, 20)], 30, is_whole=True)
    assert count == ExampleCount(7)
    assert (count.examples, count.text) == (7, "7 examples")


def test_some_files_counted_is_estimated_by_size() -> None:
    count = count_examples([FileSurvey(1000, 10)], 45, is_whole=True)
    assert count.examples == 4500
    assert count.text == "at least 1,000 examples, about 4,500 by size"


def test_folder_not_listed_to_its_end_gives_a_lower_bound_only() -> None:
    count = count_examples([FileSurvey(1000, 10)], 10, is_whole=False)
    assert count.examples is None
    assert count.text == "at least 1,000 examples"


def test_file_of_another_structure_is_not_counted() -> None:
    assert count_examples(
        [FileSurvey(3, 10), FileSurvey(9, 50, fits=False)], 10, is_whole=True
    ) == ExampleCount(3)


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99))), st.integers(0, 999))
def test_estimate_is_never_below_what_was_counted(
    counts: list[tuple[int, int]], rest_bytes: int
) -> None:
    total = sum(size for _, size in counts) + rest_bytes
    count = count_examples((FileSurvey(*one) for one in counts), total, is_whole=True)
    assert count.is_exact == (rest_bytes == 0)
    assert (count.estimate or count.counted) >= count.counted


def survey_of(
    surveys: dict[str, FileSurvey],
    *,
    unread: tuple[str, ...] = (),
    layout: FileLayout | None = None,
) -> DataSurvey:
    paths = {name: PurePosixPath(name) for name in sorted((*surveys, *unread))}
    files = {name: DataFile(path, 10, file_type_of(path)) for name, path in paths.items()}
    listing = Listing(tuple(files.values()))
    return DataSurvey(
        root=PurePosixPath("/data/jets/raw"),
        is_file=False,
        listing=listing,
        file_type=listing.file_types[0],
        largest=layout or FileLayout(columns=(Column("x", "int"),)),
        files={files[name]: survey for name, survey in surveys.items()},
    )


def test_loader_reads_what_fits_and_what_was_not_reached_and_leaves_out_the_rest() -> None:
    surveys = {"a.csv": FileSurvey(5, 10), "b.tsv": FileSurvey(0, 10, fits=False)}
    data = lay_out(survey_of(surveys, unread=("c.csv", "d.doc")))
    assert [str(file.path) for file in data.members] == ["a.csv", "c.csv"]
    assert (data.left_out, data.suffixes, data.name) == (("b.tsv",), (".csv",), "jets")
    assert data.count == ExampleCount(5, is_exact=False, estimate=10)
    assert len(data.warnings) == 3  # b.tsv, *.doc, the count


def test_columns_have_the_widest_type_that_any_file_needs() -> None:
    surveys = {
        name: FileSurvey(
            1, 10, anomalies=RowAnomalies(promotions=(PromotedType("x", type_, 2, ""),))
        )
        for name, type_ in (("a.csv", "str"), ("b.csv", "float"))
    }
    assert lay_out(survey_of(surveys)).file.columns == (Column("x", "str"),)


def test_more_than_fifty_files_of_another_build_are_refused() -> None:
    others = {f"{number}.csv": FileSurvey(0, 10, fits=False) for number in range(51)}
    fifty = dict([*others.items()][:50])
    assert len(lay_out(survey_of({"a.csv": FileSurvey(1, 10), **fifty})).left_out) == 50
    with pytest.raises(DatasetError):
        lay_out(survey_of({"a.csv": FileSurvey(1, 10), **others}))


def test_distributed_loader_of_arrays_needs_numbers() -> None:
    survey = survey_of({"a.h5": FileSurvey(1, 10)}, layout=FileLayout(arrays=("names",)))
    assert lay_out(survey).file.arrays == ("names",)
    with pytest.raises(DatasetError):
        lay_out(survey, distributed=True)
