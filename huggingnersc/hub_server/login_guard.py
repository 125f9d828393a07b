"""Slow down who guesses tokens, and no one else."""

from __future__ import annotations

import ipaddress
import time
from typing import TYPE_CHECKING

from huggingnersc.hub_server.accounts import token_hash
from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.storage.cache import Memory

if TYPE_CHECKING:
    from collections.abc import Callable

    from huggingnersc.hub_server.accounts import Accounts, User

GUESSES = 10
WINDOW_S = 60
REMEMBERED = 10_000


class LoginGuard:
    """Accept `GUESSES` different wrong tokens in `WINDOW_S` from one address.

    The same wrong token again is no guess, such as a job that was given an old one; and a token
    that was right from this address remains accepted. Used by the event loop only.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: Memory[str, dict[str, float]] = Memory(REMEMBERED)
        self._right: Memory[tuple[str, str], bool] = Memory(REMEMBERED)

    def user_of(self, accounts: Accounts, token: str, address: str) -> User | None:
        """Return the user with this token, None when there is none.

        Raises:
            HttpError: 429, whether the token is right or not: this address has guessed too often.
        """
        if accounts.is_local:  # its token cannot be guessed, and all users share the address
            return accounts.user_of(token)
        network, digest = network_of(address), token_hash(token)
        if not self._right.peek((network, digest)):
            self._require_guess(network, digest)
        user = accounts.user_of(token)
        if user is None:
            self._wrong.get(network, dict).setdefault(digest, self._clock())
        else:
            self._right.put((network, digest), True)
        return user

    def _require_guess(self, network: str, digest: str) -> None:
        wrong, began = self._wrong.peek(network) or {}, self._clock() - WINDOW_S
        for old in [known for known, moment in wrong.items() if moment <= began]:
            del wrong[old]
        if len(wrong) >= GUESSES and digest not in wrong:
            wait_s = int(min(wrong.values()) - began) + 1
            raise HttpError(
                429,
                f"This address has sent {GUESSES} wrong tokens in {WINDOW_S} seconds; "
                f"try again in {wait_s} seconds",
                headers={"Retry-After": str(wait_s)},
            )


def network_of(address: str) -> str:
    """Return what one subscriber has: an address of IPv4, or a /64 of IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))
