from __future__ import annotations

import pytest

from huggingnersc.hub_server.web.data_charts import (
    CHART_WIDTH,
    RangePlot,
    bars_path,
    color_areas,
    range_plot,
)


def test_a_bar_is_as_high_as_its_share_of_the_largest() -> None:
    assert bars_path([2, 0, 1]) == "M0 30v-30h39.2v30zM80 30v-15h39.2v15z"
    assert bars_path([10**18, 1]).endswith("v1z")  # too few to see, and still there
    assert bars_path([]) == bars_path([0, 0]) == ""


def test_a_range_is_drawn_on_its_own_scale() -> None:
    assert range_plot(0, 4, [1, 2, 3]) == RangePlot(30, 60, 60)
    assert range_plot(-1, 1, [0]) == RangePlot(60, 0, 60)
    assert range_plot(0, 1, [-5, 0.5, 7]) == RangePlot(0, CHART_WIDTH, 60)


@pytest.mark.parametrize(("low", "high"), [(1, 1), (2, 1), (-1e308, 1e308), (0, float("nan"))])
def test_what_has_no_width_is_not_drawn(low: float, high: float) -> None:
    assert range_plot(low, high, [0.5]) is None


def test_neighbors_of_one_color_are_one_square() -> None:
    width, height, areas = color_areas([[0, 0, 9], [None, 9, float("inf")]])
    assert (width, height) == (3, 2)
    assert [area for _, area in areas] == ["M0 0h2v1h-2z", "M2 0h1v1h-1zM1 1h1v1h-1z"]


def test_a_large_field_is_thinned() -> None:
    width, height, _ = color_areas([[float(x) for x in range(1_000)]] * 500)
    assert width <= 64
    assert height <= 48


@pytest.mark.parametrize("values", [[], [[]], [[None, None]]])
def test_a_field_without_numbers_has_no_plot(values: list[list[float | None]]) -> None:
    assert color_areas(values) == (0, 0, ())


def test_a_field_of_one_value_has_one_color() -> None:
    (area,) = color_areas([[3.0, 3.0]])[2]
    assert area[1] == "M0 0h2v1h-2z"
