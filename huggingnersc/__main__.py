"""The entry point of `python -m huggingnersc`."""

from huggingnersc.cli.app import run

if __name__ == "__main__":
    run()
