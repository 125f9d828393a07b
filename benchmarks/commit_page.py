"""The page of a commit of 323 files, against `git log -p -1` of the same commit.

    python -m benchmarks.commit_page [ROUNDS]

The files are those of this package and its tests. Each round asks for another commit, which
changes three lines of every file, so no page has been made before. Target: at most twice git's
time. The processor's time is in the table because it varies less on a busy machine.
"""

from __future__ import annotations

import http.client
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from huggingface_hub import HfApi

from benchmarks.serving import ROOT, serving_process
from benchmarks.timing import interleaved, process, table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FILES = 323
WARM_UP = 3


def main() -> None:
    """Measure and print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    root = tempfile.TemporaryDirectory()
    with root as folder, serving_process(Path(folder) / "hub") as (hub, server):
        commits = _pushed(hub, Path(folder) / "work", WARM_UP + rounds)
        connection = http.client.HTTPConnection(urlsplit(hub).netloc)
        for sha in commits[:WARM_UP]:
            _page(connection, sha)
        (bare,) = (Path(folder) / "hub" / "repos").glob("*.git")
        git_log = ["git", "-C", str(bare), "log", "-p", "-1"]
        cases = {
            "page of the commit": _each(commits[WARM_UP:], lambda sha: _page(connection, sha)),
            "`git log -p -1`": _each(commits[WARM_UP:], lambda sha: process([*git_log, sha])()),
        }
        before = _processor_seconds(server.pid)
        seconds = interleaved(cases, rounds=rounds)
        after = _processor_seconds(server.pid)
    used = [(late - early) / rounds for early, late in zip(before, after, strict=True)]
    wall = list(seconds.values())
    rows = [
        (
            name,
            f"{wall[n]:.3f}",
            f"{wall[n] / wall[1]:.2f}",
            f"{used[n]:.3f}",
            f"{used[n] / used[1]:.2f}",
        )
        for n, name in enumerate(cases)
    ]
    head = ("case", f"s (median of {rounds})", "x git", "processor, s (mean)", "x git")
    print(table(head, rows))


def _processor_seconds(server: int) -> tuple[float, float]:
    """Return what the server and the programs that have ended, all of them git, have used."""
    fields = Path(f"/proc/{server}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    ticks = int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK"), ended.ru_utime + ended.ru_stime


def _pushed(hub: str, work: Path, count: int) -> list[str]:
    """Push `count` commits that each change every file; return their ids, the oldest first."""
    api = HfApi(endpoint=hub, token=os.environ["HF_TOKEN"])
    api.create_repo("NERSC/code", repo_type="dataset")
    host = urlsplit(hub).netloc
    _git(work.parent, "clone", f"http://u:{api.token}@{host}/datasets/NERSC/code", work.name)
    paths = sorted((ROOT / "huggingnersc").rglob("*.py")) + sorted((ROOT / "tests").rglob("*.py"))
    files = {path.relative_to(ROOT): path.read_text("utf-8") for path in paths[:FILES]}
    chance = random.Random(1)  # noqa: S311 - the same lines in each run
    for number in range(count + 1):
        for path, text in files.items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_text(_changed(text, number, chance), encoding="utf-8")
        _git(work, "add", ".")
        identity = ("-c", "user.name=a", "-c", "user.email=a@b")
        _git(work, *identity, "commit", "--quiet", "--message", f"Change {number}")
    _git(work, "push", "--quiet", "origin", "HEAD:main")
    return _git(work, "rev-list", "--reverse", "HEAD").split()[-count:]


def _changed(text: str, number: int, chance: random.Random) -> str:
    lines = text.split("\n")
    for _ in range(3 if number else 0):
        lines[chance.randrange(len(lines))] += f"  # {number}"
    return "\n".join(lines)


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


def _each(commits: Sequence[str], case: Callable[[str], float]) -> Callable[[], float]:
    """Return a case that measures another commit at each call."""
    left = iter(commits)
    return lambda: case(next(left))


def _page(connection: http.client.HTTPConnection, sha: str) -> float:
    begun = time.perf_counter()
    connection.request(
        "GET", f"/datasets/NERSC/code/commit/{sha}", headers={"Accept": "text/html"}
    )
    answer = connection.getresponse()
    answer.read()
    elapsed = time.perf_counter() - begun
    assert answer.status == 200
    return elapsed


if __name__ == "__main__":
    main()
