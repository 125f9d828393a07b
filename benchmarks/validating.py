"""How long validating metadata takes: ours, and a plain loop over jsonschema.

    python -m benchmarks.validating [ROUNDS]

Whole processes over 100, 1,000 and 10,000 files; every hundredth file has two mistakes. The plain
loop makes its validator once. It does less: no suggestions, and duplicate keys and NaN pass.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.timing import interleaved, table

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
COUNTS = (100, 1_000, 10_000)
PLAIN = """
import json, sys
from jsonschema import Draft202012Validator
validator = Draft202012Validator(json.load(open(sys.argv[1], encoding="utf-8")))
wrong = 0
for name in open(sys.argv[2], encoding="utf-8").read().splitlines():
    for error in validator.iter_errors(json.load(open(name, encoding="utf-8"))):
        print(name, error.json_path, error.message)
        wrong = 1
sys.exit(wrong)
"""


def main() -> None:
    """Measure and print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with TemporaryDirectory() as folder:
        cases: dict[str, Callable[[], float]] = {}
        for count in COUNTS:
            names = write_files(Path(folder) / str(count), count)
            main = ROOT / "main.py"
            ours = timed(main, "validate-metadata", "--site", "local", "--from-file", names)
            cases[f"ours {count}"] = ours
            cases[f"plain {count}"] = timed("-c", PLAIN, ROOT / "metadata_schema.json", names)
        medians = interleaved(cases, rounds=rounds)
    print(table(("files", "ours, s", "plain loop, s", "ours / plain"), list(rows(medians))))


def rows(medians: dict[str, float]) -> list[tuple[str, ...]]:
    """Make a row for each number of files."""
    made: list[tuple[str, ...]] = []
    for count in COUNTS:
        ours, plain = medians[f"ours {count}"], medians[f"plain {count}"]
        made.append((f"{count:,}", f"{ours:.3f}", f"{plain:.3f}", f"{ours / plain:.2f}"))
    return made


def timed(*words: str | Path) -> Callable[[], float]:
    """A case that runs Python with `words`; it has to find the wrong files."""

    def run() -> float:
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, *words], capture_output=True, text=True, check=False
        )
        elapsed = time.perf_counter() - begun
        if done.returncode != 1 or "/0.json" not in done.stdout:
            raise SystemExit(f"{words} did not find the mistakes: {done.stderr}")
        return elapsed

    return run


def write_files(folder: Path, count: int) -> Path:
    """Write `count` metadata files; give a file with their names."""
    folder.mkdir()
    good = (ROOT / "examples/iris/iris_metadata.json").read_text(encoding="utf-8")
    document = json.loads(good)
    document["datacard_tags"] |= {"license": "no-such-licence", "tags": []}
    bad = json.dumps(document)
    names = [folder / f"{number}.json" for number in range(count)]
    for number, name in enumerate(names):
        name.write_text(good if number % 100 else bad, encoding="utf-8")
    listed = folder / "names"
    listed.write_text("\n".join(map(str, names)), encoding="utf-8")
    return listed


if __name__ == "__main__":
    main()
