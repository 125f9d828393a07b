"""Small data files of every type; example n carries n as `id`, so that it can be traced.

A test that writes a file of a type whose library is not installed is skipped with the reason.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.builders import write_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

TORCH_EXTRA = "the optional extra 'torch' is not installed: pip install -e '.[torch]'"
DATA_EXTRA = "the optional extra 'data' is not installed: pip install -e '.[data]'"
SIZES = (100, 3, 0, 70)


def data_library(name: str) -> Any:
    """Return a module of the extra `data`, or skip the test where it is not installed."""
    return pytest.importorskip(name, reason=DATA_EXTRA)


def write_csv(folder: Path, sizes: Sequence[int] = SIZES) -> Path:
    """One table in several files; the name of a row goes over two lines."""
    return _write(folder, sizes, "csv", "id,name,value\n", '{0},"row\n{0}",{0}.5\n')


def write_text(folder: Path, sizes: Sequence[int] = SIZES) -> Path:
    """One line per example, and a text about the data that is no example."""
    write_tree(folder, {"README.txt": "what this is\n"})
    return _write(folder, sizes, "txt", "", "{0}\r\n")


def write_hdf5(folder: Path, sizes: Sequence[int] = SIZES) -> Path:
    """Big-endian floats, integers, texts, and an array that holds no examples."""
    h5py, np = map(data_library, ("h5py", "numpy"))

    folder.mkdir(parents=True, exist_ok=True)
    for number, ids in enumerate(_shares(sizes)):
        with h5py.File(folder / f"part-{number}.h5", "w") as file:
            file["jets/x"] = np.repeat(np.array(ids, dtype=">f4")[:, None], 4, axis=1)
            file["id"] = np.array(ids, dtype=np.int64)
            file["name"] = np.array([b"jet"] * len(ids), dtype="S3")
            file["bins"] = np.arange(11)
    return folder


def write_netcdf(folder: Path, sizes: Sequence[int] = SIZES) -> Path:
    """Files of the classic format and of netCDF-4 in turn; every fourth value is missing."""
    netcdf, np = map(data_library, ("netCDF4", "numpy"))

    folder.mkdir(parents=True, exist_ok=True)
    for number, ids in enumerate(_shares(sizes)):
        form: Any = "NETCDF3_CLASSIC" if number % 2 else "NETCDF4"
        with netcdf.Dataset(folder / f"part-{number}.nc", "w", format=form) as file:
            file.createDimension("time", None)
            file.createDimension("station", 500)
            file.createVariable("height", "f8", ("station",))[:] = np.arange(500)
            values = file.createVariable("wind", "f4", ("time", "station"), fill_value=-9.0)
            times = file.createVariable("id", "i4", ("time",))
            if ids:
                values[:] = np.repeat(np.array(ids)[:, None], 500, axis=1)
                values[:, 3] = -9.0
                times[:] = ids
    return folder


def write_json_lines(folder: Path, sizes: Sequence[int] = SIZES) -> Path:
    """Objects with and without a list, after a byte order mark and between blank lines."""
    for number, ids in enumerate(_shares(sizes)):
        rows = [{"id": one, "tags": ["a", "ü"]} if one % 2 else {"id": one} for one in ids]
        lines = "".join(f"{json.dumps(row, ensure_ascii=False)}\n\n" for row in rows)
        write_tree(folder, {f"part-{number}.jsonl": "\ufeff" * bool(rows) + lines})
    return folder


def write_parquet(folder: Path, sizes: Sequence[int] = SIZES) -> Path:
    """Row groups of 32: numbers, texts and lists; in every tenth row a number is missing."""
    pa, parquet = map(data_library, ("pyarrow", "pyarrow.parquet"))

    folder.mkdir(parents=True, exist_ok=True)
    kinds = {"id": pa.int64(), "x": pa.float32(), "name": pa.string(), "hits": pa.list_(pa.int8())}
    kinds["gap"] = pa.int16()
    for number, ids in enumerate(_shares(sizes)):
        rows = [
            {
                "id": one,
                "x": one,
                "name": f"row {one}",
                "hits": [1],
                "gap": one if one % 10 else None,
            }
            for one in ids
        ]
        table = pa.Table.from_pylist(rows, schema=pa.schema(kinds))
        parquet.write_table(table, folder / f"part-{number}.parquet", row_group_size=32)
    return folder


def write_images(folder: Path, sizes: Sequence[int] = SIZES) -> Path:
    """Gray images, each pixel their number, one of another size, and a table that names them."""
    image, np = map(data_library, ("PIL.Image", "numpy"))

    rows = []
    for number in range(sum(sizes)):
        name = f"part-1/{number:03}.png" if number else "part-0.png"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shape = (5, 3) if number == 2 else (4, 6)
        image.fromarray(np.full(shape, number, dtype="u1")).save(folder / name)
        rows.append(f"{name},{number},{'even' if number % 2 == 0 else 'odd'}\n")
    return write_tree(folder, {"labels.csv": "file_name,id,kind\n" + "".join(rows)})


def write_zarr(folder: Path, sizes: Sequence[int] = SIZES) -> Path:
    """Stores of formats 2 and 3 in turn, in chunks of 16, with an array that is no example."""
    zarr, np = map(data_library, ("zarr", "numpy"))

    for number, ids in enumerate(_shares(sizes)):
        form: Any = 3 - number % 2
        store = zarr.open_group(folder / f"part-{number}.zarr", mode="w", zarr_format=form)
        values = np.repeat(np.array(ids, dtype=">f4")[:, None], 4, axis=1)
        for name, array in (("jets/x", values), ("id", np.array(ids, dtype="i8"))):
            chunks = (16, *array.shape[1:])
            store.create_array(name, shape=array.shape, chunks=chunks, dtype=array.dtype)[:] = (
                array
            )
        store.create_array("bins", data=np.arange(11))
    return folder


WRITERS: dict[str, Callable[..., Path]] = {
    "csv": write_csv,
    "txt": write_text,
    "hdf5": write_hdf5,
    "images": write_images,
    "jsonl": write_json_lines,
    "netcdf": write_netcdf,
    "parquet": write_parquet,
    "zarr": write_zarr,
}


def _write(folder: Path, sizes: Sequence[int], suffix: str, head: str, row: str) -> Path:
    files = {
        f"part-{number}.{suffix}": head + "".join(row.format(one) for one in ids)
        for number, ids in enumerate(_shares(sizes))
    }
    return write_tree(folder, files)


def _shares(sizes: Sequence[int]) -> list[list[int]]:
    starts = [sum(sizes[:number]) for number in range(len(sizes))]
    return [list(range(start, start + size)) for start, size in zip(starts, sizes, strict=True)]
