"""The centre of the tests of the verbs, for the tests of the commands."""

from __future__ import annotations

from tests.api.conftest import centre

__all__ = ["centre"]
