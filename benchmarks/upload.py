"""`upload-dataset` against `hf upload`: the same shards, the same embedded Hub.

    python -m benchmarks.upload [ROUNDS] [MIB] [SHARDS]

Both read from and write to tmpfs, each as a process of its own, to a Hub that begins empty. The
target: not slower. `hf upload` reads each file twice, to hash it and to send it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.serving import client_environment, serving
from benchmarks.timing import interleaved, table
from huggingnersc.domain.packing.pack import (
    Compress,
    Pack,
    PackedShard,
    PackSource,
    ShardForm,
    pack_bytes,
)
from tests.builders import CENTRE_PROFILE, IRIS, IRIS_LINK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Command = list[str | Path]

HF = Path(sys.executable).parent / "hf"
_CPU_S: defaultdict[str, list[float]] = defaultdict(list)  # by case
OURS = [sys.executable, "-m", "huggingnersc"]


def main() -> None:
    """Make the shards, measure, print the table."""
    rounds, mib, count = (*map(int, sys.argv[1:]), *(3, 4096, 8)[len(sys.argv) - 1 :])
    with tempfile.TemporaryDirectory(dir="/dev/shm", prefix="benchmark-upload-") as folder:
        work = Path(folder)
        make_pack(work / "pack", mib, count)
        cases = {"hf upload": _hf(work), "upload-dataset": _ours(work)}
        medians = interleaved(cases, rounds=rounds)
    base = medians["hf upload"]
    rows = [
        (name, f"{seconds:.1f}", f"{mib / seconds:.0f}", f"{seconds / base:.2f}",
         f"{median(_CPU_S[name]):.1f}")
        for name, seconds in medians.items()
    ]  # fmt: skip
    head = (f"{mib} MiB in {count} shards", "s", "MiB/s", "time / hf upload", "CPU s of client")
    print(table(head, rows))


def make_pack(folder: Path, mib: int, count: int) -> None:
    """Write a pack whose shards hold bytes that do not compress."""
    (folder / "data").mkdir(parents=True)
    block, shards = os.urandom(1 << 20), []
    for number in range(count):
        path, digest = f"data/train-{number:05}-of-{count:05}.parquet", hashlib.sha256()
        with (folder / path).open("wb") as stream:
            for part in range(mib // count):
                content = number.to_bytes(8, "big") + part.to_bytes(8, "big") + block[16:]
                digest.update(content)
                stream.write(content)
        size_bytes = (mib // count) << 20
        shards.append(
            PackedShard(
                path=path,
                split="train",
                samples=1,
                size_bytes=size_bytes,
                sha256=digest.hexdigest(),
                manifest_sha256="0" * 64,
            )
        )
    pack = Pack(
        form=ShardForm.PARQUET,
        compress=Compress.NONE,
        source=PackSource(),
        options={},
        shards=tuple(shards),
        plan_sha256="0" * 64,
    )
    (folder / "pack.json").write_bytes(pack_bytes(pack))


def _hf(work: Path) -> Callable[[], float]:
    def run() -> float:
        with _empty_hub(work) as (hub, _):
            words: Command = [HF, "upload", "--repo-type", "dataset", "NERSC/iris"]
            return _timed([*words, work / "pack/data", "data"], hub, work, "hf upload")

    return run


def _ours(work: Path) -> Callable[[], float]:
    def run() -> float:
        with _empty_hub(work) as (hub, profile):
            iris: Command = [IRIS / "iris_loader.py", IRIS_LINK, IRIS / "iris_metadata.json"]
            _timed([*OURS, "catalog-new-dataset", "Iris", "iris", *iris, *profile], hub, work)
            words: Command = [*OURS, "upload-dataset", "iris", work / "pack", "--yes"]
            return _timed([*words, *profile], hub, work, "upload-dataset")

    return run


@contextmanager
def _empty_hub(work: Path) -> Iterator[tuple[str, Command]]:
    """Yield the address of a new Hub, and the options that name a site which publishes to it."""
    place = work / "world"
    shutil.rmtree(place, ignore_errors=True)
    (place / "catalog").mkdir(parents=True)
    with serving(place / "hub") as hub:
        profile = place / "centre.toml"
        profile.write_text(
            CENTRE_PROFILE.format(endpoint=hub, root=place / "catalog"), encoding="utf-8"
        )
        yield hub, ["--site", profile]


def _timed(command: Command, hub: str, work: Path, name: str = "") -> float:
    environment = client_environment(hub, work / "world/home")
    before, begun = os.times(), time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    elapsed, after = time.perf_counter() - begun, os.times()
    used = after.children_user + after.children_system
    _CPU_S[name].append(used - before.children_user - before.children_system)
    if done.returncode:
        raise SystemExit(f"{command} failed: {done.stderr.decode()}")
    return elapsed


if __name__ == "__main__":
    main()
