"""How long listing a catalog takes, and how that grows.

    python -m benchmarks.listing [ROUNDS]

Whole processes over catalogs of 10, 1,000 and 10,000 records, beside a plain loop that reads the
same records with `json` and prints the nicknames. What a run takes with 10 records is start-up.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from benchmarks.timing import interleaved, process, table
from huggingnersc import catalog_new_dataset

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
IRIS = ROOT / "examples/iris"
COUNTS = (10, 1_000, 10_000)
PLAIN = """
import json, sys
from pathlib import Path
for file in sorted(Path(sys.argv[1]).glob("*/*_info.json")):
    record = json.loads(file.read_text(encoding="utf-8"))
    print(record["nickname"], record["official_name"], sep="\\t")
"""
FORMS: dict[str, tuple[str, ...]] = {
    "in a pipe": (),
    "with a filter": ("--tag", "hdf5"),
    "--json": ("--json",),
}


def main() -> None:
    """Measure and print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with TemporaryDirectory() as folder:
        record = make_record(Path(folder))
        cases: dict[str, Callable[[], float]] = {}
        for count in COUNTS:
            catalog = write_catalog(Path(folder) / str(count), count, record)
            environment = {"HUGGINGNERSC_CATALOG_ROOT": str(catalog), "HOME": folder}
            for name, options in FORMS.items():
                words = ("list-datasets", "--site", "local", *options)
                cases[f"{name} {count}"] = process(
                    [sys.executable, ROOT / "main.py", *words], environment=environment
                )
            cases[f"plain loop {count}"] = process([sys.executable, "-c", PLAIN, catalog])
        medians = interleaved(cases, rounds=rounds)
    rows = [
        (
            name,
            *(f"{medians[f'{name} {count}']:.3f}" for count in COUNTS),
            f"{medians[f'{name} {COUNTS[1]}'] - medians[f'{name} {COUNTS[0]}']:.3f}",
        )
        for name in (*FORMS, "plain loop")
    ]
    head = ("case", *(f"{count:,} records, s" for count in COUNTS), "1,000 beyond start-up, s")
    print(table(head, rows))


def make_record(folder: Path) -> dict[str, Any]:
    """Catalog iris on a Hub in `folder`; give its record."""
    os.environ["XDG_DATA_HOME"] = str(folder)
    made = catalog_new_dataset(
        "Fisher's Iris Data",
        "iris",
        IRIS / "iris_loader.py",
        "https://portal.nersc.gov/cfs/dasrepo/iris",
        IRIS / "iris_metadata.json",
        data_path=IRIS / "data",
        site="local",
    )
    text = (Path(made.catalog_dir) / "iris_info.json").read_text(encoding="utf-8")
    record: dict[str, Any] = json.loads(text)
    return record


def write_catalog(root: Path, count: int, record: dict[str, Any]) -> Path:
    """Write a catalog of `count` records like `record`."""
    for number in range(count):
        nickname = f"iris-{number}"
        (root / nickname).mkdir(parents=True)
        text = json.dumps(record | {"nickname": nickname}, indent=2, sort_keys=True)
        (root / nickname / f"{nickname}_info.json").write_text(text, encoding="utf-8")
    return root


if __name__ == "__main__":
    main()
