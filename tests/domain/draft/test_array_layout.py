from __future__ import annotations

from huggingnersc.domain.draft.array_layout import arrays_along
from huggingnersc.domain.draft.layout import Array


def test_largest_array_leads_and_those_of_its_length_go_with_it() -> None:
    layout = arrays_along(
        [
            Array("bins", 11, 88, is_numeric=True),
            Array("name", 100, 300, is_numeric=False),
            Array("data", 100, 4000, is_numeric=True),
            Array("id", 100, 800, is_numeric=True),
        ]
    )
    assert layout.arrays == ("data", "id", "name")
    assert layout.numeric == ("data", "id")


def test_dimension_that_can_grow_goes_before_a_larger_fixed_one() -> None:
    layout = arrays_along(
        [
            Array("height", 500, 10**9, True, "station"),
            Array("wind", 12, 4000, True, "time", is_unlimited=True),
            Array("months", 12, 100, True, "month"),
        ]
    )
    assert (layout.arrays, layout.dimension) == (("wind",), "time")


def test_large_picture_of_one_item_is_not_taken_for_the_examples() -> None:
    layout = arrays_along([Array("map", 1, 10**9, True), Array("x", 20, 160, True)])
    assert layout.arrays == ("x",)


def test_so_many_examples_are_read_at_once_as_fit_into_64_mebibytes() -> None:
    small = arrays_along([Array("x", 10**6, 10**7, True)])
    large = arrays_along([Array("x", 10, 10 << 24, True)])
    huge = arrays_along([Array("x", 10, 10 << 30, True)])
    assert [small.examples_at_once, large.examples_at_once, huge.examples_at_once] == [1024, 4, 1]


def test_empty_array_is_no_trouble() -> None:
    assert arrays_along([Array("x", 0, 0, True)]).examples_at_once == 1024
