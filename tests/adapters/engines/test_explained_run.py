from __future__ import annotations

from pathlib import Path

import pytest

from huggingnersc.adapters.engines.explained_run import explained_run
from huggingnersc.errors import RunError


@pytest.mark.parametrize("file", ["/runs/x", None])
def test_a_full_disk_is_explained_with_the_next_step(file: str | None) -> None:
    with pytest.raises(RunError) as caught, explained_run(Path("/runs")):
        raise OSError(28, "No space left on device", file)
    assert ("/runs/x" in str(caught.value)) == (file is not None)
    assert caught.value.hint
