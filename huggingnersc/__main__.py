"""`python -m huggingnersc` is the same as `huggingnersc`."""

from huggingnersc.cli.app import run

if __name__ == "__main__":
    run()
