from __future__ import annotations

from typing import Any

import pytest

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.versions.snapshot_options import (
    SAMPLE_ROWS,
    SnapshotOptions,
    option_problems,
)
from huggingnersc.domain.versions.version import VersionName


def test_options_survive_as_json() -> None:
    options = SnapshotOptions(version="v2", labels=("a", "b"), parent="x@v1", manifest=False)
    assert SnapshotOptions.from_json(options.as_json()) == options


@pytest.mark.parametrize(
    "good",
    [
        {},
        {"version": "v1.2.0", "message": "Two\nlines", "labels": ("a", "c"), "parent": "v1"},
        {"parent": "other@v1"},
        {"private_statistics": True},
        {"statistics": False, "private_statistics": False},
    ],
)
def test_what_is_allowed_has_no_problem(good: dict[str, Any]) -> None:
    assert option_problems(SnapshotOptions(**good)) == ()


def test_every_problem_is_named_at_once() -> None:
    options = SnapshotOptions(
        version="../v1",
        message="\x1b[31mred",
        labels=("", "x" * 65),
        parent="a/b",
        statistics=False,
        private_statistics=True,
        sample=False,
        sample_rows=0,
        publish_parquet=True,
    )
    assert [problem.where for problem in option_problems(options)] == [
        Field.VERSION,
        Field.MESSAGE,
        Field.LABEL,
        Field.LABEL,
        Field.PARENT,
        Field.PRIVATE_STATISTICS,
        Field.SAMPLE_ROWS,
        Field.SAMPLE_ROWS,
        Field.PUBLISH_PARQUET,
    ]


def test_no_sample_has_no_number_of_rows() -> None:
    (problem,) = option_problems(SnapshotOptions(sample=False, sample_rows=SAMPLE_ROWS))
    assert problem.where == Field.SAMPLE_ROWS
    assert option_problems(SnapshotOptions(sample=True, sample_rows=SAMPLE_ROWS)) == ()


@pytest.mark.parametrize(
    ("parent", "expected"),
    [
        ("", None),
        ("v1", VersionName("iris", "v1")),
        ("iris@v1", VersionName("iris", "v1")),
        ("other@v2", VersionName("other", "v2")),
    ],
)
def test_a_parent_is_a_version_of_this_or_another_dataset(
    parent: str, expected: VersionName | None
) -> None:
    assert SnapshotOptions(parent=parent).parent_of("iris") == expected


@pytest.mark.parametrize("name", ["main", "HEAD", "known_hashes.tsv", ".hidden", "a..b", "x" * 65])
def test_a_name_that_means_something_else_is_refused(name: str) -> None:
    (problem,) = option_problems(SnapshotOptions(version=name))
    assert problem.where == Field.VERSION
