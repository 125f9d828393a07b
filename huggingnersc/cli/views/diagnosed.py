"""How a diagnosis is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from huggingnersc.domain.diagnosis import Health

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.diagnosis import Diagnosis

_STYLES = {Health.OK: "green", Health.WARN: "yellow", Health.FAIL: "bold red"}


def diagnosed(diagnosis: Diagnosis) -> Iterator[str]:
    """Give a line for each thing that was looked at, and the next step below where one is due."""
    width = max(len(line.topic) for line in diagnosis.lines)
    for line in diagnosis.lines:
        mark = f"[{_STYLES[line.health]}]{line.health.value:<4}[/{_STYLES[line.health]}]"
        yield f"{mark}  {escape(f'{line.topic:<{width}}')}  {escape(line.message)}"
        if line.next_step:
            yield f"      {'':<{width}}  -> {escape(line.next_step)}"
