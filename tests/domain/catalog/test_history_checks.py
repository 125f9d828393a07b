from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.catalog.history_checks import history_problems
from huggingnersc.domain.catalog.record import parse_record, record_bytes
from huggingnersc.domain.catalog.version_history import RecordedVersion, VersionHistory
from tests.domain.catalog.test_record import RECORD
from tests.odd_texts import ODD

VERSION = RecordedVersion(
    name="v1",
    digest="a" * 64,
    created_at="2026-11-22T00:00:00Z",
    files=3,
    size_bytes=12,
    message="The first *one*.\nSecond line.",
    parent="other-data@v2",
    changes="2 files added, 1 file renamed",
    labels=("final",),
)
SECTION = "150 rows.\n\n![Counts](version/pictures/species-1.png)"


def test_what_is_written_here_has_no_problem() -> None:
    assert history_problems(VersionHistory((VERSION,), SECTION)) == ()
    assert history_problems(VersionHistory()) == ()


@pytest.mark.attack("catalog records")
@pytest.mark.parametrize(
    "change",
    [
        {"digest": "A" * 64},
        {"digest": "../x"},
        {"created_at": "yesterday"},
        {"created_at": "2026-11-22T00:00:00Z\n"},
        {"parent": "../../x"},
        {"parent": "\x1b[2J@v1"},
        {"changes": "x" * 201},
        {"changes": "<b>\n# Title"},
        {"message": "\x1b]0;title\x07"},
        {"message": "x" * 5_000},
        {"labels": ("two words",)},
        {"labels": ("",)},
    ],
)
def test_a_value_that_was_edited_is_found(change: dict[str, Any]) -> None:
    assert len(history_problems(VersionHistory((replace(VERSION, **change),)))) == 1


def test_a_name_that_stands_twice_is_found() -> None:
    assert len(history_problems(VersionHistory((VERSION, VERSION)))) == 1


def test_too_many_versions_are_found_at_once() -> None:
    assert len(history_problems(VersionHistory((VERSION,) * 10_001))) == 1


@given(
    st.lists(
        st.builds(
            RecordedVersion,
            name=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,9}", fullmatch=True),
            digest=ODD,
            created_at=ODD,
            files=st.integers(0, 2**62),
            size_bytes=st.integers(0, 2**62),
            message=ODD,
            parent=ODD,
            changes=ODD,
            labels=st.lists(ODD, max_size=3).map(tuple),
            retired=st.booleans(),
        ),
        min_size=1,
        max_size=4,
    ),
    ODD,
)
def test_every_history_survives_in_a_record(
    versions: list[RecordedVersion], statistics: str
) -> None:
    record = replace(RECORD, history=VersionHistory(tuple(versions), statistics))
    assert parse_record(record_bytes(record), "iris") == record


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("versions", {}),
        ("versions", [1]),
        ("versions", [{"name": "v1"}]),
        ("statistics", 1),
        ("statistics", None),
    ],
)
def test_a_record_with_versions_of_another_kind_is_damaged(key: str, value: object) -> None:
    record = replace(RECORD, history=VersionHistory((VERSION,), SECTION))
    content = json.loads(record_bytes(record)) | {key: value}
    with pytest.raises(ValueError, match=key):
        parse_record(json.dumps(content).encode(), "iris")


@pytest.mark.parametrize("name", ["", "..", "a/b", "v1.lock", "-v", "\x1b", "v 1"])
def test_a_version_of_a_name_that_no_tag_has_is_damage(name: str) -> None:
    record = replace(RECORD, history=VersionHistory((VERSION,), ""))
    content = json.loads(record_bytes(record))
    content["versions"][0]["name"] = name
    with pytest.raises(ValueError, match="version"):
        parse_record(json.dumps(content).encode(), "iris")
