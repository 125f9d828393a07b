"""Explain what the file system refuses while a run is worked on."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from huggingnersc.domain.text.shell import shown
from huggingnersc.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def explained_run(root: Path) -> Iterator[None]:
    """Turn a failed read or write within the block into an error with the next step.

    Args:
        root: holds the runs.

    Raises:
        RunError: a file of the run, or the data, cannot be read or written.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        if error.filename:
            reason = f"{shown(str(error.filename))}: {reason}"
        raise RunError(
            f"The work cannot go on: {reason}. It is kept in {shown(root)}.",
            hint="Fix the cause (space, quota, permissions), then run the same command again; "
            "what is done is kept.",
        ) from error
