"""Run every command of docs/tour.md on a terminal and write its output below it.

python docs/write_tour.py [--picture]

With `--picture`, take a screenshot of the preview (requires Chromium and playwright).
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from contextlib import contextmanager
from hashlib import sha1
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    AtPrompt = Callable[[str, Path], None]

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "docs" / "tour.md"
PICTURE = ROOT / "images" / "preview_iris.png"
HOME = "/home/your_login"  # as long as the real path, so that lines wrap at the same places
COLUMNS = 80

PROFILE = """\
name = "center"
title = "Our Center"

[hub]
organization = "OurCenter"
endpoint = "embedded"

[catalog]
root = "{home}/catalog"

[portal]
url = "https://portal.example.org/{{project}}/{{rest}}"
path = "{home}/cfs/{{project}}/www/{{rest}}"
"""
STARTER = """\
#!/bin/sh
exec "{python}" "$HOME/lib/huggingnersc" "$@"
"""
PROGRAM = """\
import sys
sys.path.insert(0, {root!r})
from huggingnersc.__main__ import run
run()
"""
_RENAME = """([own, shown]) => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode())
    texts.currentNode.nodeValue = texts.currentNode.nodeValue.replaceAll(own, shown)
}"""
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^\$ ((?:.*\\\n)*.*)\n", re.MULTILINE)
_ANSWERS = re.compile(r"  # then (.+)$")
_STYLE = re.compile(r"\x1b\[[0-9;]*m")
_AT_PROMPT = re.compile(rb"(: |Ctrl-C\.)(\x1b\[[0-9;]*m|\r\n)*$")
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/datasets/\S+")


def tour(*, with_picture: bool = False, python: str = sys.executable) -> str:
    """Return docs/tour.md with the current output of its commands.

    Args:
        with_picture: take its picture too.
        python: what starts the program.
    """
    at_prompt = _photograph if with_picture else _wait_for_nothing
    with _home(python) as home:
        text = FILE.read_text(encoding="utf-8")
        parts = _BLOCK.split(text)
        for place in range(1, len(parts), 2):
            steps = list(_played(_COMMAND.findall(parts[place]), home, at_prompt))
            parts[place] = f"```console\n{''.join(steps)}```"
        return _steady("".join(parts), str(home))


def _played(commands: list[str], home: Path, at_prompt: AtPrompt) -> Iterator[str]:
    code = 0
    for command in commands:
        match = _ANSWERS.search(command)
        words = match[1].split(", ") if match else []
        answers = ["" if word == "Enter" else word for word in words]
        line = command.replace("$?", str(code))
        shown, code = _on_terminal(line, home, answers, at_prompt)
        yield f"$ {command}\n{shown}"


def _on_terminal(
    command: str, home: Path, answers: list[str], at_prompt: AtPrompt
) -> tuple[str, int]:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 25, COLUMNS, 0, 0))
    process = subprocess.Popen(
        ["bash", "-c", command], cwd=home, env=environment(home),
        stdin=theirs, stdout=theirs, stderr=theirs, umask=0o022,
    )  # fmt: skip
    os.close(theirs)
    shown, seen = b"", 0
    while part := _read(ours):
        shown += part
        if answers and _AT_PROMPT.search(shown, seen):
            at_prompt(shown.decode(), home)
            seen = len(shown)
            os.write(ours, f"{answers.pop(0)}\n".encode())
    os.close(ours)
    text = _STYLE.sub("", shown.decode()).replace("\r\n", "\n").rstrip()
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines()), process.wait()


def _read(terminal: int) -> bytes:
    ready, _, _ = select.select([terminal], [], [], 60)
    if not ready:
        sys.exit("a command waits for an answer that is missing in docs/tour.md")
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # Linux raises it when the last writer has closed the terminal
        return b""


def environment(home: Path) -> dict[str, str]:
    """Return the environment of every command."""
    kept = ("PATH", "LANG", "LC_ALL", "PYTHONDONTWRITEBYTECODE")
    return {name: os.environ[name] for name in kept if name in os.environ} | {
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "PATH": f"{home}/bin:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HUGGINGNERSC_SITE": str(home / "center.toml"),
        "HF_HUB_DISABLE_UPDATE_CHECK": "1",
        "NO_COLOR": "1",
        "TERM": "dumb",  # a dumb terminal shows no progress bar, which depends on time
    }


@contextmanager
def _home(python: str) -> Iterator[Path]:
    """Yield a home folder with data, a center's profile and the program on its PATH."""
    home = Path(tempfile.mkdtemp(prefix="hn-", dir="/tmp"))
    try:
        home.chmod(0o755)
        for folder in ("bin", "lib", "tmp", "cfs/dasrepo/www"):
            (home / folder).mkdir(parents=True)
        shutil.copytree(ROOT / "examples/iris/data", home / "cfs/dasrepo/www/iris")
        (home / "center.toml").write_text(PROFILE.format(home=home), encoding="utf-8")
        program = home / "bin" / "huggingnersc"
        program.write_text(STARTER.format(python=python), encoding="utf-8")
        program.chmod(0o755)
        module = home / "lib" / "huggingnersc"
        module.write_text(PROGRAM.format(root=str(ROOT)), encoding="utf-8")
        yield home
    finally:
        shutil.rmtree(home)


def _steady(text: str, home: str) -> str:
    """Return `text` with what differs from run to run replaced by fixed values of equal length."""
    numbers: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        return numbers.setdefault(match[0], sha1(b"%d" % len(numbers)).hexdigest())  # noqa: S324

    text = re.sub(r"\b[0-9a-f]{40}\b", number, text.replace(home, HOME))
    text = re.sub(r"\b\d{8}T\d{6}Z\b", "20261120T101500Z", text)
    text = re.sub(r"(huggingnersc-scratch-)\w{8}", r"\1x4k2v9qa", text)
    text = re.sub(r"(127\.0\.0\.1:)\d{5}\b", r"\g<1>40321", text)
    return re.sub(r", owner \w+\)", ", owner your_login)", text)


def main() -> None:
    """Write the file, and with `--picture` the picture."""
    FILE.write_text(tour(with_picture="--picture" in sys.argv), encoding="utf-8")


def _wait_for_nothing(_shown: str, _home: Path) -> None:
    """Answer the prompt immediately."""


def _photograph(shown: str, home: Path) -> None:
    """Take a screenshot of the page of a preview that is being served."""
    from playwright.sync_api import sync_playwright

    address = _ADDRESS.search(shown)
    if address is None or "Served until" not in shown:
        return
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = chromium.new_page(viewport={"width": 1280, "height": 850})
        page.goto(address[0])
        page.evaluate(_RENAME, [str(home), HOME])
        page.screenshot(path=PICTURE)
        chromium.close()


if __name__ == "__main__":
    main()
