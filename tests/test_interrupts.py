"""Ctrl-C waits for a block that must not be cut, and only so long."""

from __future__ import annotations

import os
import signal

import pytest

from huggingnersc.interrupts import defer_interrupt


def test_ctrl_c_stops_after_the_block() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), defer_interrupt():  # noqa: PT012 - the end of it is meant
        os.kill(os.getpid(), signal.SIGINT)
        done.append("the block")
    assert done == ["the block"]


def test_second_ctrl_c_stops_at_once() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), defer_interrupt():  # noqa: PT012
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        done.append("never")
    assert done == []


def test_afterwards_ctrl_c_is_what_it_was() -> None:
    before = signal.getsignal(signal.SIGINT)
    with defer_interrupt():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_that_was_ignored_is_ignored_after_the_block() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with defer_interrupt():
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
