"""Loading data from a portal: the generated script, the best lines by hand, and `datasets`.

    python -m benchmarks.loading [ROUNDS] [TYPE ...]

A server on this machine waits 20 ms before each answer. Each case is a process of its own, which
imports what it needs before the clock starts: the time until it has the first example, and until
it has a tenth of all, one by one; a row of a table is a dict. The lines by hand are those that
were measured best before. Targets: at most 1.5 times their time, and no more requests. What is not
installed (`pip install aiohttp requests polars xarray h5netcdf`) is left out.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from benchmarks.timing import interleaved, table
from tests.loaders.generated_scripts import write_script
from tests.range_server import RangeServer, range_server

if TYPE_CHECKING:
    from collections.abc import Callable

DELAY_S = 0.02
OURS, BY_HAND, DATASETS = "load_data.py", "by hand", "datasets, streaming"
_RUN = """
import itertools, os, sys, time
{imports}
begun = time.perf_counter()
rows = iter(examples())
next(rows)
first = time.perf_counter() - begun
for _ in itertools.islice(rows, {tenth} - 1):
    pass
print(first, time.perf_counter() - begun, flush=True)
os._exit(0)
"""


@dataclass(frozen=True)
class Format:
    """A type of files.

    Attributes:
        name: for the table.
        write: makes the data in a folder.
        tenth: how many examples are a tenth.
        by_hand: code that defines `examples()`; URL is the address of the one file.
        datasets: the same with `datasets`; empty where it cannot.
        needs: what they import.
    """

    name: str
    write: Callable[[Path], None]
    tenth: int
    by_hand: str
    datasets: str = ""
    needs: tuple[str, ...] = ()


@dataclass
class Measured:
    """What the runs of a case took."""

    first_s: list[float]
    tenth_s: list[float]
    requests: list[int]
    sent_bytes: list[int]


def write_hdf5(data: Path) -> None:
    """Write 5,000 images, one a chunk, and their labels: 33 MB."""
    import h5py
    import numpy as np

    draw = np.random.default_rng(1)
    with h5py.File(data / "a.h5", "w") as file:
        images = draw.integers(0, 255, (5000, 81, 81), dtype="u1")
        file.create_dataset("images", data=images, chunks=(1, 81, 81))
        file["labels"] = np.arange(5000)


def _write_netcdf(data: Path, form: Any) -> None:
    import netCDF4
    import numpy as np

    draw = np.random.default_rng(1)
    with netCDF4.Dataset(data / "a.nc", "w", format=form) as file:
        for name, size in (("time", None), ("lat", 181), ("lon", 360)):
            file.createDimension(name, size)
        days = file.createVariable("time", "f8", ("time",))
        days.units = "days since 2020-01-01"
        chunks = (1, 181, 360) if form == "NETCDF4" else None
        grid = file.createVariable("t2m", "f4", ("time", "lat", "lon"), chunksizes=chunks,
                                   zlib=form == "NETCDF4")  # fmt: skip
        for day in range(360):
            days[day] = day
            grid[day] = draw.normal(280, 10, (181, 360)).round(0 if form == "NETCDF4" else 3)


def write_netcdf4(data: Path) -> None:
    """Write 360 fields of 181 x 360, a chunk each, compressed."""
    _write_netcdf(data, "NETCDF4")


def write_netcdf3(data: Path) -> None:
    """Write the same in the classic format: 94 MB."""
    _write_netcdf(data, "NETCDF3_64BIT_OFFSET")


def write_zarr(data: Path) -> None:
    """Write the same as a store of Zarr 3, with consolidated metadata."""
    import warnings

    import numpy as np
    import zarr

    draw = np.random.default_rng(1)
    group = zarr.open_group(data / "a.zarr", mode="w")
    grid = group.create_array("t2m", shape=(360, 181, 360), chunks=(3, 181, 360), dtype="f4")
    grid[:] = draw.normal(280, 10, (360, 181, 360)).round(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        zarr.consolidate_metadata(group.store)


def _columns() -> dict[str, Any]:
    import numpy as np

    draw = np.random.default_rng(1)
    values = {f"x{place}": draw.normal(0, 1, 2_000_000).round(3) for place in range(4)}
    return {"id": np.arange(2_000_000), **values}


def write_parquet(data: Path) -> None:
    """Write 2,000,000 rows of five columns in ten row groups."""
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.table(_columns()), data / "a.parquet", row_group_size=200_000)


def write_csv(data: Path) -> None:
    """Write the same as text: 80 MB."""
    import pyarrow as pa
    from pyarrow import csv

    csv.write_csv(pa.table(_columns()), data / "a.csv")


def write_json_lines(data: Path) -> None:
    """Write 500,000 objects."""
    with (data / "a.jsonl").open("w") as file:
        file.writelines(f'{{"id": {n}, "text": "line {n}"}}\n' for n in range(500_000))


def write_images(data: Path) -> None:
    """Write 1,000 pictures of 64 x 64 in two classes."""
    import numpy as np
    from PIL import Image

    draw = np.random.default_rng(1)
    for place in range(1000):
        folder = data / ("cat" if place % 2 else "dog")
        folder.mkdir(exist_ok=True)
        values = draw.integers(0, 255, (64, 64, 3), dtype="u1")
        Image.fromarray(values).save(folder / f"{place:04}.png")


_HDF5 = """
import aiohttp, fsspec.implementations.http, h5py
def examples():
    file = h5py.File(fsspec.open(URL, cache_type="blockcache", block_size=1 << 20).open())
    labels = file["labels"][:]
    for place, label in enumerate(labels):
        yield {"images": file["images"][place], "labels": label}
"""
_NETCDF4 = """
import aiohttp, fsspec.implementations.http, xarray as xr
def examples():
    data = xr.open_dataset(fsspec.open(URL, cache_type="blockcache", block_size=1 << 20).open(),
                           engine="h5netcdf")
    for place in range(360):
        yield {"t2m": data["t2m"][place].values, "time": data["time"][place].values}
"""
_NETCDF3 = """
import xarray as xr
def examples():
    data = xr.open_dataset(URL + "#mode=bytes", engine="netcdf4")
    for place in range(360):
        yield {"t2m": data["t2m"][place].values, "time": data["time"][place].values}
"""
_ZARR = """
import aiohttp, fsspec.implementations.http, zarr
def examples():
    array = zarr.open_group(URL, mode="r")["t2m"]
    for values in array[:36]:
        yield {"t2m": values}
"""
_PARQUET = """
import polars as pl
def examples():
    yield from pl.scan_parquet(URL).head(200_000).collect().iter_rows(named=True)
"""
_CSV = """
import aiohttp, fsspec.implementations.http, pandas as pd
def examples():
    for chunk in pd.read_csv(fsspec.open(URL, "rb").open(), chunksize=1000):
        yield from chunk.to_dict("records")
"""
_JSON = """
import aiohttp, fsspec.implementations.http, json
def examples():
    for line in fsspec.open(URL, "rt").open():
        yield json.loads(line)
"""
_IMAGES = """
import io, numpy as np
from urllib.request import urlopen
from PIL import Image
def examples():
    for name in NAMES:
        with urlopen(f"{ROOT}/{name}") as answer:
            yield {"image": np.asarray(Image.open(io.BytesIO(answer.read())))}
"""
_DATASETS = """
import aiohttp, datasets, requests, fsspec.implementations.http
def examples():
    return datasets.load_dataset("{kind}", data_files=URL, split="train", streaming=True)
"""
_INDEX = """
import aiohttp, datasets, requests, fsspec.implementations.http
def examples():
    index = datasets.Dataset.from_dict({"image": [f"{ROOT}/{name}" for name in NAMES]})
    return index.cast_column("image", datasets.Image()).to_iterable_dataset()
"""


def _streaming(kind: str) -> str:
    return _DATASETS.format(kind=kind)


FORMATS = (
    Format("HDF5", write_hdf5, 500, _HDF5, _streaming("hdf5"), ("h5py", "aiohttp")),
    Format("netCDF4", write_netcdf4, 36, _NETCDF4, needs=("xarray", "h5netcdf", "aiohttp")),
    Format("netCDF3", write_netcdf3, 36, _NETCDF3, needs=("xarray", "netCDF4")),
    Format("Zarr", write_zarr, 36, _ZARR, needs=("zarr", "aiohttp")),
    Format("Parquet", write_parquet, 200_000, _PARQUET, _streaming("parquet"), ("polars",)),
    Format("CSV", write_csv, 200_000, _CSV, _streaming("csv"), ("aiohttp", "pyarrow")),
    Format("JSON lines", write_json_lines, 50_000, _JSON, _streaming("json"), ("aiohttp",)),
    Format("images", write_images, 100, _IMAGES, _INDEX, ("PIL",)),
)


def main() -> None:
    """Measure each type, print a table."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    chosen = [word for word in sys.argv[1:] if not word.isdigit()]
    rows: list[tuple[object, ...]] = []
    for one in FORMATS:
        if chosen and one.name not in chosen:
            continue
        missing = [name for name in one.needs if importlib.util.find_spec(name) is None]
        if missing:
            print(f"{one.name} is left out: {', '.join(missing)} is not installed")
            continue
        rows += _measured(one, *numbers[:1])
    head = ("format", "case", "first, s", "a tenth, s", "x by hand", "requests", "MB")
    print(table(head, rows))


def _measured(one: Format, rounds: int = 3) -> list[tuple[object, ...]]:
    with tempfile.TemporaryDirectory() as folder, range_server(Path(folder)) as server:
        data = Path(folder, "data")
        data.mkdir()
        one.write(data)
        codes = _codes(one, Path(folder), server)
        server.delay_s = DELAY_S
        found = {name: Measured([], [], [], []) for name in codes}
        cases = {name: _case(code, one, server, found[name]) for name, code in codes.items()}
        interleaved(cases, rounds=rounds)
    return [_row(one, name, found[name], found[BY_HAND]) for name in found]


def _codes(one: Format, folder: Path, server: RangeServer) -> dict[str, str]:
    data, root = folder / "data", f"{server.address}/data"
    script = write_script(data, folder / "repository", portal=root, data_path="/not/here")
    names = sorted(file.relative_to(data).as_posix() for file in data.rglob("*.*"))
    shared = f"ROOT, NAMES, URL = {root!r}, {names!r}, {f'{root}/{names[0]}'!r}\n"
    ours = dedent(f"""
        import sys
        sys.path.insert(0, {str(script.parent)!r})
        from {script.stem} import load as examples
    """)
    codes = {OURS: ours, BY_HAND: shared + one.by_hand}
    has_datasets = all(map(importlib.util.find_spec, ("datasets", "requests", "aiohttp")))
    return codes | ({DATASETS: shared + one.datasets} if one.datasets and has_datasets else {})


def _case(code: str, one: Format, server: RangeServer, found: Measured) -> Callable[[], float]:
    text = _RUN.format(imports=code, tenth=one.tenth)

    def run() -> float:
        server.reset()
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", text],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise SystemExit(f"{one.name} failed: {done.stderr}")
        first, tenth = json.loads(f"[{done.stdout.replace(' ', ',')}]")
        found.first_s.append(first)
        found.tenth_s.append(tenth)
        found.requests.append(len(server.requests))
        found.sent_bytes.append(server.sent_bytes)
        return float(tenth)

    return run


def _row(one: Format, name: str, found: Measured, by_hand: Measured) -> tuple[object, ...]:
    ratio = median(found.tenth_s) / median(by_hand.tenth_s)
    return (
        one.name,
        f"`{name}`" if name == OURS else name,
        f"{median(found.first_s):.2f}",
        f"{median(found.tenth_s):.2f}",
        f"{ratio:.2f}",
        round(median(found.requests)),
        f"{median(found.sent_bytes) / 1e6:.1f}",
    )


if __name__ == "__main__":
    main()
