"""Programs run as somebody whom permissions hold back, also where the tests are run by root."""

from __future__ import annotations

import os


def held_back() -> list[str]:
    """Give the words that go before a command: as root they take every special right away."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all", "--"]
