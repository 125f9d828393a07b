"""Eight clients that commit without pause: to eight repositories, and to one.

    python -m benchmarks.hub_commits [SECONDS]

Every commit is synced to disk before it is acknowledged. Every fourth holds a big file of 50 kB.
Target: no error but 412, nothing lost.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from huggingface_hub import HfApi

from benchmarks.serving import serving
from benchmarks.timing import table
from tests.hub_writers import Writer, writing

CLIENTS = 8


def main() -> None:
    """Measure and print the table."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10
    rows = []
    for repositories in (8, 1):
        with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as hub:
            rows.append(_measure(hub, repositories, seconds))
    head = ("repositories", "commits", "commits / s", "refused", "acknowledged but lost")
    print(table(head, rows))


def _measure(hub: str, repositories: int, seconds: float) -> tuple[object, ...]:
    token = os.environ["HF_TOKEN"]
    api = HfApi(endpoint=hub, token=token)
    names = [f"NERSC/set-{number % repositories}" for number in range(CLIENTS)]
    for name in sorted(set(names)):
        api.create_repo(name, repo_type="dataset")
    writers = [Writer(hub, token, name, number) for number, name in enumerate(names)]
    begun = time.perf_counter()
    with writing(writers):
        time.sleep(seconds)
    elapsed = time.perf_counter() - begun
    made = {oid for writer in writers for oid in writer.acknowledged}
    kept = {
        commit.commit_id
        for name in set(names)
        for commit in api.list_repo_commits(name, repo_type="dataset")
    }
    refused = sum(len(writer.refused) for writer in writers)
    return repositories, len(made), f"{len(made) / elapsed:.0f}", refused, len(made - kept)


if __name__ == "__main__":
    main()
