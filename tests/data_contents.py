"""Repositories whose Data tab has something to show: a table, pictures, variables."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.versions.folders import folder_columns, folder_line
from huggingnersc.domain.versions.manifest import ManifestEntry
from huggingnersc.domain.versions.statistics import statistics_bytes
from huggingnersc.domain.versions.version import FileDigest, Version, version_bytes
from tests.builders import IRIS
from tests.domain.versions.documents import (
    make_arrays,
    make_column,
    make_images,
    make_member,
    make_statistics,
    make_table,
)
from tests.hub_contents import commit, make, png
from tests.manifest_lines import line_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from huggingnersc.domain.versions.statistics import Statistics
    from huggingnersc.hub_server.hub_context import HubContext

DIGEST = b"a" * 64
SPECIES = ("setosa", "versicolor", "virginica")
CITATION = "@article{fisher1936,\n  author = {Fisher, R. A.},\n  year = {1936}\n}"
CARD = """---
license: cc0-1.0
pretty_name: {title}
configs: {configs}
---
# {title}

- **Path:** `/global/cfs/{name}`
- **Portal:** [portal.example.org/{name}](https://portal.example.org/{name})

> [!WARNING]
> Files not read for 8 weeks are purged.

## Citation

```bibtex
{citation}
```
"""


def fill_data(hub: HubContext) -> None:
    """Make the repositories `measured`, `pictured`, `modeled` and `odd`."""
    for name, files in (
        ("measured", measured()),
        ("pictured", pictured()),
        ("modeled", modeled()),
        ("odd", odd()),
    ):
        make(hub, name)
        commit(hub, name, files, "Make version v1")


def card(name: str, splits: Mapping[str, str]) -> str:
    """A card with a sample of these splits."""
    files = [{"split": split, "path": path} for split, path in splits.items()]
    configs = json.dumps([{"config_name": "sample", "data_files": files}] if files else [])
    title = f"Data that is {name}"
    return CARD.format(title=title, name=name, configs=configs, citation=CITATION)


def version_documents(
    entries: Iterable[tuple[str, int]], statistics: Statistics | None, **changes: Any
) -> dict[str, str | bytes]:
    """The documents of a version with these files."""
    sizes = dict(entries)
    lines = sorted(
        line_of(ManifestEntry(path.encode(), DIGEST, size, 1_700_000_000_000_000_000 + size))
        for path, size in sizes.items()
    )
    version = Version(
        nickname="data",
        name="v1",
        created_at="2026-11-20T10:00:00Z",
        data_path="/global/cfs/data",
        files=len(sizes),
        size_bytes=sum(sizes.values()),
        manifest=FileDigest("a" * 64, 1),
        **changes,
    )
    folders = sorted(map(folder_line, folder_columns(lines)))
    documents: dict[str, str | bytes] = {
        "version/version.json": version_bytes(version),
        "version/manifest.tsv": b"".join(lines),
        "version/folders.tsv": b"".join(folders),
    }
    if statistics:
        documents["version/statistics.json"] = statistics_bytes(statistics)
    return documents


def parquet(columns: Mapping[str, Sequence[object]], classes: Sequence[str] = ()) -> bytes:
    """A Parquet file; the column `label` has these classes, as `datasets` writes them."""
    import pyarrow
    import pyarrow.parquet

    table = pyarrow.table(dict(columns))
    if classes:
        features = {"label": {"names": [*classes], "_type": "ClassLabel"}}
        known = json.dumps({"info": {"features": features}})
        table = table.replace_schema_metadata({"huggingface": known})
    written = io.BytesIO()
    pyarrow.parquet.write_table(table, written)
    return written.getvalue()


def measured() -> dict[str, str | bytes]:
    """A table of two splits, with a column that is withheld."""
    with (IRIS / "data" / "iris.csv").open(encoding="utf-8") as stream:
        rows = [*csv.reader(stream)][1:]
    names = ("sepal_length", "sepal_width", "petal_length", "petal_width", "species")
    values = {
        name: [row[at] if at == 4 else float(row[at]) for row in rows]
        for at, name in enumerate(names)
    }
    top = [{"value": name, "count": 50} for name in SPECIES]
    numbers = [_numeric(name, values[name]) for name in names[:4]]
    species: Any = {"type": "VARCHAR", "min": "setosa", "max": "virginica", "top": top}
    species |= {"mean": None, "std": None, "quantiles": {}, "nulls": 0}
    hidden: Any = {"type": "VARCHAR", "min": None, "max": None, "mean": None, "std": None}
    hidden |= {"quantiles": {}, "withheld": "e-mail addresses"}
    columns = (*numbers, make_column("species", **species), make_column("gardener", **hidden))
    statistics = make_statistics(
        tables=[make_table(*columns, split="train", rows=150), make_table(*columns, split="test")],
        withheld=[
            {"table": "iris.csv", "column": "gardener", "reason": "e-mail addresses"},
        ],
    )
    train = {name: column[:40:] for name, column in values.items()}
    test = {name: column[-20:] for name, column in values.items()}
    folders = [
        (f"year-{year}/run-{run:03}.csv", year * run + 1)
        for year in range(1990, 2020)
        for run in range(9)
    ]
    splits = {split: f"version/sample/{split}.parquet" for split in ("train", "test")}
    return {
        "README.md": card("measured", splits),
        splits["train"]: parquet(train),
        splits["test"]: parquet(test),
        **version_documents([*folders, ("README.txt", 120)], statistics, examples=150),
    }


def _numeric(name: str, values: Sequence[object]) -> Any:
    numbers = [float(str(value)) for value in values]
    low, high = min(numbers), max(numbers)
    counts = [0] * 20
    for value in numbers:
        counts[min(19, int((value - low) / (high - low) * 20))] += 1
    return make_column(name, min=low, max=high, histogram=counts, nulls=0)


def pictured() -> dict[str, str | bytes]:
    """Pictures with labels."""
    pictures = [{"bytes": png(40 + 3 * n, 48), "path": f"{n}.png"} for n in range(24)]
    labels = [n % 3 for n in range(24)]
    classes = [{"name": name, "files": 400 - 100 * at} for at, name in enumerate(SPECIES)]
    statistics = make_statistics(images=[make_images(classes=classes, files=900)])
    splits = {"train": "version/sample/train.parquet"}
    files = [(f"train/{SPECIES[n % 3]}/{n:04}.png", 1000 + n) for n in range(900)]
    return {
        "README.md": card("pictured", splits),
        splits["train"]: parquet({"image": pictures, "label": labels}, SPECIES),
        **version_documents(files, statistics, examples=900),
    }


def modeled() -> dict[str, str | bytes]:
    """Variables of netCDF files; no sample."""
    field = [
        [round(280 + 20 * math.sin(x / 9) * math.cos(y / 6), 2) for x in range(90)]
        for y in range(60)
    ]
    field[10][20:40] = [None] * 20  # type: ignore[list-item]
    attributes = {"long_name": "Near-surface air temperature"}
    members = [
        make_member(
            "/ocean",
            kind="group",
            type="",
            shape=[],
            dimensions=[],
            units=None,
            min=None,
            max=None,
            mean=None,
            missing=0,
        ),
        make_member(
            "/ocean/depth",
            shape=[40],
            dimensions=["depth"],
            units="m",
            min=0.5,
            max=5500,
            mean=1200,
            missing=0,
        ),
        make_member(
            "/tas",
            shape=[365, 180, 360],
            dimensions=["time", "lat", "lon"],
            units="K",
            min=210.1,
            max=319.9,
            mean=281.3,
            missing=365,
            attributes=attributes,
        ),
        make_member(
            "/time",
            shape=[365],
            dimensions=["time"],
            units="days since 1850-01-01",
            min="2015-01-01",
            max="2015-12-31",
            mean=None,
            missing=0,
        ),
    ]
    preview = {"path": "/tas", "dimensions": ["lat", "lon"], "at": "time 0", "values": field}
    statistics = make_statistics(arrays=[make_arrays(*members, name="run-*.nc", preview=preview)])
    files = [(f"run-{n:03}.nc", 10**9 + n) for n in range(30)]
    return {"README.md": card("modeled", {}), **version_documents(files, statistics)}


def odd() -> dict[str, str | bytes]:
    """Files with odd names, and nothing else."""
    names = (
        *("<b>bold<b>", "\u202egnp.csv", 'a "b" #c?d%20.csv', " e;f", "\u05d0\u05d1.csv"),
        *("x" * 240, f"{'y' * 200}/{'z' * 200}.csv", "\u202efolder/a.csv"),
    )
    return {"README.md": card("odd", {}), **version_documents([(name, 1) for name in names], None)}
