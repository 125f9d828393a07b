"""How the state of the embedded Hub is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.adapters.loopback.checking import CheckReport


def checked_hub(report: CheckReport) -> Iterator[str]:
    """Say what was read and every damage found."""
    read = f"Repositories read: {report.repositories}; big files: {report.lfs_objects}"
    yield f"{read}; all is whole." if report.sound else f"{read}; damaged:"
    yield from (f"  {escape(str(problem))}" for problem in report.problems)
