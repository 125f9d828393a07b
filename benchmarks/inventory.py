"""Inventories against programs that hash, walk and bag the same files.

Whole processes; the time that counts is that on the clock, and the time of the processors is
shown beside it, as it depends less on what else the machine does. All files are on tmpfs.

    python -m benchmarks.inventory [--files 200000] [--large-mib 4096]
                                   [--bagit bagit.py] [--dvc dvc]
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from benchmarks.timing import interleaved, table

_PER_FOLDER = 1_000
_FIND_AND_HASH = "find {} -type f -print0 | xargs -0 -P2 -n {} openssl dgst -sha256 > {}"
_FIND = "find {} -printf '%p %s %T@\\n' > {}"
_MOST_NAMES = (10_000, 100_000, 1_000_000)


@dataclass(frozen=True)
class Cost:
    """What a process and its children used."""

    seconds: float
    processor_s: float
    peak_mb: float


class Bench:
    """Cases on one tree, each run once a round in a new order."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.costs: dict[str, list[Cost]] = defaultdict(list)

    def run(self, name: str, *words: str | Path) -> float:
        """Run a command as a case; return its seconds."""
        cost = measured(*words)
        self.costs[name].append(cost)
        return cost.seconds

    def take(self, name: str, root: Path, *known: Path) -> float:
        """Take an inventory as a case; return its seconds."""
        shutil.rmtree(self.scratch / "runs" / "timed", ignore_errors=True)
        words: tuple[str | Path, ...] = (root, self.scratch / "runs", "timed", *known)
        return self.run(name, sys.executable, "-m", "benchmarks.inventory", "--take", *words)

    def report(self, ours: str, peer: str, target: str) -> list[object]:
        """Return the row of a case and its peer."""
        a, b = self.costs[ours], self.costs[peer]
        seconds, peer_s = (statistics.median(c.seconds for c in costs) for costs in (a, b))
        used, peer_used = (statistics.median(c.processor_s for c in costs) for costs in (a, b))
        peak = max(cost.peak_mb for cost in a)
        return [
            *(ours, f"{seconds:.2f}", peer, f"{peer_s:.2f}", f"{seconds / peer_s:.2f}"),
            *(f"{used / peer_used:.2f}", target, f"{peak:.0f}"),
        ]


def measured(*words: str | Path) -> Cost:
    """Run a command that must succeed."""
    begun = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    if status:
        raise SystemExit(f"{words} failed")
    return Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def make_files(root: Path, count: int, size: int) -> Path:
    """Make files of one size and different content, 1,000 in a folder."""
    content = os.urandom(size)
    for number in range(count):
        folder = root / f"part-{number // _PER_FOLDER:05}"
        if number % _PER_FOLDER == 0:
            folder.mkdir(parents=True)
        (folder / f"{number:07}.dat").write_bytes(b"%016d" % number + content[16:])
    settle()
    return root


def make_names(root: Path, count: int) -> Path:
    """Make many names of few files, 1,000 in a folder."""
    originals = make_files(root, _PER_FOLDER, 64) / "part-00000"
    for number in range(1, count // _PER_FOLDER):
        folder = root / f"part-{number:05}"
        folder.mkdir()
        for file in originals.iterdir():
            os.link(file, folder / file.name)
    settle()
    return root


def settle() -> None:
    """Wait until new files are old enough for their hashes to be used again."""
    time.sleep(2.5)


def take(root: Path, runs: Path, name: str, *known: Path) -> None:
    """Take an inventory, as a process of its own does."""
    from huggingnersc.adapters.engines.choice import EngineChoice
    from huggingnersc.adapters.engines.run_folder import RunFolder, RunSpec
    from huggingnersc.api.versions.take_inventory import take_inventory
    from huggingnersc.fixes import Verb

    spec = RunSpec(
        run_id=name,
        verb=Verb.SNAPSHOT_DATASET,
        engine="local",
        task="hash",
        created_at="2026-11-22T00:00:00Z",
        arguments={"root": str(root)},
        request={},
    )
    run = RunFolder.create(runs, spec)
    engine = EngineChoice(jobs=2)
    take_inventory(root, run, known=known, engine=engine, progress=lambda _: None)


def small_files(scratch: Path, count: int, rounds: int) -> list[list[object]]:
    """Read many small files, and list them again."""
    bench, root, output = (
        Bench(scratch),
        make_files(scratch / "small", count, 4096),
        scratch / "out",
    )
    take(root, scratch / "runs", "first")
    known = scratch / "runs" / "first" / "known_hashes.tsv"
    files = f"{count:,} x 4 KiB"
    hashed, again = _FIND_AND_HASH.format(root, 2000, output), _FIND.format(root, output)
    ours, ours_again, xargs, find = files, f"{files} again", "find, xargs openssl", "find -printf"
    cases = {
        ours: lambda: bench.take(ours, root),
        xargs: lambda: bench.run(xargs, "sh", "-c", hashed),
        ours_again: lambda: bench.take(ours_again, root, known),
        find: lambda: bench.run(find, "sh", "-c", again),
    }
    interleaved(cases, rounds=rounds)
    shutil.rmtree(root)
    return [bench.report(ours, xargs, "0.85"), bench.report(ours_again, find, "3")]


def large_files(scratch: Path, mib: int, rounds: int) -> list[list[object]]:
    """Read four large files."""
    bench, root, output = Bench(scratch), scratch / "large", scratch / "out"
    root.mkdir()
    piece = os.urandom(1 << 20)
    for number in range(4):
        with (root / str(number)).open("wb") as stream:
            for count in range(mib // 4):
                stream.write(b"%016d" % count + piece[16:])
    settle()
    ours, xargs = f"4 x {mib // 4} MiB", "find, xargs openssl"
    hashed = _FIND_AND_HASH.format(root, 1, output)
    cases = {
        ours: lambda: bench.take(ours, root),
        xargs: lambda: bench.run(xargs, "sh", "-c", hashed),
    }
    interleaved(cases, rounds=rounds)
    shutil.rmtree(root)
    return [bench.report(ours, xargs, "0.95")]


def bags(scratch: Path, bagit: Path, rounds: int) -> list[list[object]]:
    """Read 20,000 files, which bagit.py then moves, so that it gets new links each time."""
    bench, root, bag = Bench(scratch), make_files(scratch / "files", 20_000, 4096), scratch / "bag"

    def bagged() -> float:
        shutil.rmtree(bag, ignore_errors=True)
        shutil.copytree(root, bag, copy_function=os.link)
        words = ("--sha256", "--processes", "2", "--quiet", bag)
        return bench.run("bagit.py", sys.executable, bagit, *words)

    ours = "20,000 x 4 KiB"
    interleaved({ours: lambda: bench.take(ours, root), "bagit.py": bagged}, rounds=rounds)
    shutil.rmtree(root)
    shutil.rmtree(bag)
    return [bench.report(ours, "bagit.py", "0.5")]


def added_to_dvc(scratch: Path, dvc: Path, rounds: int) -> list[list[object]]:
    """Read 20,000 files, which `dvc add` also copies into a cache that is new each time."""
    bench, root, store = (
        Bench(scratch),
        make_files(scratch / "files", 20_000, 4096),
        scratch / "dvc",
    )

    def added() -> float:
        shutil.rmtree(store, ignore_errors=True)
        shutil.copytree(root, store / "data", copy_function=os.link)
        for words in (("init", "--no-scm"), ("config", "core.analytics", "false")):
            subprocess.run([dvc, *words, "--quiet"], cwd=store, check=True)
        return bench.run("dvc add", dvc, "--cd", store, "add", "--quiet", "data")

    ours = "20,000 x 4 KiB"
    interleaved({ours: lambda: bench.take(ours, root), "dvc add": added}, rounds=rounds)
    shutil.rmtree(root)
    shutil.rmtree(store)
    return [bench.report(ours, "dvc add", "0.05")]


def memory(scratch: Path) -> list[list[object]]:
    """Read files in trees of growing size."""
    rows: list[list[object]] = []
    for count in _MOST_NAMES:
        bench, root = Bench(scratch), make_names(scratch / "names", count)
        bench.take("first", root)
        known = scratch / "known"
        shutil.copyfile(scratch / "runs" / "timed" / "known_hashes.tsv", known)
        bench.take("again", root, known)
        peaks = (f"{bench.costs[name][0].peak_mb:.0f}" for name in ("first", "again"))
        rows.append([f"{count:,}", *peaks])
        shutil.rmtree(root)
    return rows


def main() -> None:
    """Run what is chosen and print Markdown tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--take", nargs="+", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--files", type=int, default=200_000)
    parser.add_argument("--large-mib", type=int, default=4096)
    parser.add_argument("--bagit", type=Path, help="bagit.py, if there is one")
    parser.add_argument("--dvc", type=Path, help="the program dvc, if there is one")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-memory", action="store_true")
    chosen = parser.parse_args()
    if chosen.take:
        root, runs, name, *known = chosen.take
        take(root, runs, str(name), *known)
        return
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        scratch = Path(folder)
        rows = small_files(scratch, chosen.files, chosen.rounds)
        rows += large_files(scratch, chosen.large_mib, chosen.rounds)
        rows += bags(scratch, chosen.bagit, chosen.rounds) if chosen.bagit else []
        rows += added_to_dvc(scratch, chosen.dvc, chosen.rounds) if chosen.dvc else []
        head = ("ours", "s", "peer", "peer, s", "ratio", "of processor time", "target", "peak MB")
        print(table(head, rows))
        if not chosen.no_memory:
            print(table(("names", "first, MB", "again, MB"), memory(scratch)))


if __name__ == "__main__":
    main()
