"""The entry point of a checkout: `python main.py COMMAND ...`, from any folder."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

try:
    from huggingnersc.cli.app import run
except ModuleNotFoundError as error:
    sys.stderr.write(
        f"error: {sys.executable} has no package {error.name}.\n"
        "hint: Activate an environment that has it: source .venv/bin/activate (created by "
        "`make demo`), or conda activate huggingnersc_env\n"
    )
    sys.exit(3)

if __name__ == "__main__":
    run()
