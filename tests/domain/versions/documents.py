"""Statistics of made-up data, with every kind of part."""

from __future__ import annotations

from typing import Any

from huggingnersc.domain.versions.statistics import (
    ArrayStatistics,
    ColumnStatistics,
    ImageStatistics,
    MemberStatistics,
    Statistics,
    TableStatistics,
)


def make_statistics(**changes: Any) -> Statistics:
    known: dict[str, Any] = {
        "format": 1,
        "files": 3,
        "size_bytes": 4_550,
        "by_extension": [{"extension": ".csv", "files": 3, "size_bytes": 4_550}],
        "by_folder": [{"folder": ".", "files": 3, "size_bytes": 4_550}],
        "tables": [],
        "arrays": [],
        "texts": [],
        "images": [],
        "examples": None,
        "pictures": [],
        "withheld": [],
        "problems": [],
    }
    found: Statistics = {**known, **changes}  # type: ignore[typeddict-item]
    return found


def make_column(name: str = "length", **changes: Any) -> ColumnStatistics:
    known: dict[str, Any] = {
        "name": name,
        "type": "DOUBLE",
        "nulls": 3,
        "distinct": 35,
        "min": 4.3,
        "max": 7.9,
        "mean": 5.843333,
        "std": 0.828,
        "quantiles": {"0.25": 5.1, "0.5": 5.8, "0.75": 6.4},
        "top": [],
        "withheld": None,
    }
    found: ColumnStatistics = {**known, **changes}  # type: ignore[typeddict-item]
    return found


def make_table(*columns: ColumnStatistics, **changes: Any) -> TableStatistics:
    known: dict[str, Any] = {
        "name": "iris.csv",
        "split": None,
        "format": "csv",
        "files": 1,
        "size_bytes": 4_550,
        "rows": 150,
        "estimated": False,
        "sample": None,
        "columns": [*columns],
    }
    found: TableStatistics = {**known, **changes}  # type: ignore[typeddict-item]
    return found


def make_member(path: str = "t2m", **changes: Any) -> MemberStatistics:
    known: dict[str, Any] = {
        "path": path,
        "kind": "array",
        "count": 1,
        "shape": [24, 20, 40],
        "dimensions": ["time", "lat", "lon"],
        "type": "float32",
        "units": "K",
        "attributes": {"long_name": "temperature"},
        "min": 235.06,
        "max": 299.99,
        "mean": 279.4,
        "missing": 0,
        "sample": None,
    }
    found: MemberStatistics = {**known, **changes}  # type: ignore[typeddict-item]
    return found


def make_arrays(*members: MemberStatistics, **changes: Any) -> ArrayStatistics:
    known: dict[str, Any] = {
        "name": "weather-*.nc",
        "files": 12,
        "format": "netcdf",
        "attributes": {"title": "Weather"},
        "members": [*members],
        "preview": None,
    }
    found: ArrayStatistics = {**known, **changes}  # type: ignore[typeddict-item]
    return found


def make_images(**changes: Any) -> ImageStatistics:
    known: dict[str, Any] = {
        "name": "train",
        "split": None,
        "files": 60,
        "classes": [{"name": "cat", "files": 40}, {"name": "dog", "files": 20}],
        "sizes": [{"width": 64, "height": 48, "files": 60}],
        "modes": [{"mode": "RGB", "files": 60}],
        "formats": [{"format": "PNG", "files": 60}],
        "sample": None,
    }
    found: ImageStatistics = {**known, **changes}  # type: ignore[typeddict-item]
    return found


def all_parts() -> Statistics:
    """Statistics with every kind of part, some of them from samples."""
    species = [{"value": "setosa", "count": 50}, {"value": "virginica", "count": 100}]
    columns = (
        make_column(),
        make_column(
            "species",
            type="VARCHAR",
            distinct=2,
            min="setosa",
            max="virginica",
            mean=None,
            top=species,
        ),
        make_column(
            "mail", type="VARCHAR", min=None, max=None, mean=None, withheld="e-mail addresses"
        ),
    )
    sample = {"rows": 1_000, "size_bytes": 10**6, "of_bytes": 10**9}
    members = (
        make_member(kind="group", path="day", shape=[], dimensions=[], type="", units=None),
        make_member(),
        make_member("day/run_*", count=30, shape=[None, 3], dimensions=[], units=None, missing=5,
                    sample={"values": 100, "of_values": 2_000}),
        make_member("time", shape=[24], dimensions=["time"], units="date", mean=None,
                    min="2020-01-01", max="2020-01-06 18:00:00"),
    )  # fmt: skip
    return make_statistics(
        examples={"count": 150, "sample": False, "by_split": {"train": 100, "test": 50}},
        tables=[
            make_table(*columns),
            make_table(*columns, name="log-*.csv", split="train", files=9, rows=10**6,
                       estimated=True, sample=sample),
        ],
        arrays=[make_arrays(*members)],
        images=[
            make_images(split="train"),
            make_images(split="test", files=10, sample={"files": 5, "of_files": 10}),
        ],
        texts=[{"name": "a.txt", "split": None, "files": 2, "lines": 70, "sample": None}],
        pictures=[{"path": "pictures/a.png", "title": "Columns", "alt": "Ranges [of] columns."}],
        withheld=[{"table": "iris.csv", "column": "mail", "reason": "e-mail addresses"}],
        problems=[{"file": "bad.csv", "message": "is no table"}],
    )  # fmt: skip
