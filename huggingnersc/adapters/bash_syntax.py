"""Bash itself as the judge of a shell script's syntax; the script is never run."""

from __future__ import annotations

import re

_TIMEOUT_S = 10.0
_SAID = re.compile(r"line (?P<line>\d+): (?P<what>.*)")


def bash_fault(text: str) -> tuple[int, str] | None:
    """Let `bash -n` read a script.

    Patterns of `extglob` are allowed, because the script may switch them on.

    Returns:
        The line and what bash says of it; None when it says nothing, or there is no bash here.
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
            env={"LC_ALL": "C"},  # no BASH_ENV, which bash would read first
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    said = _SAID.search(done.stderr.decode(errors="replace"))
    return (int(said["line"]), said["what"]) if done.returncode and said else None
