"""The commands on a card work when they are pasted into a shell in an empty folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.builders import write_tree
from tests.loaders.pasted import blocks, paste, published

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from huggingnersc.hub_server import RunningHub

POSITIONAL = """\
import sys

print(open(sys.argv[1] + "/a.csv").read())
"""
OPTIONS = """\
import argparse

from helpers import text

parser = argparse.ArgumentParser()
parser.add_argument("--data-dir", required=True)
print(text(parser.parse_args().data_dir))
"""
HELPERS = """\
from pathlib import Path


def text(folder):
    return (Path(folder) / "a.csv").read_text()
"""
STATED = """\
import os
import sys

(option, folder) = sys.argv[1].split("=")
assert (option, os.environ["MODE"]) == ("--root", "all")
print(open(folder + "/a.csv").read())
"""
BASH = 'set -e\n. ./env.sh\ncat "$1/$NAME"\n'
KINDS: dict[str, tuple[dict[str, str], str]] = {
    "words": ({"short.py": POSITIONAL}, ""),
    "a name with a space": ({"load it.py": POSITIONAL}, ""),
    "options": ({"load.py": OPTIONS, "helpers.py": HELPERS}, ""),
    "stated": ({"load.py": STATED}, "env MODE=all python {loader} --root={data}"),
    "bash": ({"load.sh": BASH, "env.sh": "NAME=a.csv\n"}, ""),
}


@pytest.mark.parametrize(("scripts", "run_command"), KINDS.values(), ids=KINDS)
def test_commands_of_the_card_load_the_data(
    hub: RunningHub,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    scripts: Mapping[str, str],
    run_command: str,
) -> None:
    monkeypatch.setenv("HF_TOKEN", hub.token)
    data = write_tree(tmp_path / 'it\'s "so"', {"a.csv": "the first row\n"})
    loader, *companions = scripts
    files = published(
        hub,
        tmp_path,
        scripts,
        data_path=data,
        include=[tmp_path / name for name in companions],
        run_command=run_command,
    )
    (commands,) = blocks(files["README.md"])
    assert "the first row\n" in paste(commands, tmp_path / "empty", HF_ENDPOINT=hub.endpoint)
    run = commands.splitlines()[-1]
    assert f"# Run: {run}\n" in files[loader]
