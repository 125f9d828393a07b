"""How long comparing two manifests of a million files takes, and how much memory.

    python -m benchmarks.compare [ROUNDS] [FILES ...]

One file in a hundred differs: modified, removed, added or renamed. Whole processes: our command on
two versions, `comm -3` on the same manifests, and DuckDB joining them as Parquet; only ours and
DuckDB's find the renames. All is in memory (`/dev/shm`), and the answers are compared.
"""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from benchmarks.listing import make_record
from benchmarks.timing import interleaved, table
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.domain.catalog.version_history import RecordedVersion
from huggingnersc.domain.versions.version import (
    MANIFEST_FILE,
    FileDigest,
    Version,
    digest_of,
    version_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
TIME = 1_700_000_000_000_000_000
DUCKDB = """
import duckdb, json, sys
old, new = sys.argv[1:]
base = duckdb.connect()
base.execute("SET threads = 2")
base.execute("SET enable_progress_bar = false")
pairs = f"(SELECT * FROM '{old}') o FULL OUTER JOIN (SELECT * FROM '{new}') n USING (path)"
base.execute(f"CREATE TABLE d AS SELECT path, o.digest AS old, n.digest AS new FROM {pairs} "
            "WHERE o.digest IS DISTINCT FROM n.digest")
def count(where):
    return base.execute(f"SELECT count(*) FROM {where}").fetchone()[0]
modified = count("d WHERE old IS NOT NULL AND new IS NOT NULL")
renamed = count("d a JOIN d b ON a.old = b.new WHERE a.new IS NULL AND b.old IS NULL")
gone, came = count("d WHERE new IS NULL"), count("d WHERE old IS NULL")
print(json.dumps([came - renamed, modified, gone - renamed, renamed]))
"""
TO_PARQUET = """
import duckdb, sys
columns = "{'path': 'VARCHAR', 'digest': 'VARCHAR', 'size': 'BIGINT', 'mtime': 'BIGINT'}"
duckdb.sql(f"COPY (SELECT * FROM read_csv('{sys.argv[1]}', delim='\\t', quote='', escape='', "
           f"header=false, columns={columns})) TO '{sys.argv[2]}' (FORMAT parquet)")
"""


def main() -> None:
    """Measure and print a table for each number of files."""
    words = [int(word) for word in sys.argv[1:]]
    rounds, counts = (words or [5])[0], words[1:] or [100_000, 1_000_000]
    for count in counts:
        with TemporaryDirectory(dir="/dev/shm") as folder:
            print(f"\n{count:,} files\n\n{measured(Path(folder), count, rounds)}")


def measured(folder: Path, count: int, rounds: int) -> str:
    """Return the table for so many files."""
    cases = cases_in(folder, count)
    peaks: dict[str, float] = {}
    busy: dict[str, list[float]] = {name: [] for name in cases}
    answers: dict[str, list[int]] = {}

    def timed(name: str) -> Callable[[], float]:
        def run() -> float:
            seconds, used_s, peak_mb, answer = run_once(cases[name], folder)
            busy[name].append(used_s)
            peaks[name] = max(peaks.get(name, 0), peak_mb)
            if answer:
                answers[name] = answer
            return seconds

        return run

    medians = interleaved({name: timed(name) for name in cases}, rounds=rounds)
    if len(set(map(tuple, answers.values()))) != 1 or len(answers) != 2:
        raise SystemExit(f"the answers differ: {answers}")
    times = {name: statistics.median(values) for name, values in busy.items()}
    rows = [
        (
            name,
            f"{medians[name]:.3f}",
            f"{medians['compare-datasets'] / medians[name]:.2f}",
            f"{times[name]:.3f}",
            f"{times['compare-datasets'] / times[name]:.2f}",
            f"{peaks[name]:.0f}",
        )
        for name in cases
    ]
    head = ("case", f"s (median of {rounds})", "ours / this", "processor s", "ours / this")
    return table((*head, "peak MB"), rows)


def cases_in(folder: Path, count: int) -> dict[str, list[str]]:
    """Make a catalog with two versions of so many files; return the commands."""
    catalog = folder / "catalog"
    record = make_record(folder / "hub")
    versions = [add_version(catalog, folder, name, count) for name in ("v1", "v2")]
    info = record | {"versions": [asdict(version) for version in versions], "statistics": ""}
    (catalog / "iris/iris_info.json").write_text(json.dumps(info), encoding="utf-8")
    manifests = [catalog / f"iris/versions/{name}/{MANIFEST_FILE}" for name in ("v1", "v2")]
    parquet = [folder / f"{name}.parquet" for name in ("v1", "v2")]
    for source, target in zip(manifests, parquet, strict=True):
        command = [sys.executable, "-c", TO_PARQUET, str(source), str(target)]
        subprocess.run(command, check=True, capture_output=True)
    python, files = sys.executable, [str(file) for file in manifests]
    ours = [python, str(ROOT / "main.py"), "compare-datasets", "iris@v1", "iris@v2"]
    return {
        "compare-datasets": [*ours, "--site", "local"],
        "comm -3": ["comm", "-3", *files],
        "DuckDB on Parquet": [python, "-c", DUCKDB, *map(str, parquet)],
    }


def add_version(catalog: Path, folder: Path, name: str, count: int) -> RecordedVersion:
    """Add a version of so many files; return what the record says of it."""
    (catalog / "iris").mkdir(parents=True, exist_ok=True)
    manifest = folder / MANIFEST_FILE
    with manifest.open("wb") as stream:
        stream.writelines(lines(count, is_new=name == "v2"))
    with manifest.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    version = Version(
        nickname="iris",
        name=name,
        created_at="2026-11-22T00:00:00Z",
        data_path="/data",
        files=count,
        size_bytes=0,
        manifest=FileDigest(digest, manifest.stat().st_size),
    )
    store = VersionStore(catalog, "iris")
    store.promote(version, store.stage(version, {MANIFEST_FILE: manifest}))
    manifest.unlink()
    known = digest_of(version_bytes(version))
    values: dict[str, Any] = {"name": name, "digest": known, "created_at": version.created_at}
    return RecordedVersion(**values, files=count, size_bytes=0)


def lines(count: int, *, is_new: bool) -> Iterator[bytes]:
    """Yield the lines of a manifest in order; of a thousand files ten differ in the new one."""
    if is_new:
        for number in range(8, count, 1000):
            yield line(b"renamed/%07d.npz" % number, number)
    for number in range(count):
        turn = number % 1000
        path = b"train/part-%04d/sample_%07d.npz" % (number // 1000, number)
        if not is_new or turn > 8:
            yield line(path, number)
            if is_new and turn == 9:
                yield line(path + b".new", -number - 2)
        elif turn < 6:
            yield line(path, -number - 1)


def line(path: bytes, content: int) -> bytes:
    """Return a line for a file with this content."""
    digest = hashlib.sha256(b"%d" % content).hexdigest().encode()
    return b"%b\t%b\t%d\t%d\n" % (path, digest, abs(content) % 10**6, TIME + content * 10**6)


# A process begins with the peak of the one that starts it, so a small one starts what is measured.
STARTER = """
import json, os, resource, subprocess, sys, time
begun = time.perf_counter()
with open(sys.argv[1], "wb") as stream:
    code = subprocess.run(sys.argv[2:], stdout=stream).returncode
seconds, used = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1000, code]))
"""


def run_once(command: list[str], folder: Path) -> tuple[float, float, float, list[int]]:
    """Run a command; return its seconds, processor time, peak in MB, and its answer if it has one.

    The answer is how many files were added, modified, removed and renamed.
    """
    environment = os.environ | {
        "HUGGINGNERSC_CATALOG_ROOT": str(folder / "catalog"),
        "HOME": str(folder),
        "LC_ALL": "C",
    }
    output = folder / "output"
    starter = [sys.executable, "-I", "-S", "-c", STARTER, str(output), *command]
    done = subprocess.run(starter, env=environment, capture_output=True, check=True)
    seconds, busy, peak_mb, code = json.loads(done.stdout)
    if code != (1 if "compare-datasets" in command else 0):
        raise SystemExit(f"{command} failed with {code}: {done.stderr.decode()}")
    return seconds, busy, peak_mb, answer_in(output.read_text(encoding="utf-8"), command[0])


def answer_in(text: str, program: str) -> list[int]:
    """Return how many files a program says were added, modified, removed and renamed."""
    if program == "comm":
        return []
    if text.startswith("["):
        numbers: list[int] = json.loads(text)
        return numbers
    parts = text.splitlines()[1].partition(": ")[2].split(", ")
    return [int(part.split()[0].replace(",", "")) for part in parts]


if __name__ == "__main__":
    main()
