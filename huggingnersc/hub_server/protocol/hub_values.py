"""The values that the Hub lists for its tasks and licenses."""

from __future__ import annotations

import json
from functools import cache

from huggingnersc.assets import schema_file


def task_ids() -> frozenset[str]:
    """Return the ids of all tasks of the Hub, such as `text-classification`."""
    return _values("tasks")


def license_ids() -> frozenset[str]:
    """Return the ids of all licenses that a card may name, such as `apache-2.0`."""
    return _values("licenses")


@cache
def _values(key: str) -> frozenset[str]:
    values = json.loads(schema_file("hub_values.json").read_text(encoding="utf-8"))
    return frozenset(values["$defs"][key]["enum"])
