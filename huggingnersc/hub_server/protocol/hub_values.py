"""The values that the Hub lists for its tasks and licenses."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path


def task_ids() -> frozenset[str]:
    """Return the ids of all tasks of the Hub, such as `text-classification`."""
    return _values("tasks")


def license_ids() -> frozenset[str]:
    """Return the ids of all licenses that a card may name, such as `apache-2.0`."""
    return _values("licenses")


@cache
def _values(key: str) -> frozenset[str]:
    file = Path(__file__).with_suffix(".json")
    return frozenset(json.loads(file.read_text(encoding="utf-8"))[key])
