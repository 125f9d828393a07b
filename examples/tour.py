"""Run the commands of an example in a catalog of its own, and print what they are."""

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import chdir, contextmanager
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))


class Tour:
    """A folder with a catalog, a Hub and the files of an example; your own catalog stays as it is.

    Args:
        folder: it is made where there is none.
        is_kept: whether it stays.
    """

    def __init__(self, folder: Path, *, is_kept: bool) -> None:
        self.folder, self.is_kept = folder, is_kept
        folder.mkdir(parents=True, exist_ok=True)
        for name in [name for name in os.environ if name.startswith(("HUGGINGNERSC_", "HF_"))]:
            del os.environ[name]  # nothing of this example goes anywhere else
        os.environ |= {
            "XDG_DATA_HOME": str(folder / "catalog"),
            "XDG_CONFIG_HOME": str(folder / "settings"),
            "HUGGINGNERSC_SITE": "local",
            "HF_HOME": str(folder / "cache"),
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
        }

    def say(self, text: str) -> None:
        """Print what happens next."""
        print(f"\n# {text}", flush=True)

    def run(self, *words: str | Path) -> None:
        """Print a command of HuggingNERSC and run it; end where it fails."""
        from huggingnersc.cli.app import main

        print(f"$ huggingnersc {shlex.join(map(str, words))}", flush=True)
        code = main([*map(str, words)], program="huggingnersc")
        if code:
            sys.exit(f"It ended with the code {code}.")


def require(example: str, install: str, *modules: str) -> None:
    """End with one line where a module is missing, before anything is made.

    Args:
        example: its name.
        install: what pip has to be told.
        modules: those that the example imports.
    """
    missing = [name for name in ("typer", "datasets", *modules) if find_spec(name) is None]
    if missing:
        sys.exit(
            f"This example needs {', '.join(missing)}: `make example-{example}` installs it, "
            f"or `pip install {install}` in the folder {ROOT}."
        )


@contextmanager
def _hub() -> Iterator[None]:
    """Serve the Hub of the catalog while the block runs, and let `datasets` load from it."""
    print("$ huggingnersc serve-hub --port 0 &", flush=True)
    command = [sys.executable, ROOT / "main.py", "serve-hub", "--port", "0", "--json"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        hub = json.loads(_document(server.stdout or ()))
        os.environ["HF_ENDPOINT"] = hub["endpoint"]
        os.environ["HF_TOKEN"] = Path(hub["token_file"]).read_text(encoding="utf-8").strip()
        yield
    finally:
        server.terminate()
        server.wait()


def _document(lines: Iterable[str]) -> str:
    """Return the lines of a JSON document, as soon as it is complete."""
    text = ""
    for line in lines:
        text += line
        if line.rstrip() == "}":
            break
    return text


@contextmanager
def tour(name: str) -> Iterator[Tour]:
    """Give a tour in a folder that is removed at the end, or stays if one is named."""
    is_kept = len(sys.argv) > 1
    folder = Path(sys.argv[1] if is_kept else tempfile.mkdtemp(prefix=f"huggingnersc-{name}-"))
    try:
        given = Tour(folder.absolute(), is_kept=is_kept)
        with chdir(folder), _hub():
            yield given
    finally:
        if not is_kept:
            shutil.rmtree(folder)
    rest = f"All of it is in {folder}" if is_kept else "The folder of this example is removed"
    print(f"\n{rest}; your own catalog was not used.")
