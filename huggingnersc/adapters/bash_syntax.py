"""Syntax check of shell scripts by bash; the script is never run."""

from __future__ import annotations

import re

_TIMEOUT_S = 10.0
_MESSAGE = re.compile(r"line (?P<line>\d+): (?P<what>.*)")


def bash_syntax_error(text: str) -> tuple[int, str] | None:
    """Return the first syntax error of a script, as `bash -n` reports it.

    Patterns of `extglob` are allowed, because the script may enable them.

    Returns:
        The line and bash's message; None when there is no error or bash is not installed.
    """
    import shutil
    import subprocess

    bash = shutil.which("bash")
    if bash is None:
        return None
    try:
        done = subprocess.run(
            [bash, "--norc", "-O", "extglob", "-n"],
            input=text.encode(),
            capture_output=True,
            check=False,
            timeout=_TIMEOUT_S,
            env={"LC_ALL": "C"},  # without BASH_ENV, which bash would run first
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    message = _MESSAGE.search(done.stderr.decode(errors="replace"))
    return (int(message["line"]), message["what"]) if done.returncode and message else None
