"""Load Fisher's iris data: 150 flowers of 3 species, 4 lengths each, in centimeters.

    python iris_loader.py              read data/iris.csv next to this file
    python iris_loader.py DATA_DIR     read DATA_DIR/iris.csv

In a notebook: flowers = load("DATA_DIR"), then pandas.DataFrame(flowers) makes a table.
"""

import csv
import sys
from pathlib import Path
from statistics import mean
from typing import Any

LENGTHS = ["sepal_length", "sepal_width", "petal_length", "petal_width"]


def load(data_path: str | Path | None = None) -> list[dict[str, Any]]:
    """Return one dict per flower: four lengths as numbers and the name of the species."""
    folder = Path(data_path) if data_path else Path(__file__).parent / "data"
    with (folder / "iris.csv").open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return [
        {**{name: float(row[name]) for name in LENGTHS}, "species": row["species"]} for row in rows
    ]


def main(data_path: str | None = None) -> None:
    """Print how many flowers of each species there are, and their mean lengths."""
    flowers = load(data_path)
    print(f"{len(flowers)} flowers; mean lengths in cm")
    print(f"{'species':<12}{'count':>6}", *(f"{name:>13}" for name in LENGTHS))
    for species in sorted({flower["species"] for flower in flowers}):
        group = [flower for flower in flowers if flower["species"] == species]
        means = (mean(flower[name] for flower in group) for name in LENGTHS)
        print(f"{species:<12}{len(group):>6}", *(f"{value:>13.2f}" for value in means))


if __name__ == "__main__" and "__file__" in globals():  # in a notebook, only define load()
    main(*sys.argv[1:2])
