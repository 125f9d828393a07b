"""The centre of the api tests, for crowds of processes."""

from __future__ import annotations

from tests.api.conftest import Centre, centre

__all__ = ["Centre", "centre"]
