"""Mode bits that count for root too, so that a closed file is closed whoever runs the tests."""

from __future__ import annotations

import ctypes
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_VERSION_3 = 0x20080522  # of the kernel's call, see capget(2)
_OVERRIDES = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


@contextmanager
def mode_bits_count() -> Iterator[None]:
    """Take root's right to pass over mode bits from this thread, for the time of a block."""
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_VERSION_3, 0)
    rights = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; twice 32 bits
    _check(libc.capget(header, rights))
    before = rights[0]
    rights[0] = before & ~_OVERRIDES
    _check(libc.capset(header, rights))
    try:
        yield
    finally:
        rights[0] = before
        _check(libc.capset(header, rights))


def under_mode_bits(*words: str | Path) -> list[str | Path]:
    """Return a command line that is run so for good; `os.access` asks root's lasting rights."""
    taken = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
    return [*taken, *words] if os.geteuid() == 0 else [*words]


def _check(failed: int) -> None:
    if failed:
        raise OSError(ctypes.get_errno(), "the rights of root cannot be changed")
