from __future__ import annotations

from huggingnersc.domain.versions.public_values import public_values
from tests.domain.versions.documents import make_arrays, make_member, make_statistics


def test_a_slice_that_becomes_public_is_named() -> None:
    preview = {"path": "t2m", "dimensions": ["", ""], "at": "time 0", "values": [[1.5, 2.0]] * 3}
    entry = make_arrays(make_member(attributes={}), attributes={}, preview=preview)
    extremes, part = public_values(make_statistics(arrays=[entry]))
    assert extremes.where == part.where == "weather-*.nc: t2m"
    assert "3 x 2" in part.values[0]
