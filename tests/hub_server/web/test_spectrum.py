from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.hub_server.web.spectrum import LINES, WIDTH, spectrum_of


@given(st.text())
def test_every_name_has_its_own_lines_inside_the_band(name: str) -> None:
    lines = spectrum_of(name)
    assert len(lines) == LINES
    assert all(line.x >= 0 and line.x + line.width <= WIDTH for line in lines)
    assert lines == spectrum_of(name)


@given(st.text())
def test_lines_run_from_left_to_right_and_none_is_invisible(name: str) -> None:
    lines = spectrum_of(name)
    assert [line.x for line in lines] == sorted(line.x for line in lines)
    assert all(0.55 <= line.opacity <= 1 for line in lines)


def test_two_names_differ_and_the_case_of_a_name_does_not_matter() -> None:
    assert spectrum_of("NERSC/iris") == spectrum_of("nersc/IRIS")
    marks = {spectrum_of(f"NERSC/set-{number}") for number in range(200)}
    assert len(marks) == 200


def test_the_lines_of_a_name_do_not_change_between_versions() -> None:
    first, *_, last = spectrum_of("NERSC/iris")
    assert (first.x, first.color, last.x, last.color) == (61.6, "#38c6f4", 228.6, "#f2476a")
