"""Tokens cannot be guessed quickly, and guessing locks no one else out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from huggingnersc.hub_server.accounts import Accounts, User, local_accounts, token_hash
from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.login_guard import GUESSES, WINDOW_S, LoginGuard

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hub_server.in_process import InProcess

pytestmark = pytest.mark.attack("accounts")

ADA = User("ada", "Ada", "", {})
ACCOUNTS = Accounts([(ADA, token_hash("hf_right"))], [])


class Clock:
    """A clock that a test sets."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def guess(guard: LoginGuard, address: str, count: int = GUESSES) -> None:
    for number in range(count):
        assert guard.user_of(ACCOUNTS, f"hf_wrong_{address}_{number}", address) is None


def refused(guard: LoginGuard, token: str, address: str) -> HttpError:
    with pytest.raises(HttpError) as caught:
        guard.user_of(ACCOUNTS, token, address)
    assert caught.value.status == 429
    return caught.value


def test_more_guesses_are_refused_right_or_wrong_until_a_minute_has_passed() -> None:
    clock = Clock()
    guard = LoginGuard(clock)
    guess(guard, "192.0.2.1")
    assert refused(guard, "hf_another", "192.0.2.1").headers["Retry-After"]
    refused(guard, "hf_right", "192.0.2.1")
    clock.now += WINDOW_S
    assert guard.user_of(ACCOUNTS, "hf_right", "192.0.2.1") is ADA


def test_other_addresses_and_who_was_here_before_are_not_locked_out() -> None:
    guard = LoginGuard(Clock())
    assert guard.user_of(ACCOUNTS, "hf_right", "192.0.2.1") is ADA
    guess(guard, "192.0.2.1")
    assert guard.user_of(ACCOUNTS, "hf_right", "192.0.2.1") is ADA
    assert guard.user_of(ACCOUNTS, "hf_right", "192.0.2.2") is ADA


def test_one_old_token_sent_often_is_no_guess() -> None:
    guard = LoginGuard(Clock())
    for _ in range(100):
        assert guard.user_of(ACCOUNTS, "hf_old", "192.0.2.1") is None
    assert guard.user_of(ACCOUNTS, "hf_right", "192.0.2.1") is ADA


def test_a_subscriber_of_ipv6_is_one_address() -> None:
    guard = LoginGuard(Clock())
    for number in range(GUESSES):
        assert guard.user_of(ACCOUNTS, f"hf_{number}", f"2001:db8::{number}") is None
    refused(guard, "hf_right", "2001:db8::ffff:1")
    assert guard.user_of(ACCOUNTS, "hf_right", "2001:db8:0:1::1") is ADA


def test_the_token_of_a_local_hub_is_always_accepted(tmp_path: Path) -> None:
    accounts, guard = local_accounts(tmp_path, []), LoginGuard(Clock())
    for number in range(2 * GUESSES):
        assert guard.user_of(accounts, f"hf_{number}", "127.0.0.1") is None


def test_requests_are_refused_and_public_pages_stay_open(iris: InProcess) -> None:
    wrong = [{"Authorization": f"Bearer hf_wrong_{number}"} for number in range(GUESSES + 1)]
    statuses = [iris.ask("GET", "/api/whoami-v2", headers=one).status for one in wrong]
    assert statuses == [401] * GUESSES + [429]
    assert iris.ask("GET", "/api/datasets/NERSC/iris").status == 200
