"""A command line run on a terminal, as a person has it."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

from tests.conftest import ROOT
from tests.forked_python import forked_python

if TYPE_CHECKING:
    from pathlib import Path

ESCAPE = "\x1b["
_STYLE = re.compile(r"\x1b\[[0-9;]*m")


def unstyled(text: str) -> str:
    """Return what a terminal showed without colours and weights."""
    return _STYLE.sub("", text)


def on_terminal(*words: str | Path, columns: int = 80, **environment: str) -> str:
    """Run `main.py` with stdin, stdout and stderr on a terminal; give all that it showed."""
    return python_on_terminal(ROOT / "main.py", *words, columns=columns, **environment)


def python_on_terminal(*words: str | Path, columns: int = 80, **environment: str) -> str:
    """Run Python with these words on a terminal; give all that it showed."""
    primary, secondary = pty.openpty()
    # What says how wide the terminal is; a new pseudo-terminal has no size of its own.
    changes = {"TERM": "xterm-256color", "COLUMNS": str(columns), **environment}
    process = subprocess.Popen(
        [forked_python(), *words],
        stdin=secondary,
        stdout=secondary,
        stderr=secondary,
        env={**os.environ, **changes},
    )
    os.close(secondary)
    shown = b""
    with suppress(OSError), open(primary, "rb", buffering=0) as terminal:  # noqa: PTH123 - a descriptor
        while part := terminal.read(65536):  # ends with an error when the last writer is gone
            shown += part
    process.wait()
    return shown.decode().replace("\r\n", "\n")
