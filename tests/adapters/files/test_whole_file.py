"""Files that are there whole or not at all."""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.files.whole_file import write_whole

if TYPE_CHECKING:
    from pathlib import Path


def test_a_full_disk_names_the_file_that_was_written(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(OSError, match="File too large") as caught:
            write_whole(tmp_path / "pack.json", bytes(200_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.filename == str(tmp_path / "pack.json")
    assert list(tmp_path.glob("*pack*")) == []
