"""How long `--help` takes: ours, a minimal Typer program's, and `hf --help`.

    python -m benchmarks.startup [ROUNDS]

Targets: at most 1.2 times the minimal program, at most 0.45 of `hf --help`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.timing import interleaved, process, table

HERE = Path(__file__).resolve().parent
PYTHON = sys.executable


def main() -> None:
    """Measure and print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    medians = interleaved(
        {
            "huggingnersc --help": process([PYTHON, HERE.parent / "main.py", "--help"]),
            "minimal Typer --help": process([PYTHON, HERE / "minimal_typer.py", "--help"]),
            "hf --help": process([Path(PYTHON).parent / "hf", "--help"]),
            "python -c pass": process([PYTHON, "-c", "pass"]),
        },
        rounds=rounds,
    )
    ours = medians["huggingnersc --help"]
    rows = [
        (name, f"{seconds:.3f}", f"{ours / seconds:.2f}")
        for name, seconds in sorted(medians.items(), key=lambda item: item[1])
    ]
    print(table(("command", "s (median)", "ours / this"), rows))


if __name__ == "__main__":
    main()
