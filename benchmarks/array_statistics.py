"""Time and memory of the statistics of one large HDF5 file, beside reading all of it.

    python -m benchmarks.array_statistics [--size-bytes N] [--written-bytes N] [--rounds N]

The file has one array without chunks. What is beyond the written bytes is a hole, so that a file
of 2 GB takes less of a shared memory file system; it is read like any other part.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.timing import interleaved, table

BLOCK_BYTES = 64 << 20


def make(file: Path, size_bytes: int, written_bytes: int) -> None:
    """Write an array of random numbers, of which the last ones are a hole."""
    import h5py
    import numpy as np

    random = np.random.default_rng(1)
    with h5py.File(file, "w") as opened:
        creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        creation.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
        creation.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        space = h5py.h5s.create_simple((size_bytes // 400, 100))
        held = h5py.h5d.create(opened.id, b"x", h5py.h5t.NATIVE_FLOAT, space, creation)
        array, rows = h5py.Dataset(held), BLOCK_BYTES // 400
        for start in range(0, written_bytes // 400, rows):
            array[start : start + rows] = random.normal(size=(rows, 100)).astype("f4")


def describe_file(file: Path) -> None:
    """Describe the file as a snapshot does."""
    from huggingnersc.adapters.statistics.describe import describe
    from huggingnersc.adapters.statistics.limits import DescribingLimits
    from huggingnersc.domain.versions.manifest import ManifestEntry

    entry = ManifestEntry(os.fsencode(file.name), b"0" * 64, file.stat().st_size, 0)
    (found,) = describe(file.parent, [entry], DescribingLimits())["arrays"]
    sample = found["members"][0]["sample"]
    assert sample is not None
    print(json.dumps(sample), file=sys.stderr)


def read_whole(file: Path) -> None:
    """Find smallest, largest and mean value of all, a block at a time."""
    import h5py

    with h5py.File(file, "r") as opened:
        array, rows = opened["x"], BLOCK_BYTES // 400
        parts = (array[start : start + rows] for start in range(0, len(array), rows))
        print(sum(float(part.min() + part.max() + part.mean(dtype="f8")) for part in parts))


CASES = {"describe": describe_file, "read all of it by h5py": read_whole}


def main() -> None:
    """Make the file, run every case in processes of its own, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size-bytes", type=int, default=2_000_000_000)
    parser.add_argument("--written-bytes", type=int, default=500_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--case", choices=CASES)
    parser.add_argument("--file", type=Path)
    given = parser.parse_args()
    if given.case:
        CASES[given.case](given.file)
        who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        print(max(resource.getrusage(one).ru_maxrss for one in who))
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "large.h5"
        make(file, given.size_bytes, given.written_bytes)
        peaks: dict[str, int] = {}
        seconds = interleaved(
            {name: lambda name=name: run(name, file, peaks) for name in CASES},  # type: ignore[misc]
            rounds=given.rounds,
        )
    least = seconds["read all of it by h5py"]
    rows = [
        (name, f"{seconds[name]:.2f}", f"{seconds[name] / least:.2f}", peaks[name] // 1024)
        for name in CASES
    ]
    print(table(("case", "s", "x reading all", "peak MB of the largest process"), rows))


def run(name: str, file: Path, peaks: dict[str, int]) -> float:
    """Run a case in a process; return its seconds and note its peak memory in kB."""
    import time

    words = [
        sys.executable,
        "-m",
        "benchmarks.array_statistics",
        "--case",
        name,
        "--file",
        str(file),
    ]
    begun = time.perf_counter()
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    elapsed = time.perf_counter() - begun
    peaks[name] = max(peaks.get(name, 0), int(done.stdout.splitlines()[-1]))
    return elapsed


if __name__ == "__main__":
    main()
