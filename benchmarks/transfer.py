"""Downloads by the transfer engine against curl, aria2c and huggingface_hub, which check less.

    python -m benchmarks.transfer [ROUNDS] [BIG_MIB] [SMALL_FILES]

A portal (nginx, plain HTTP) and the embedded Hub serve 2,000 files of 8 KiB and one of 2 GiB.
Each case is a process of its own and writes to tmpfs. `engine` is the engine by itself, `command`
all of `download-dataset`. Ours checks the SHA-256 of every file, the others of none. Targets:
2,000 files from the portal at most 4 times `curl --parallel`, from the Hub at most 0.2 of
`snapshot_download`; one file at most 1.1 times `aria2c -x4`, and from the Hub not slower than
`hf download`.
"""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.nginx import running_nginx
from benchmarks.serving import ROOT, client_environment, serving
from benchmarks.timing import interleaved, table

if TYPE_CHECKING:
    from collections.abc import Callable

Command = list[str | Path]
HF = Path(sys.executable).parent / "hf"
SNAPSHOT = (
    "import sys; from huggingface_hub import snapshot_download;"
    "snapshot_download(sys.argv[1], repo_type='dataset', local_dir=sys.argv[2])"
)


class Case:
    """A command that downloads to a new folder; `cpu_s` holds what each run took of processors."""

    def __init__(self, fast: Path, command: Callable[[Path], Command], endpoint: str) -> None:
        self._fast, self._command, self._endpoint = fast, command, endpoint
        self.cpu_s: list[float] = []

    def __call__(self) -> float:
        """Run it once and return the seconds."""
        with tempfile.TemporaryDirectory(dir=self._fast) as home:
            command = self._command(Path(home))
            environment = client_environment(self._endpoint, Path(home))
            before, begun = _cpu_s(), time.perf_counter()
            done = subprocess.run(
                command, env=environment, cwd=ROOT, capture_output=True, check=False
            )
            elapsed = time.perf_counter() - begun
            self.cpu_s.append(_cpu_s() - before)
            if done.returncode != 0:
                raise SystemExit(f"{command[:4]} failed: {done.stderr.decode()[-2000:]}")
            return elapsed


def main() -> None:
    """Make the data, serve it, measure the downloads, print the tables."""
    numbers = [int(word) for word in sys.argv[1:]]
    rounds, big_mib, small = (*numbers, *(3, 2048, 2000)[len(numbers) :])
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryDirectory(dir="/dev/shm") as fast,
    ):
        work = Path(folder)
        served = Path(fast) / "served"
        _make_files(served, work, big_mib, small)
        with running_nginx(work, f"    root {served};") as portal, serving(work / "hub") as hub:
            _upload(work, served, hub)
            cases = _cases(work, Path(fast), portal, hub, small)
            medians = interleaved(cases, rounds=rounds)
    rows = []
    for job, peer, target in (
        ("portal, small", "curl --parallel", 4.0),
        ("portal, big", "aria2c -x4", 1.1),
        ("hub, small", "snapshot_download", 0.2),
        ("hub, big", "hf download", 1.0),
    ):
        for name in [one for one in cases if one.startswith(f"{job}:")]:
            ratio = medians[name] / medians[f"{job}: {peer}"]
            cpu = sorted(cases[name].cpu_s)[rounds // 2]
            is_ours = name.endswith(("engine", "command"))
            rows.append(
                (name, f"{medians[name]:.2f}", f"{cpu:.2f}", f"{ratio:.2f}",
                 target if is_ours else "")
            )  # fmt: skip
    print(table(("download", "s", "processor s", "x peer", "target"), rows))


def _make_files(served: Path, work: Path, big_mib: int, small: int) -> None:
    for name, count, size in (("small", small, 8192), ("big", 1, big_mib << 20)):
        (served / name / "data").mkdir(parents=True)
        lines, block = [], os.urandom(1 << 20)
        for number in range(count):
            path = f"data/train-{number:05}-of-{count:05}.parquet"
            digest = hashlib.sha256()
            with (served / name / path).open("wb") as stream:
                for at in range(0, size, 1 << 20):
                    data = number.to_bytes(8, "big") + at.to_bytes(8, "big") + block[16:]
                    digest.update(data[: size - at])
                    stream.write(data[: size - at])
            lines.append(f"{path}\t{digest.hexdigest()}\t{size}\t1\n")
        (work / f"{name}.tsv").write_text("".join(lines), encoding="utf-8")


def _upload(work: Path, served: Path, hub: str) -> None:
    for name in ("small", "big"):
        command: Command = [
            HF, "upload", "--repo-type", "dataset", f"NERSC/{name}", served / name,
        ]  # fmt: skip
        environment = client_environment(hub, work / "home")
        subprocess.run(command, env=environment, check=True, capture_output=True)


def _cases(work: Path, fast: Path, portal: str, hub: str, small: int) -> dict[str, Case]:
    def engine(name: str) -> Callable[[Path], Command]:
        return lambda home: [
            sys.executable, "-m", "benchmarks.fetch_listed", f"{portal}/{name}/",
            work / f"{name}.tsv", home / "out", "4",
        ]  # fmt: skip

    def command(name: str) -> Callable[[Path], Command]:
        return lambda home: [
            sys.executable, ROOT / "main.py", "download-dataset", f"NERSC/{name}", home / "out",
            "--site", "nersc", "--endpoint", hub,
        ]  # fmt: skip

    def curl(name: str, count: int) -> Callable[[Path], Command]:
        def made(home: Path) -> Command:
            paths = [f"data/train-{number:05}-of-{count:05}.parquet" for number in range(count)]
            lines = [
                f'url = "{portal}/{name}/{path}"\noutput = "{home}/out/{path}"' for path in paths
            ]
            (work / "curl.cfg").write_text("\n".join(["create-dirs", *lines]), encoding="utf-8")
            options: Command = ["-sS", "--fail", "--parallel", "--parallel-max", "8", "--config"]
            return ["curl", *options, work / "curl.cfg"]

        return made

    big = "big/data/train-00000-of-00001.parquet"
    commands: dict[str, Callable[[Path], Command]] = {
        "portal, small: curl --parallel": curl("small", small),
        "portal, small: engine": engine("small"),
        "portal, big: curl": curl("big", 1),
        "portal, big: aria2c -x4": lambda home: [
            "aria2c", "-q", "-x4", "-s4", "--file-allocation=none", "-d", home, f"{portal}/{big}",
        ],
        "portal, big: engine": engine("big"),
        "hub, small: snapshot_download": lambda home: [
            sys.executable, "-c", SNAPSHOT, "NERSC/small", home / "out",
        ],
        "hub, small: command": command("small"),
        "hub, big: hf download": lambda home: [
            HF, "download", "--repo-type", "dataset", "NERSC/big", "--local-dir", home / "out",
        ],
        "hub, big: command": command("big"),
    }  # fmt: skip
    if shutil.which("aria2c") is None:
        raise SystemExit("aria2c is not installed")
    return {name: Case(fast, one, hub) for name, one in commands.items()}


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
