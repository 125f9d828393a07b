"""The entry point of a checkout: `python main.py COMMAND ...`, from any folder."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))  # noqa: PTH120 - imports little

if __name__ == "__main__":
    try:
        from huggingnersc.__main__ import run

        run()
    except ModuleNotFoundError as error:
        sys.stderr.write(
            f"error: {sys.executable} has no package {error.name}.\n"
            "hint: Activate an environment that has it: source .venv/bin/activate (created by "
            "`make demo`), or conda activate huggingnersc_env\n"
        )
        sys.exit(3)
    except KeyboardInterrupt:  # it came before the program listened for it
        sys.exit(130)
