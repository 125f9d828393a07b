"""A site whose runs are in a folder of the test."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

from tests.builders import make_site

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.domain.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(run_root=PurePosixPath(tmp_path / "runs"))
