from __future__ import annotations

import json
from typing import Any

import pytest

from huggingnersc.domain.versions.statistics import statistics_bytes
from huggingnersc.hub_server.web.data_facts import (
    STATISTICS_LIMIT,
    ColumnFacts,
    DataFacts,
    data_facts,
    shown_value,
)
from tests.domain.versions.documents import (
    all_parts,
    make_arrays,
    make_column,
    make_images,
    make_member,
    make_statistics,
    make_table,
)

HUGE = 10**4000


def facts(**parts: Any) -> DataFacts:
    found = data_facts(statistics_bytes(make_statistics(**parts)))
    assert not found.reason
    return found


def column(**changes: Any) -> ColumnFacts:
    (table,) = facts(tables=[make_table(make_column(**changes))]).tables
    return table.columns[0]


def test_every_part_has_its_place() -> None:
    found = data_facts(statistics_bytes(all_parts()))
    assert [table.split for table in found.tables] == ["", "train"]
    assert "described by 1,000 rows" in found.tables[1].amount
    assert [one.name for one in found.arrays] == ["weather-*.nc"]
    assert [one.name for one in found.images] == ["train, train", "train, test"]
    assert found.withheld == ("mail of iris.csv: e-mail addresses",)
    assert found.problems == ("bad.csv: is no table",)


def test_a_column_has_a_histogram_else_its_range_else_its_top_values() -> None:
    assert column(histogram=[1, 2]).bars
    plain = column()
    assert (plain.bars, plain.range is None, plain.missing) == ("", False, "3 missing (2%)")
    top = [{"value": "a", "count": 4}, {"value": "b", "count": 1}]
    values = column(quantiles={}, top=top, nulls=0).top
    assert [(one.label, one.count, one.share) for one in values] == [
        ("a", "4", 100),
        ("b", "1", 25),
    ]


def test_a_withheld_column_shows_no_value() -> None:
    hidden = column(withheld="secrets", min=None, max=None, quantiles={})
    assert (hidden.withheld, hidden.low, hidden.bars, hidden.top) == ("secrets", "", "", ())


def test_variables_are_a_tree_with_shapes_and_units() -> None:
    members = (
        make_member("/g", kind="group", shape=[], dimensions=[], type="", units=None),
        make_member("/g/x", missing=100),
        make_member("/g/run_*", count=3, shape=[None, 2], dimensions=[]),
        make_member("/n", shape=[], dimensions=[], min=None, max=None, mean=None),
    )
    variables = facts(arrays=[make_arrays(*members)]).arrays[0].variables
    shown = [(one.name, one.depth, one.is_group, one.shape) for one in variables]
    times = "\N{MULTIPLICATION SIGN}"
    assert shown == [
        ("g", 0, True, ""),
        ("x", 1, False, f"time 24 {times} lat 20 {times} lon 40"),
        ("run_* (3 of them)", 1, False, f"any {times} 2"),
        ("n", 0, False, "one value"),
    ]
    assert (variables[1].units, variables[1].missing) == ("K", "100 missing")
    assert variables[1].range is not None
    assert variables[3].range is None


def test_a_preview_becomes_a_plot_in_words_too() -> None:
    preview = {"path": "t2m", "dimensions": ["lat", "lon"], "at": "time 0", "values": [[1.0, 2.5]]}
    plot = facts(arrays=[make_arrays(make_member(), preview=preview)]).arrays[0].plot
    assert plot is not None
    assert plot.alt == "A slice of t2m at time 0 over lat and lon, as colors from 1 to 2.5 K"


@pytest.mark.attack("hostile data")
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{" * 10_000,
        b'{"format": NaN}',
        b'{"format": 1}',
        b'{"format": ' + b"9" * 100_000 + b"}",
        b"[" * 100_000,
        json.dumps(make_statistics(tables=[{}])).encode(),
        json.dumps(make_statistics(), default=str).encode("utf-16"),
    ],
)
def test_what_is_no_statistics_is_said_in_a_sentence(data: bytes) -> None:
    assert data_facts(data) == DataFacts(reason="The statistics of this version cannot be read.")


@pytest.mark.attack("expensive pages")
def test_statistics_are_read_up_to_a_size() -> None:
    found = data_facts(b" " * (STATISTICS_LIMIT + 1))
    assert found == DataFacts(reason="The statistics are too large to be shown.")


@pytest.mark.attack("expensive pages")
def test_of_many_parts_the_first_are_shown() -> None:
    columns = [make_column("x" * 500)] * 2_000
    members = [make_member("/".join("abcdefghijk"))] * 500
    classes = [{"name": "y" * 500, "files": 1}] * 100
    found = facts(
        tables=[make_table(*columns), *[make_table()] * 100],
        arrays=[make_arrays(*members)] * 20,
        images=[make_images(classes=classes)],
    )
    assert (len(found.tables), len(found.arrays)) == (20, 10)
    assert (len(found.tables[0].columns), found.tables[0].columns_left_out) == (60, 1_940)
    assert (len(found.arrays[0].variables), found.arrays[0].left_out) == (200, 300)
    assert (len(found.images[0].classes), found.images[0].left_out) == (12, 88)


@pytest.mark.attack("hostile data")
def test_numbers_too_large_for_words_are_not_shown() -> None:
    odd: Any = {"nulls": HUGE, "min": -HUGE, "max": HUGE, "top": [{"value": HUGE, "count": HUGE}]}
    shown = column(**odd, quantiles={}, histogram=[HUGE, 1])
    assert (shown.low, shown.high) == ("too large to show", "too large to show")
    assert column(**odd, quantiles={}).top[0].label == "too large to show"
    member = make_member(shape=[HUGE] * 40, dimensions=[], missing=HUGE, count=HUGE, mean=1e308)
    found = facts(
        tables=[make_table(make_column(), rows=HUGE, files=HUGE)],
        arrays=[make_arrays(member, files=HUGE)],
        images=[make_images(files=HUGE, classes=[{"name": "a", "files": HUGE}])],
    )
    assert found.arrays[0].variables[0].range is None


@pytest.mark.parametrize(
    ("value", "words"), [(True, "true"), (1.5, "1.5"), (None, ""), (-3, "-3")]
)
def test_values_are_shown_in_few_letters(value: Any, words: str) -> None:
    assert shown_value(value) == words
