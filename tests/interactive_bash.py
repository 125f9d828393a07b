"""An interactive bash on a terminal, driven by keys."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_TO_BEGINNING, _TAB = b"\x01", b"\t"
_ASK = b"printf '<<%s>>\\n' "


def words_after_tab(line: str, rc_file: Path, *, path: str, timeout_s: float = 60) -> list[str]:
    """Type `line` and press Tab; give the words that bash reads then.

    Args:
        line: what is typed.
        rc_file: what bash runs first; it sets the prompt to `ready> `.
        path: where programs are looked for.
        timeout_s: the longest wait for bash.
    """
    primary, secondary = pty.openpty()
    bash = subprocess.Popen(
        ["bash", "--noprofile", "--rcfile", rc_file, "-i"],
        stdin=secondary,
        stdout=secondary,
        stderr=secondary,
        env={**os.environ, "PATH": path, "TERM": "dumb", "COLUMNS": "1000"},
        start_new_session=True,
    )
    os.close(secondary)
    try:
        _read_until(primary, b"ready> ", timeout_s)
        # Readline takes the keys one after the other, so the question waits for the completion.
        os.write(primary, line.encode() + _TAB + _TO_BEGINNING + _ASK + b"\r")
        shown = _read_until(primary, b">>\r\nready> ", timeout_s)
    finally:
        bash.kill()
        bash.wait()
        os.close(primary)
    return [word.decode() for word in re.findall(rb"^<<(.*)>>\r?$", shown, re.MULTILINE)]


def _read_until(terminal: int, end: bytes, timeout_s: float) -> bytes:
    shown, latest = b"", time.monotonic() + timeout_s
    while not shown.endswith(end):
        ready, _, _ = select.select([terminal], [], [], max(0.0, latest - time.monotonic()))
        if not ready:
            raise TimeoutError(f"bash showed {shown!r}")
        shown += os.read(terminal, 65536)
    return shown
