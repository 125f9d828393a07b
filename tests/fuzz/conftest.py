"""Report how many inputs each fuzz test tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fuzz.inputs import take_count

if TYPE_CHECKING:
    from collections.abc import Generator


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Count the inputs of a test, whether it passes or fails."""
    take_count()
    try:
        return (yield)
    finally:
        item.user_properties.append(("fuzz", take_count()))
