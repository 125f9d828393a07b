"""Packing against GNU tar and the ShardWriter of `webdataset`, which do less.

Whole processes. GNU tar writes one archive without a hash; `webdataset` writes shards without
hashes and without splits. Ours lists, orders and splits the files, writes shards and manifests,
and hashes both. All files are on tmpfs; the time of the processors is shown beside that on the
clock, as it depends less on what else the machine does.

    python -m benchmarks.pack [--files 50000] [--rounds 5] [--webdataset PYTHON]
                              [--curve 5000,50000,200000] [--slurm 200000]
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections import defaultdict
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.inventory import Cost, measured
from benchmarks.timing import interleaved, table

if TYPE_CHECKING:
    from collections.abc import Callable

_SIZE_BYTES = 8 << 10
_SPLIT = "train=0.75,validation=0.15,test=0.10"
_PER_FOLDER = 1_000
_SITE = """
name = "center"
title = "the center"
[hub]
organization = "NERSC"
[catalog]
root = "{folder}/catalog"
[engine]
run_root = "{folder}/runs"
slurm = ["--time=10"]
"""
_SHARD_WRITER = """
import os, sys
from webdataset import ShardWriter

root, out = sys.argv[1:]
with ShardWriter(f"{out}/train-%06d.tar", maxsize=256_000_000, maxcount=10**9, verbose=0) as sink:
    for folder, _, names in os.walk(root):
        for name in sorted(names):
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                key = os.path.relpath(path, root).partition(".")[0]
                sink.write({"__key__": key, "jpg": file.read()})
"""


class PackBench:
    """Cases that pack one tree, each run once a round in a new order."""

    def __init__(self, scratch: Path, root: Path) -> None:
        self.scratch, self.root = scratch, root
        self.costs: dict[str, list[Cost]] = defaultdict(list)

    def case(self, name: str, *words: str | Path) -> Callable[[], float]:
        """Return a case that runs a command, which writes to the folder `out`."""

        def run() -> float:
            shutil.rmtree(self.scratch / "out", ignore_errors=True)
            (self.scratch / "out").mkdir()
            cost = measured(*words)
            self.costs[name].append(cost)
            return cost.seconds

        return run

    def ours(self, name: str, *options: str) -> Callable[[], float]:
        """Return a case that is our command."""
        words = (sys.executable, "-m", "huggingnersc", "pack-dataset", self.root)
        sized = ("--split", _SPLIT, "--shard-size", "256MB", "--site", "local", "--quiet")
        return self.case(name, *words, self.scratch / "out", *sized, *options)

    def rows(self, peer: str) -> list[list[str]]:
        """Return a row for each case: medians, and the ratios to a peer."""
        base = self._medians(peer)
        rows = []
        for name in self.costs:
            seconds, used = self._medians(name)
            peak = max(cost.peak_mb for cost in self.costs[name])
            rows.append(
                [
                    *(name, f"{seconds:.3f}", f"{seconds / base[0]:.2f}"),
                    *(f"{used:.3f}", f"{used / base[1]:.2f}", f"{peak:.0f}"),
                ]
            )
        return rows

    def _medians(self, name: str) -> tuple[float, float]:
        costs = self.costs[name]
        return (
            statistics.median(cost.seconds for cost in costs),
            statistics.median(cost.processor_s for cost in costs),
        )


def make_images(root: Path, count: int) -> Path:
    """Make files of 8 KiB that no compression makes smaller, 1,000 in a folder."""
    content = os.urandom(_SIZE_BYTES)
    for number in range(count):
        folder = root / f"class-{number // _PER_FOLDER:05}"
        if number % _PER_FOLDER == 0:
            folder.mkdir(parents=True)
        (folder / f"{number:07}.jpg").write_bytes(b"%016d" % number + content[16:])
    return root


def against_others(scratch: Path, files: int, rounds: int, webdataset: str) -> str:
    """Return a table of ours and of the programs that write tar files."""
    bench = PackBench(scratch, make_images(scratch / f"files-{files}", files))
    out = scratch / "out"
    cases = {
        "GNU tar": bench.case("GNU tar", "tar", "cf", out / "all.tar", "-C", bench.root, "."),
        "ours": bench.ours("ours"),
        "ours, 1 process": bench.ours("ours, 1 process", "--jobs", "1"),
    }
    if webdataset:
        words = (webdataset, "-c", _SHARD_WRITER, bench.root, out)
        cases["ShardWriter"] = bench.case("ShardWriter", *words)
    interleaved(cases, rounds=rounds)
    shutil.rmtree(bench.root)
    head = ("case", "s", "x tar", "processor s", "x tar", "peak MB of a process")
    return table(head, bench.rows("GNU tar"))


def curve(scratch: Path, counts: list[int], rounds: int) -> str:
    """Return a table of ours by the number of files."""
    rows = []
    for count in counts:
        bench = PackBench(scratch, make_images(scratch / f"files-{count}", count))
        interleaved({"ours": bench.ours("ours")}, rounds=rounds)
        ((_, seconds, _, used, _, peak),) = bench.rows("ours")
        rows.append((f"{count:,}", seconds, used, f"{count / float(seconds):,.0f}", peak))
        shutil.rmtree(bench.root)
    return table(("files", "s", "processor s", "files/s", "peak MB of a process"), rows)


def by_slurm(scratch: Path, files: int, rounds: int) -> str:
    """Return a table of both engines, which write the same bytes; two nodes are this machine."""
    from tests.slurm.cluster import SEARCHED, running_slurm

    bench = PackBench(scratch, make_images(scratch / f"files-{files}", files))
    site = scratch / "site.toml"
    site.write_text(_SITE.format(folder=scratch), encoding="utf-8")
    hashes: dict[str, str] = {}
    with running_slurm(nodes=2, cpus=2) as slurm:
        os.environ |= {"SLURM_CONF": str(slurm.conf), "PATH": SEARCHED}

        def case(engine: str) -> Callable[[], float]:
            run = bench.ours(engine, "--engine", engine, "--site", str(site))

            def timed() -> float:
                seconds = run()
                hashes[engine] = sha256((scratch / "out/pack.json").read_bytes()).hexdigest()
                return seconds

            return timed

        interleaved({engine: case(engine) for engine in ("local", "slurm")}, rounds=rounds)
    assert len(set(hashes.values())) == 1  # it has the hash of every shard
    return table(("engine", "s", "x local", "processor s", "", "peak MB"), bench.rows("local"))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--webdataset", default="", metavar="PYTHON")
    parser.add_argument("--curve", default="5000,50000,200000")
    parser.add_argument("--slurm", type=int, default=0, metavar="FILES")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir="/dev/shm", prefix="pack-bench-") as folder:
        scratch = Path(folder)
        os.environ["XDG_STATE_HOME"] = str(scratch / "state")
        if chosen.slurm:
            print(by_slurm(scratch, chosen.slurm, chosen.rounds))
            return
        print(against_others(scratch, chosen.files, chosen.rounds, chosen.webdataset))
        if chosen.curve:
            print(curve(scratch, [*map(int, chosen.curve.split(","))], chosen.rounds))


if __name__ == "__main__":
    main()
