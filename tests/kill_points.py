"""Run as a program: kill a command at each of its changes, then run it again.

    python -m tests.kill_points HOME POINTS WORD... [--then WORD...]...

The command lines before the last `--then` set up the home folder HOME. The last one runs in a
forked child. An audit hook counts every change to a file below HOME and every connection, and ends
the child with SIGKILL at the chosen one. Then the same command runs undisturbed. One JSON line a
point goes to stdout; the first line is the undisturbed run that all others are compared with.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

_CHANGES = {
    "os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.chmod", "os.link", "os.symlink",
    "os.truncate", "os.utime", "shutil.rmtree", "socket.connect",
}  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_TIME = re.compile(r"\.\d{8}T\d{6}Z")  # when a dataset was removed: the clock's


class _Points:
    """Counts changes; at the chosen one the process ends as if the power failed."""

    def __init__(self, home: Path, kill_at: int | None) -> None:
        self.home, self.kill_at, self.count = str(home), kill_at, 0

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if not self._is_change(event, args):
            return
        if self.count == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.count += 1

    def _is_change(self, event: str, args: tuple[Any, ...]) -> bool:
        if event == "socket.connect":
            return True
        if event != "open" and event not in _CHANGES:
            return False
        inside = isinstance(args[0], str | bytes) and os.fsdecode(args[0]).startswith(self.home)
        return inside and (event != "open" or bool(args[2] & _WRITING))


def run_in_child(home: Path, words: list[str], kill_at: int | None) -> tuple[int, int]:
    """Run the command line in a child; give its wait status and the changes it counted."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.environ["HOME"] = str(home)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        points = _Points(home, kill_at)
        sys.addaudithook(points)
        from huggingnersc.cli.app import main

        code = main(words)
        os.write(writer, str(points.count).encode())
        os._exit(code)
    os.close(writer)
    with os.fdopen(reader) as stream:
        counted = stream.read()
    return os.waitpid(child, 0)[1], int(counted or -1)


def state(home: Path) -> dict[str, str]:
    """What a user can see afterwards: the catalog folder's bytes and modes, the Hub's files."""
    catalog = home / ".local/share/huggingnersc/catalog"
    seen = {
        _TIME.sub(
            ".TIME", str(file.relative_to(catalog))
        ): f"{file.stat().st_mode:o} {_digest(file)}"
        for file in sorted(catalog.rglob("*"))
        if ".locks" not in file.parts
    }
    return seen | _hub_files(home / ".local/share/huggingnersc/hub")


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "folder"


def _hub_files(root: Path) -> dict[str, str]:
    from huggingnersc.adapters.hub import Hub
    from huggingnersc.adapters.loopback import running_hub

    with running_hub(root, organizations=["NERSC"]) as running:
        remote = Hub(running.endpoint, running.token).repository("NERSC/iris")
    if remote is None:
        return {"hub": "nothing"}
    files = {f"hub:{path}": oid for path, oid in remote.files.items()}
    return {"hub": "private" if remote.private else "public"} | files


def _seen_in_child(home: Path) -> dict[str, str]:
    """Look from a child, so that this process stays free of threads and can go on forking."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, json.dumps(state(home)).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as stream:
        text = stream.read()
    os.waitpid(child, 0)
    value: dict[str, str] = json.loads(text)
    return value


def commands(words: list[str]) -> list[list[str]]:
    """Split the words at each `--then`."""
    split: list[list[str]] = [[]]
    for word in words:
        split.append([]) if word == "--then" else split[-1].append(word)
    return split


def main() -> None:
    """Kill at evenly spread points and print what each rerun left."""
    home, wanted = Path(sys.argv[1]), int(sys.argv[2])
    *setup, words = commands(sys.argv[3:])
    import huggingface_hub.hf_api  # noqa: F401 - imported once here, so that children are quick
    import jinja2  # noqa: F401
    import jsonschema  # noqa: F401
    import nbformat  # noqa: F401

    start = home.with_name(f"{home.name} at the start")
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    for command in setup:
        status, _ = run_in_child(home, command, None)
        if status:
            sys.exit(f"{command} failed")
    shutil.copytree(home, start)
    status, changes = run_in_child(home, words, None)
    undisturbed = _seen_in_child(home)
    _tell(point=None, killed=None, code=status >> 8, changes=changes, files=len(undisturbed))
    step = max(1, changes // wanted)
    for point in range(0, changes, step):
        shutil.rmtree(home)
        shutil.copytree(start, home)
        first, _ = run_in_child(home, words, point)
        again, _ = run_in_child(home, words, None)
        left = _seen_in_child(home)
        differs = sorted({*left.items()} ^ {*undisturbed.items()})
        _tell(
            point=point,
            killed=os.WTERMSIG(first),
            code=again >> 8,
            same=left == undisturbed,
            differs=differs,
        )


def _tell(**values: object) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
