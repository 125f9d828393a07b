"""Time and memory of the statistics of one large CSV file, beside `SUMMARIZE` of DuckDB alone.

    python -m benchmarks.statistics [--size-bytes N] [--rounds N]

Both use two threads. `benchmarks.array_statistics` does the same for HDF5.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.timing import interleaved, table

THREADS = 2
BLOCK_ROWS = 100_000
KINDS = ("setosa", "virginica", "versicolor", "other")


def make(file: Path, size_bytes: int) -> None:
    """Write rows of numbers, labels, times and words; blocks of rows are repeated."""
    source = random.Random(1)  # noqa: S311 - made-up data
    rows = "".join(
        f"{source.gauss(0, 1):.6f},{source.random() * 1e4:.3f},{KINDS[n % 4]},"
        f"2026-01-{n % 28 + 1:02} 12:00:{n % 60:02},{str(n % 3 == 0).lower()},run {n % 977}\n"
        for n in range(BLOCK_ROWS)
    ).encode()
    with file.open("wb") as stream:
        stream.write(b"x,y,kind,time,flag,note\n")
        while stream.tell() < size_bytes:
            stream.write(rows)


def describe_file(file: Path) -> None:
    """Describe the file as a snapshot does."""
    from huggingnersc.adapters.statistics.describe import describe
    from huggingnersc.adapters.statistics.limits import DescribingLimits
    from huggingnersc.domain.versions.manifest import ManifestEntry

    entry = ManifestEntry(os.fsencode(file.name), b"0" * 64, file.stat().st_size, 0)
    (found,) = describe(file.parent, [entry], DescribingLimits(threads=THREADS))["tables"]
    assert found["sample"] is None
    assert found["rows"] % BLOCK_ROWS == 0


def summarize(file: Path) -> None:
    """Do what a user of DuckDB would do."""
    import duckdb

    connection = duckdb.connect(config={"threads": THREADS})
    assert len(connection.execute(f"SUMMARIZE FROM read_csv('{file}')").fetchall()) == 6


CASES = {"describe": describe_file, "SUMMARIZE of DuckDB": summarize}


def main() -> None:
    """Make the file, run every case in processes of its own, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size-bytes", type=int, default=2_000_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--case", choices=CASES)
    parser.add_argument("--file", type=Path)
    given = parser.parse_args()
    if given.case:
        CASES[given.case](given.file)
        who = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        print(max(one.ru_maxrss for one in who), sum(o.ru_utime + o.ru_stime for o in who))
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "large.csv"
        make(file, given.size_bytes)
        used: dict[str, tuple[int, float]] = {}
        seconds = interleaved(
            {name: lambda name=name: run(name, file, used) for name in CASES},  # type: ignore[misc]
            rounds=given.rounds,
        )
    least = seconds["SUMMARIZE of DuckDB"]
    rows = [
        (
            name,
            f"{seconds[name]:.2f}",
            f"{used[name][1]:.2f}",
            f"{seconds[name] / least:.2f}",
            used[name][0] // 1024,
        )
        for name in CASES
    ]
    head = ("case", "s", "least s of processors", "x SUMMARIZE", "peak MB of the largest process")
    print(table(head, rows))


def run(name: str, file: Path, used: dict[str, tuple[int, float]]) -> float:
    """Run a case in a process; return its seconds, note its peak memory and processor time."""
    words = [sys.executable, "-m", "benchmarks.statistics", "--case", name, "--file", str(file)]
    begun = time.perf_counter()
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    elapsed = time.perf_counter() - begun
    peak, processors = done.stdout.split()[-2:]
    before = used.get(name, (0, float("inf")))
    used[name] = max(before[0], int(peak)), min(before[1], float(processors))
    return elapsed


if __name__ == "__main__":
    main()
