"""An update with nothing to do, beside a plain program that asks the Hub the same.

    python -m benchmarks.updating [ROUNDS]

Whole processes against an embedded Hub that runs beside them.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.cataloging import ROOT, Command, count, ours
from benchmarks.counting import counted
from benchmarks.serving import serving
from benchmarks.timing import interleaved, process, table

PLAIN = """\
import sys
from huggingface_hub import HfApi
api = HfApi(endpoint=sys.argv[1])
api.whoami()
api.dataset_info(sys.argv[2], files_metadata=True)
"""


def main() -> None:
    """Measure and print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder) / "hub") as endpoint,
        counted(endpoint) as counter,
    ):
        catalog = ours(Path(folder), counter.endpoint, 0)
        process(catalog)()
        profile, nickname = catalog[-1], "iris-0"
        update: Command = [
            sys.executable,
            ROOT / "main.py",
            "update-dataset",
            nickname,
            "--site",
            profile,
        ]
        plain: Command = [sys.executable, "-c", PLAIN, counter.endpoint, f"NERSC/{nickname}"]
        asked = {
            "update, nothing to do": count(update, counter.requests),
            "plain program": count(plain, counter.requests),
        }
        medians = interleaved(
            {"update, nothing to do": process(update), "plain program": process(plain)},
            rounds=rounds,
        )
    base = medians["plain program"]
    rows = [
        (name, f"{seconds:.3f}", f"{seconds / base:.2f}", len(asked[name]))
        for name, seconds in medians.items()
    ]
    print(table(("case", "s (median)", "x plain program", "requests"), rows))


if __name__ == "__main__":
    main()
