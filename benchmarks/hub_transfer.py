"""Downloads from the embedded Hub against nginx, with the same clients; and uploads.

    python -m benchmarks.hub_transfer [ROUNDS] [BIG_MIB] [SMALL_FILES]

One file of 2 GiB and 2,000 files of 8 KiB, through `hf_hub_download`, `snapshot_download` and
curl, each in a process of its own; what is downloaded goes to tmpfs. nginx serves the same bytes,
and our answers to the API questions. Targets: through the client at least 0.9 of its rate, with
curl at least 0.5. Uploads have no peer here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.nginx_hub import nginx
from benchmarks.serving import client_environment, serving
from benchmarks.timing import interleaved, table

if TYPE_CHECKING:
    from collections.abc import Callable

Command = list[str | Path]
HF = Path(sys.executable).parent / "hf"
SNAPSHOT = (
    "import sys; from huggingface_hub import snapshot_download;"
    "snapshot_download(sys.argv[1], repo_type='dataset', local_dir=sys.argv[2])"
)
ONE_FILE = (
    "import sys; from huggingface_hub import hf_hub_download;"
    "hf_hub_download(sys.argv[1], 'big.bin', repo_type='dataset', local_dir=sys.argv[2])"
)


def main() -> None:
    """Make the data, upload it, measure the downloads, print the tables."""
    numbers = [int(word) for word in sys.argv[1:]]
    rounds, big_mib, small = (*numbers, *(3, 2048, 2000)[len(numbers) :])
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryDirectory(dir="/dev/shm") as fast,
    ):
        work = Path(folder)
        _make_files(work / "files", big_mib, small)
        with serving(work / "hub") as hub:
            print(table(("upload", "s", "MiB/s"), _uploads(work, hub)), end="\n\n")
            with nginx(work / "nginx", hub, work / "files", ("big", "many")) as peer:
                cases = _cases(work, Path(fast), hub, peer, small)
                medians = interleaved(cases, rounds=rounds)
    rows = [
        (job, f"{medians[f'{job}: ours']:.2f}", f"{medians[f'{job}: nginx']:.2f}",
         f"{medians[f'{job}: nginx'] / medians[f'{job}: ours']:.2f}", target)
        for job, target in (
            ("hf_hub_download, 1 file", 0.9), ("snapshot_download, small files", 0.9),
            ("curl, 1 file", 0.5), ("curl --parallel, small files", 0.5),
        )
    ]  # fmt: skip
    print(table(("download", "ours s", "nginx s", "rate, ours / nginx", "target"), rows))


def _make_files(root: Path, big_mib: int, small: int) -> None:
    (root / "big").mkdir(parents=True)
    (root / "many").mkdir()
    block = os.urandom(1 << 20)
    with (root / "big" / "big.bin").open("wb") as stream:
        for number in range(big_mib):
            stream.write(number.to_bytes(8, "big") + block[8:])
    for number in range(small):
        (root / "many" / f"{number:05}.dat").write_bytes(os.urandom(8192))


def _uploads(work: Path, hub: str) -> list[tuple[str, str, str]]:
    rows = []
    for name in ("big", "many"):
        size = sum(file.stat().st_size for file in (work / "files" / name).iterdir())
        command: Command = [
            HF,
            "upload",
            "--repo-type",
            "dataset",
            f"NERSC/{name}",
            work / "files" / name,
        ]
        seconds = _run(command, hub, work / "home")
        rows.append((f"hf upload, {name}", f"{seconds:.2f}", f"{size / seconds / (1 << 20):.0f}"))
    return rows


def _cases(
    work: Path, fast: Path, hub: str, peer: str, small: int
) -> dict[str, Callable[[], float]]:
    cases: dict[str, Callable[[], float]] = {}
    for name, endpoint in (("ours", hub), ("nginx", peer)):
        cases |= {
            f"hf_hub_download, 1 file: {name}": _python(ONE_FILE, "big", fast, endpoint),
            f"snapshot_download, small files: {name}": _python(SNAPSHOT, "many", fast, endpoint),
            f"curl, 1 file: {name}": _curl(["big/resolve/main/big.bin"], work, fast, endpoint),
            f"curl --parallel, small files: {name}": _curl(
                [f"many/resolve/main/{n:05}.dat" for n in range(small)], work, fast, endpoint
            ),
        }
    return cases


def _python(script: str, repo: str, fast: Path, endpoint: str) -> Callable[[], float]:
    def run() -> float:
        with tempfile.TemporaryDirectory(dir=fast) as home:
            command: Command = [sys.executable, "-c", script, f"NERSC/{repo}", f"{home}/out"]
            return _run(command, endpoint, Path(home))

    return run


def _curl(paths: list[str], work: Path, fast: Path, endpoint: str) -> Callable[[], float]:
    def run() -> float:
        with tempfile.TemporaryDirectory(dir=fast) as home:
            lines = [
                f'url = "{endpoint}/datasets/NERSC/{path}"\noutput = "{home}/{number}"'
                for number, path in enumerate(paths)
            ]
            config = work / "curl.cfg"
            config.write_text("\n".join(lines), encoding="utf-8")
            options: Command = [
                "-sS",
                "--fail",
                "--parallel",
                "--parallel-max",
                "8",
                "--config",
                config,
            ]
            seconds = _run(["curl", *options], endpoint, Path(home))
            shutil.rmtree(home, ignore_errors=True)
            Path(home).mkdir()
            return seconds

    return run


def _run(command: Command, endpoint: str, home: Path) -> float:
    environment = client_environment(endpoint, home)
    begun = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    elapsed = time.perf_counter() - begun
    if done.returncode != 0:
        raise SystemExit(f"{command[:4]} failed: {done.stderr.decode()[-2000:]}")
    return elapsed


if __name__ == "__main__":
    main()
