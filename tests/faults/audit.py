"""Audit hooks that count every change below a folder and strike at a chosen one."""

from __future__ import annotations

import os
import signal
from multiprocessing import Value
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

_GROWING = {"os.rename", "os.mkdir", "os.link", "os.symlink"}
_CHANGING = _GROWING | {
    "os.rmdir", "os.remove", "os.chmod", "os.chown", "os.truncate", "os.utime", "shutil.rmtree",
}  # fmt: skip
# Where the arguments of an event have the folder that a name is relative to.
_FOLDER_AT = {
    "os.rename": 2, "os.mkdir": 2, "os.link": 2, "os.symlink": 2, "os.rmdir": 1, "os.remove": 1,
    "os.chmod": 2, "os.chown": 3, "os.utime": 3, "shutil.rmtree": 1,
}  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Change(NamedTuple):
    """A change of a file, or a connection, that is about to happen.

    Attributes:
        number: counted from 0.
        path: of the file; empty for a connection.
        command: the process that runs the command line.
    """

    number: int
    path: str
    command: int


class Strikes:
    """Counts the changes to files below `home`, and strikes at a chosen one.

    Processes that are forked from this one count together with it. An audit hook cannot be taken
    away again, so it is switched off by `strike = None`.

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
        self.strike: Callable[[Change], None] | None = None
        self._command = os.getpid()
        self._count, self._growing = Value("q", 0), Value("q", 0)

    @property
    def count(self) -> int:
        """How many changes there were."""
        return int(self._count.value)

    @property
    def growing(self) -> int:
        """How many of them need space."""
        return int(self._growing.value)

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if self.strike is None or not self._counts(event, args):
            return
        path = _path(event, args) if event != "socket.connect" else ""
        with self._count:
            number = self._count.value
            self._count.value += 1
            self._growing.value += event == "open" or event in _GROWING
        self.strike(Change(number, path, self._command))

    def _counts(self, event: str, args: tuple[Any, ...]) -> bool:
        if event == "socket.connect":
            return self._connections
        if event != "open" and event not in self._events:
            return False
        if event == "open" and not (isinstance(args[2], int) and args[2] & _WRITING):
            return False
        path = _path(event, args)
        # The event has not the folder of a name that is opened in one; only the catalog does that.
        is_in_open_folder = event == "open" and "/" not in path
        return is_in_open_folder or path.startswith(self._home)


def _path(event: str, args: tuple[Any, ...]) -> str:
    """Return the whole path that an event is about; the name alone where its folder is unknown."""
    if isinstance(args[0], int):
        return _path_of(args[0])
    path, at = os.fsdecode(args[0]), _FOLDER_AT.get(event)
    folder = args[at] if at is not None and len(args) > at else None
    if not isinstance(folder, int) or folder < 0 or path.startswith("/"):
        return path
    return f"{_path_of(folder)}/{path}"


def _path_of(descriptor: int) -> str:
    return str(Path(f"/proc/self/fd/{descriptor}").readlink())


def killing(at: int, *, power: bool = False) -> Callable[[Change], None]:
    """End the process that is about to make the change of this number.

    Args:
        at: the number.
        power: whether the command ends with its worker, as if the power failed.
    """

    def strike(change: Change) -> None:
        if change.number == at:
            if power:
                os.kill(change.command, signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)

    return strike


def failing(code: int, at: int, *, lasting: bool) -> Callable[[Change], None]:
    """Let the change of this number fail, and with `lasting` every later one."""

    def strike(change: Change) -> None:
        if change.number == at or (lasting and change.number > at):
            raise OSError(code, os.strerror(code), change.path)

    return strike


def counting(_change: Change) -> None:
    """Strike never."""
