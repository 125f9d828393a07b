"""Files of a pack that cannot be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.text.formatting import plural
from huggingnersc.errors import PackFilesDamagedError
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

OTHER_CONTENT = "its size or its SHA-256 is not that which the pack recorded"


def damaged_file(path: str, reason: str) -> PackFilesDamagedError:
    """Return the error that a file of a pack, by its path there, cannot be sent."""
    return damaged_files([Problem(path, reason)])


def damaged_files(problems: Sequence[Problem]) -> PackFilesDamagedError:
    """Return the error that files of a pack cannot be sent."""
    return PackFilesDamagedError(
        f"{plural(len(problems), 'file')} of the pack cannot be sent.", problems=problems
    )
