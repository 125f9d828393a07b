from __future__ import annotations

from typing import Any

from huggingnersc.domain.versions.charts import MOST_CHARTS, Bars, Heatmap, Ranges, charts_of
from tests.domain.versions.documents import (
    all_parts,
    make_arrays,
    make_column,
    make_images,
    make_member,
    make_statistics,
    make_table,
)


def test_images_are_bars_by_class_with_a_color_for_each_split() -> None:
    (chart,) = charts_of(
        make_statistics(images=[make_images(split="train"), make_images(split="test")])
    )
    assert isinstance(chart, Bars)
    assert chart.rows == ("cat", "dog")
    assert [(one.name, one.values) for one in chart.series] == [
        ("train", (40.0, 20.0)),
        ("test", (40.0, 20.0)),
    ]
    assert chart.words == ("80", "40")
    assert all(word in chart.alt for word in ("cat 80", "dog 40"))


def test_columns_of_numbers_are_ranges_and_one_of_classes_is_bars() -> None:
    top = [{"value": "setosa", "count": 50}, {"value": "virginica", "count": 100}]
    none: dict[str, Any] = {"min": None, "max": None, "mean": None, "quantiles": {}}
    columns = (
        make_column(),
        make_column("constant", min=1, max=1),
        make_column("species", distinct=2, top=top, **none),
        make_column("mail", withheld="e-mail addresses", **none),
    )
    ranges, bars = charts_of(make_statistics(tables=[make_table(*columns)]))
    assert isinstance(ranges, Ranges)
    assert ranges.rows == ("length",)
    assert ranges.ranges[0].values == (4.3, 5.1, 5.8, 6.4, 7.9)
    assert all(word in ranges.alt for word in ("length", "4.3", "5.1", "6.4", "7.9"))
    assert isinstance(bars, Bars)
    assert bars.rows == ("setosa", "virginica")


def test_a_sample_is_stated_in_the_picture_and_in_its_words() -> None:
    sample = {"rows": 10, "size_bytes": 1, "of_bytes": 9}
    (chart,) = charts_of(make_statistics(tables=[make_table(make_column(), sample=sample)]))
    assert "sample" in chart.title
    assert "sample" in chart.alt


def test_a_slice_of_an_array_is_a_field_in_its_units() -> None:
    preview = {"path": "t2m", "dimensions": ["lat", "lon"], "at": "time 0"}
    values = [[1.5, None], [2.0, 3.0]]
    coordinate = make_member("lat", dimensions=["lat"], shape=[20])
    entry = make_arrays(coordinate, make_member(), preview={**preview, "values": values})
    chart, ranges = charts_of(make_statistics(arrays=[entry]))
    assert isinstance(chart, Heatmap)
    assert isinstance(ranges, Ranges)
    assert ranges.rows == ("t2m",)
    assert ranges.ranges[0].values == (235.06, 279.4, 279.4, 279.4, 299.99)
    assert all(word in ranges.alt for word in ("t2m", "235.06", "279.4", "299.99 K"))
    assert (chart.rows_name, chart.columns, chart.units) == ("lat", "lon", "K")
    assert all(word in chart.alt for word in ("t2m", "time 0", "lat", "lon", "1.5", "3 K"))


def test_there_are_few_pictures_of_much_data() -> None:
    found = all_parts()
    preview = {"path": "t2m", "dimensions": ["", ""], "at": "", "values": [[1.0]]}
    arrays = [make_arrays(make_member(), preview=preview) for _ in range(9)]
    many = charts_of({**found, "arrays": arrays, "tables": found["tables"] * 9})
    assert len(many) == MOST_CHARTS
    assert len({chart.name for chart in many}) == MOST_CHARTS


def test_folders_are_shown_where_nothing_else_can_be() -> None:
    folders = [{"folder": name, "files": 1, "size_bytes": 9} for name in ("a", "b")]
    rest = {"folder": None, "files": 7, "size_bytes": 7}
    (chart,) = charts_of(make_statistics(by_folder=[*folders, rest]))
    assert isinstance(chart, Bars)
    assert (chart.name, chart.rows) == ("folders", ("a", "b"))
    assert charts_of(make_statistics(by_folder=folders[:1])) == ()
