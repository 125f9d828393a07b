"""Take the terminal picture of the README: the real commands, run on the embedded Hub.

    python images/take_terminal_picture.py

Writes images/catalog_iris.svg. The run has a home of its own, named as a user would see it.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = (
    [
        "catalog-new-dataset",
        "Fisher's Iris Data",
        "iris",
        "examples/iris/iris_loader.py",
        "https://portal.nersc.gov/cfs/dasrepo/iris",
        "examples/iris/iris_metadata.json",
        "--data-path",
        "examples/iris/data",
    ],
    ["inspect-dataset", "iris"],
)


def main() -> None:
    """Run the commands and export what they printed."""
    console = Console(record=True, width=100, force_terminal=True, file=io.StringIO())
    with tempfile.TemporaryDirectory() as home:
        for words in COMMANDS:
            console.print(Text(f"$ python main.py {_shell(words)}", style="bold green"))
            console.print(Text.from_ansi(_output(words, home)))
    console.save_svg(str(ROOT / "images" / "catalog_iris.svg"), title="HuggingNERSC")


def _output(words: list[str], home: str) -> str:
    environment = {**os.environ, "HOME": home, "FORCE_COLOR": "1", "COLUMNS": "100"}
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "NERSC_HOST", "HUGGINGNERSC_SITE"):
        environment.pop(name, None)
    done = subprocess.run(
        [sys.executable, "main.py", *words],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    return done.stdout.replace(home, "/home/steward").replace(
        str(ROOT), "/home/steward/huggingnersc"
    )


def _shell(words: list[str]) -> str:
    return " ".join(f'"{word}"' if " " in word else word for word in words)


if __name__ == "__main__":
    main()
