"""Audit hooks that count every change below a folder and strike at a chosen one."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_GROWING = {"os.rename", "os.mkdir", "os.link", "os.symlink"}
_CHANGING = _GROWING | {
    "os.rmdir", "os.remove", "os.chmod", "os.chown", "os.truncate", "os.utime", "shutil.rmtree",
}  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Strikes:
    """Counts the changes to files below `home`, and strikes at a chosen one.

    An audit hook cannot be taken away again, so it is switched off by `strike = None`.

    Args:
        home: the folder.
        connections: whether every connection counts too.
        only_growing: whether only what needs space counts.
    """

    def __init__(
        self, home: Path, *, connections: bool = False, only_growing: bool = False
    ) -> None:
        self._home, self._connections = str(home), connections
        self._events = _GROWING if only_growing else _CHANGING
        self.strike: Callable[[int, str], None] | None = None
        self.count = 0

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if self.strike is None or not self._counts(event, args):
            return
        self.count += 1
        self.strike(self.count - 1, os.fsdecode(args[0]) if event != "socket.connect" else "")

    def _counts(self, event: str, args: tuple[Any, ...]) -> bool:
        if event == "socket.connect":
            return self._connections
        if event != "open" and event not in self._events:
            return False
        inside = isinstance(args[0], str | bytes) and os.fsdecode(args[0]).startswith(self._home)
        return inside and (event != "open" or bool(args[2] & _WRITING))


def killing(at: int) -> Callable[[int, str], None]:
    """End the process before the change of this number, as if the power failed."""

    def strike(number: int, _path: str) -> None:
        if number == at:
            os.kill(os.getpid(), signal.SIGKILL)

    return strike


def failing(code: int, at: int, *, lasting: bool) -> Callable[[int, str], None]:
    """Let the change of this number fail, and with `lasting` every later one."""

    def strike(number: int, path: str) -> None:
        if number == at or (lasting and number > at):
            raise OSError(code, os.strerror(code), path)

    return strike


def counting(_number: int, _path: str) -> None:
    """Strike never."""
