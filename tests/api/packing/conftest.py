"""A site of a test's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from tests.builders import make_site

if TYPE_CHECKING:
    from huggingnersc.domain.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return replace(
        make_site(),
        catalog_root=PurePosixPath(tmp_path / "catalog"),
        run_root=PurePosixPath(tmp_path / "runs"),
    )
