"""`statistics.json`: what is written can be read, and what breaks the schema cannot."""

from __future__ import annotations

import json
from typing import Any

import pytest

from huggingnersc.assets import schema_file
from huggingnersc.domain.versions.statistics import (
    STATISTICS_SCHEMA,
    Statistics,
    parse_statistics,
    statistics_bytes,
)

SCHEMA: dict[str, Any] = json.loads(schema_file(STATISTICS_SCHEMA).read_bytes())


def statistics() -> Statistics:
    return {
        "format": 1,
        "files": 1,
        "size_bytes": 10,
        "by_extension": [{"extension": None, "files": 1, "size_bytes": 10}],
        "by_folder": [],
        "tables": [],
        "arrays": [],
        "texts": [],
        "images": [],
        "examples": {"count": 3, "sample": False, "by_split": {"train": 3}},
        "pictures": [],
        "withheld": [],
        "problems": [{"file": "é", "message": "x"}],
    }


def test_what_is_written_is_read() -> None:
    assert parse_statistics(statistics_bytes(statistics()), SCHEMA) == statistics()


@pytest.mark.parametrize(
    "change",
    [{"format": 2}, {"files": -1}, {"files": "1"}, {"more": 1}, {"tables": [{}]}, {"examples": 1}],
    ids=str,
)
def test_what_breaks_the_schema_is_refused(change: dict[str, object]) -> None:
    data = json.dumps({**statistics(), **change}).encode()
    with pytest.raises(ValueError, match=r"."):
        parse_statistics(data, SCHEMA)


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b'{"format": NaN}'])
def test_what_is_no_json_object_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_statistics(data, SCHEMA)


def test_every_property_of_the_schema_is_described() -> None:
    undescribed = [
        f"{name}.{key}"
        for name, one in {"": SCHEMA, **SCHEMA["$defs"]}.items()
        for key, value in one["properties"].items()
        if not value.get("description")
    ]
    assert undescribed == []
