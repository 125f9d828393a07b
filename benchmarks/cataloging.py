"""Cataloging iris on a running embedded Hub: ours against what the first version did.

    python -m benchmarks.cataloging [ROUNDS]

Whole processes, wall time, against a Hub in a process of its own; each run catalogs a new
nickname.
Requests are counted in one run each, by a proxy; commits are read from the Hub.
Targets: one commit where the first version makes three, at most 6 requests and no more than its
own, at most 1.2 times its time.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.counting import counted
from benchmarks.serving import serving
from benchmarks.timing import interleaved, process, table
from tests.builders import CENTRE_PROFILE, IRIS, IRIS_LINK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
Command = list[str | Path]


def main() -> None:
    """Measure and print the tables."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "hub") as endpoint:
        cases = {"ours": ours, "first version": first_version}
        numbers = itertools.count()
        with counted(endpoint) as counter:
            counts = {
                name: count(case(Path(folder), counter.endpoint, next(numbers)), counter.requests)
                for name, case in cases.items()
            }
        medians = interleaved(
            {name: _timed(case, Path(folder), endpoint, numbers) for name, case in cases.items()},
            rounds=rounds,
        )
        base = medians["first version"]
        rows = [
            (name, f"{s:.3f}", f"{s / base:.2f}", len(counts[name]), _commits(counts[name]))
            for name, s in medians.items()
        ]
    print(table(("case", "s (median)", "x first version", "requests", "commits"), rows))
    for name, requests in counts.items():
        print(f"\n{name}:", *requests, sep="\n    ")


def ours(folder: Path, endpoint: str, number: int) -> Command:
    """The command line of one run of ours."""
    nickname = f"iris-{number}"
    metadata = json.loads((IRIS / "iris_metadata.json").read_text(encoding="utf-8"))
    metadata["other_info"]["nickname"] = nickname
    file, profile = folder / f"{nickname}.json", folder / f"{nickname}.toml"
    file.write_text(json.dumps(metadata), encoding="utf-8")
    (folder / "catalog").mkdir(exist_ok=True)
    text = CENTRE_PROFILE.format(endpoint=endpoint, root=folder / "catalog")
    profile.write_text(text, encoding="utf-8")
    words: Command = ["Fisher's Iris Data", nickname, IRIS / "iris_loader.py", IRIS_LINK, file]
    return [sys.executable, ROOT / "main.py", "catalog-new-dataset", *words, "--site", profile]


def first_version(folder: Path, endpoint: str, number: int) -> Command:
    """The command line of one run of the first version's steps."""
    os.environ["HF_ENDPOINT"] = endpoint
    return [sys.executable, HERE / "first_version.py", f"first-{number}", folder / "first"]


def _timed(
    case: Callable[[Path, str, int], Command],
    folder: Path,
    endpoint: str,
    numbers: Iterator[int],
) -> Callable[[], float]:
    return lambda: process(case(folder, endpoint, next(numbers)))()


def count(command: Sequence[str | Path], requests: list[str]) -> list[str]:
    """Run a command and give the requests that came in meanwhile."""
    before = len(requests)
    process(command)()
    return requests[before:]


def _commits(requests: Sequence[str]) -> int:
    created = sum("/repos/create" in request for request in requests)
    committed = sum("/commit/" in request for request in requests)
    return created + committed  # a new repository begins with a commit of its own


if __name__ == "__main__":
    main()
