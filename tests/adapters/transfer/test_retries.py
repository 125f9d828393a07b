"""When a transfer tries again, and when it gives up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from huggingnersc.adapters.transfer.failures import TransferCutError
from huggingnersc.adapters.transfer.retries import LONGEST_PAUSE_S, Retries
from huggingnersc.adapters.transfer.web_source import _retry_after
from huggingnersc.errors import TransferError


def test_pauses_grow_and_end_within_a_minute() -> None:
    retries, cut = Retries("the portal"), TransferCutError("it failed")
    pauses = []
    while (pause := retries.pause_after(cut, has_moved=False)) is not None:
        pauses.append(pause)
    assert sorted(pauses) == pauses
    assert 1 < sum(pauses) < 60


def test_what_moves_something_is_tried_for_ever() -> None:
    retries, cut = Retries("the portal"), TransferCutError("it failed")
    assert all(retries.pause_after(cut, has_moved=True) is not None for _ in range(1000))


def test_the_pause_that_a_server_asks_for_is_kept() -> None:
    asked = TransferCutError("busy", pause_s=45)
    pause = Retries("the portal").pause_after(asked, has_moved=False)
    assert pause is not None
    assert pause >= 45
    with pytest.raises(TransferError):
        Retries("the portal").pause_after(
            TransferCutError("busy", pause_s=LONGEST_PAUSE_S + 1), has_moved=False
        )


def test_a_retry_after_is_a_number_or_a_date() -> None:
    moment = datetime.now(UTC) + timedelta(minutes=10)
    assert _retry_after("7") == 7
    assert 500 < (_retry_after(format_datetime(moment, usegmt=True)) or 0) <= 600
    assert _retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert [_retry_after(text) for text in ("", "soon", "-1")] == [None, None, None]
