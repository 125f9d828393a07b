"""What changed between two statistics: schema, distribution, size."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.domain.versions.drift import DriftKind, statistics_changes

if TYPE_CHECKING:
    from collections.abc import Callable

    from huggingnersc.domain.versions.statistics import Statistics

COLUMN: dict[str, Any] = {
    "name": "length",
    "type": "DOUBLE",
    "nulls": 0,
    "distinct": 20,
    "min": 4.0,
    "max": 8.0,
    "mean": 6.0,
    "std": 1.0,
    "quantiles": {"0.5": 6.0},
    "top": [{"value": "a", "count": 50}, {"value": "b", "count": 50}],
    "withheld": None,
}
TABLE: dict[str, Any] = {
    "name": "iris.csv",
    "split": None,
    "format": "csv",
    "files": 1,
    "size_bytes": 1000,
    "rows": 100,
    "estimated": False,
    "sample": None,
    "columns": [COLUMN],
}
MEMBER: dict[str, Any] = {
    "path": "/t2m",
    "kind": "array",
    "shape": [10, 20],
    "dimensions": ["y", "x"],
    "type": "float32",
    "units": "K",
    "attributes": {"long_name": "temperature"},
    "min": 200.0,
    "max": 300.0,
    "mean": 250.0,
    "sample": None,
}
ARRAY: dict[str, Any] = {
    "name": "era5.nc",
    "files": 1,
    "format": "netcdf",
    "attributes": {},
    "members": [MEMBER],
}
IMAGES: dict[str, Any] = {
    "name": "images",
    "split": "train",
    "files": 100,
    "classes": [{"name": "cat", "files": 50}, {"name": "dog", "files": 50}],
    "sizes": [{"width": 8, "height": 8, "files": 100}],
    "modes": [{"mode": "RGB", "files": 100}],
    "formats": [{"format": "PNG", "files": 100}],
    "sample": None,
}
DOCUMENT: dict[str, Any] = {
    "tables": [TABLE],
    "arrays": [ARRAY],
    "texts": [],
    "images": [IMAGES],
    "examples": {"count": 100, "sample": False, "by_split": {"train": 100}},
}


def changed(change: Callable[[Any], object]) -> list[tuple[DriftKind, str, str]]:
    """Return what a change of the document is found as."""
    before: Statistics = copy.deepcopy(DOCUMENT)  # type: ignore[assignment]
    after: Statistics = copy.deepcopy(DOCUMENT)  # type: ignore[assignment]
    change(after)
    return [(one.kind, one.about, one.message) for one in statistics_changes(before, after)]


def test_equal_statistics_have_no_changes() -> None:
    assert changed(lambda _document: None) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [("mean", 6.05), ("std", 1.05), ("distinct", 21), ("min", 4.5), ("nulls", 0), ("max", None)],
)
def test_small_changes_of_numbers_are_none(key: str, value: Any) -> None:
    assert changed(lambda one: one["tables"][0]["columns"][0].update({key: value})) == []


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("mean", 6.5, "mean 6 -> 6.5, 0.5 standard deviations"),
        ("std", 2.0, "standard deviation 1 -> 2"),
        ("min", -1.0, "min 4 -> -1"),
        ("max", 9.0, "max 8 -> 9"),
        ("nulls", 5, "missing values 0.0% -> 5.0%"),
        ("distinct", 30, "distinct values 20 -> 30"),
        (
            "top",
            [{"value": "a", "count": 80}, {"value": "c", "count": 20}],
            "shares 'b' 50% -> 0%, 'a' 50% -> 80%, 'c' 0% -> 20%",
        ),
    ],
)
def test_drift_of_a_column_is_found(key: str, value: Any, message: str) -> None:
    found = changed(lambda one: one["tables"][0]["columns"][0].update({key: value}))
    assert found == [(DriftKind.DRIFT, "iris.csv: length", message)]


def test_withheld_values_are_no_drift() -> None:
    hidden: dict[str, Any] = {"min": None, "max": None, "top": [], "mean": None, "std": None}
    assert changed(lambda one: one["tables"][0]["columns"][0].update(hidden)) == []


def test_columns_that_came_went_or_changed_their_type_are_the_schema() -> None:
    def change(document: Any) -> None:
        columns = document["tables"][0]["columns"]
        columns[0]["type"] = "VARCHAR"
        columns.append(COLUMN | {"name": "width"})

    assert changed(change) == [
        (DriftKind.SCHEMA, "iris.csv: column width", "is new"),
        (DriftKind.SCHEMA, "iris.csv: length", "type DOUBLE -> VARCHAR"),
    ]


def test_one_table_under_another_name_is_still_compared() -> None:
    assert changed(lambda one: one["tables"][0].update(name="other.csv", rows=101)) == [
        (DriftKind.SIZE, "iris.csv", "rows 100 -> 101")
    ]


def test_tables_that_came_and_went_are_named() -> None:
    found = changed(lambda one: one["tables"].append(TABLE | {"name": "x.csv", "split": "test"}))
    assert found == [(DriftKind.SCHEMA, "table x.csv (test)", "is new")]
    assert changed(lambda one: one["tables"].clear()) == [
        (DriftKind.SCHEMA, "table iris.csv", "is gone")
    ]


@pytest.mark.parametrize(
    ("changes", "kind", "message"),
    [
        ({"units": "degC"}, DriftKind.SCHEMA, "units K -> degC"),
        ({"units": None}, DriftKind.SCHEMA, "units K -> none"),
        ({"shape": [10, None]}, DriftKind.SCHEMA, "shape 10 x 20 -> 10 x ?"),
        ({"type": "float64"}, DriftKind.SCHEMA, "type float32 -> float64"),
        ({"attributes": {}}, DriftKind.SCHEMA, "attribute long_name 'temperature' -> none"),
        ({"mean": 270.0}, DriftKind.DRIFT, "mean 250 -> 270"),
        ({"max": 310.0}, DriftKind.DRIFT, "max 300 -> 310"),
    ],
)
def test_changes_of_an_array_are_found(
    changes: dict[str, Any], kind: DriftKind, message: str
) -> None:
    found = changed(lambda one: one["arrays"][0]["members"][0].update(changes))
    assert found == [(kind, "era5.nc: /t2m", message)]


def test_classes_modes_and_shares_of_images_are_compared() -> None:
    def change(document: Any) -> None:
        images = document["images"][0]
        images["classes"] = [{"name": "cat", "files": 90}, {"name": "fox", "files": 10}]
        images["modes"].append({"mode": "L", "files": 1})

    assert changed(change) == [
        (DriftKind.SCHEMA, "images (train): class dog", "is gone"),
        (DriftKind.SCHEMA, "images (train): class fox", "is new"),
        (DriftKind.SCHEMA, "images (train)", "new mode: L"),
        (
            DriftKind.DRIFT,
            "images (train)",
            "shares 'dog' 50% -> 0%, 'cat' 50% -> 90%, 'fox' 0% -> 10%",
        ),
    ]


def test_numbers_of_samples_are_marked() -> None:
    before: Any = copy.deepcopy(DOCUMENT)
    after: Any = copy.deepcopy(DOCUMENT)
    after["tables"][0]["sample"] = {"rows": 100, "size_bytes": 1, "of_bytes": 2}
    after["tables"][0]["columns"][0]["mean"] = 7.0
    (found,) = statistics_changes(before, after)
    assert found.is_sample


def test_examples_are_counted_by_split() -> None:
    examples = {"count": 120, "sample": True, "by_split": {"train": 120}}
    assert changed(lambda one: one.update(examples=examples)) == [
        (DriftKind.SIZE, "all", "examples 100 -> 120"),
        (DriftKind.SIZE, "train", "examples 100 -> 120"),
    ]
    assert changed(lambda one: one.update(examples=None)) == []
