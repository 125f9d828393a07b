"""The door for a checkout: `python main.py COMMAND ...`, from any folder."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from huggingnersc.cli.app import run

if __name__ == "__main__":
    run()
