"""The names of removed datasets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from huggingnersc.domain.catalog.removed_dataset import (
    next_stamp,
    parse_removed_dir_name,
    removed_dir_name,
    stamp,
)

AT = "20261120T131208Z"


@pytest.mark.parametrize("nickname", ["iris", "a.b", "a.20260101T000000Z", "x-1_2"])
def test_name_holds_nickname_and_time(nickname: str) -> None:
    assert parse_removed_dir_name(removed_dir_name(nickname, AT)) == (nickname, AT)


@pytest.mark.parametrize(
    "name",
    [
        "iris",
        f".{AT}",
        f".iris.{AT}",
        f"iris{AT}",
        "iris.20261320T131208Z",
        "iris.2026112T131208Z",
        AT,
    ],
)
def test_other_names_are_none(name: str) -> None:
    assert parse_removed_dir_name(name) is None


def test_time_is_shown_in_utc() -> None:
    at = datetime(2026, 11, 20, 5, 12, 8, tzinfo=timezone(timedelta(hours=-8)))
    assert stamp(at) == stamp(at.astimezone(UTC)) == AT


def test_next_time_is_a_second_later_across_days() -> None:
    assert next_stamp(AT) == "20261120T131209Z"
    assert next_stamp("20261231T235959Z") == "20270101T000000Z"
