"""Four small datasets as a steward has them: the same bytes at each call.

A test that writes one whose library is not installed is skipped with the reason.
`python -m tests.realistic_data FOLDER` writes all of them below a folder.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.builders import write_tree
from tests.data_files import data_library

if TYPE_CHECKING:
    from collections.abc import Callable

SPECIES = ("adelie", "chinstrap", "gentoo")
CLASSES = ("crystal", "dendrite", "sphere")


@dataclass(frozen=True, slots=True)
class RealisticData:
    """A dataset to write.

    Attributes:
        name: of its folder, from which nickname and title are proposed.
        write: writes it into a folder and returns that folder.
        examples: how many it holds, over all splits.
        splits: their names; empty where there is none.
        license: a license of the default schema.
    """

    name: str
    write: Callable[[Path], Path]
    examples: int
    splits: tuple[str, ...] = ()
    license: str = "cc"


def write_collisions(folder: Path, events: int = 500) -> Path:
    """Write HDF5 in groups: five arrays of 500 events, and a calibration of 1,500 cells."""
    h5py, np = map(data_library, ("h5py", "numpy"))
    draw = np.random.default_rng(1)
    about = (
        "# Simulated collisions\n\n500 simulated proton collisions in a calorimeter of 3 layers.\n"
    )
    write_tree(folder, {"README.md": about})
    with h5py.File(folder / "collisions.h5", "w") as file:
        file["detector/energy"] = draw.exponential(10.0, (events, 2)).astype("f4")
        file["detector/hits"] = draw.integers(0, 40, events, dtype="i4")
        file["truth/momentum"] = draw.normal(0.0, 5.0, events).astype("f4")
        file["truth/angle"] = draw.uniform(-3.1, 3.1, events).astype("f4")
        file["truth/label"] = draw.integers(0, 2, events, dtype="i1")
        file["calibration/pedestal"] = draw.normal(100.0, 1.0, 3 * events)
        file["calibration/run"] = 2041
    return folder


def write_penguins(folder: Path) -> Path:
    """Write CSV with splits: two files of 60 rows to train on, one of 30 to test on."""
    about = "# Penguins\n\nBills and weights of penguins on three islands.\n"
    tables = {
        "train/penguins-0.csv": _penguins(0, 60),
        "train/penguins-1.csv": _penguins(60, 60),
        "test/penguins.csv": _penguins(120, 30),
    }
    return write_tree(folder, {"README.md": about, **tables})


def write_surface_temperature(folder: Path) -> Path:
    """Write netCDF by year: a daily grid with decoded time, packed values and missing ones."""
    np = data_library("numpy")
    about = (
        "# Surface temperature\n\nDaily temperature at 2 m on a coarse grid, one file a year.\n"
    )
    write_tree(folder, {"README.md": about})
    draw = np.random.default_rng(3)
    for year in (2019, 2020, 2021):
        _write_year(folder / f"temperature_{year}.nc", year, draw)
    return folder


def write_micrographs(folder: Path) -> Path:
    """Write images with labels: 24 PNG files of 32 x 24 pixels and `labels.csv` beside them."""
    image, np = map(data_library, ("PIL.Image", "numpy"))
    about = (
        "# Micrographs\n\nMicrographs of metal powder; `labels.csv` says what each one shows.\n"
    )
    write_tree(folder, {"README.md": about})
    (folder / "images").mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(4)
    rows = ["file_name,label,magnification"]
    for number in range(24):
        kind = CLASSES[number % len(CLASSES)]
        values = draw.normal(90 + 40 * (number % len(CLASSES)), 12, (24, 32)).clip(0, 255)
        image.fromarray(values.astype("u1")).save(folder / f"images/{number:03}.png")
        rows.append(f"images/{number:03}.png,{kind},{500 * (1 + number % 4)}")
    return write_tree(folder, {"labels.csv": "\n".join(rows) + "\n"})


REALISTIC = (
    RealisticData("collisions", write_collisions, 500),
    RealisticData("penguins", write_penguins, 150, splits=("train", "test")),
    RealisticData("surface-temperature", write_surface_temperature, 1095),
    RealisticData("micrographs", write_micrographs, 24),
)


def _penguins(first: int, rows: int) -> str:
    lines = ["id,species,bill_mm,mass_g,sex"]
    for number in range(first, first + rows):
        bill = 36 + number % 17 + number % 10 / 10
        sex = ("male", "female", "NA")[number % 3]
        lines.append(
            f"{number},{SPECIES[number % 3]},{bill:.1f},{3000 + 25 * (number % 70)},{sex}"
        )
    return "\n".join(lines) + "\n"


def _write_year(path: Path, year: int, draw: Any) -> None:
    netcdf, np = map(data_library, ("netCDF4", "numpy"))
    with netcdf.Dataset(path, "w") as file:
        file.Conventions = "CF-1.8"
        for name, size in (("time", None), ("lat", 4), ("lon", 8)):
            file.createDimension(name, size)
        for name, values in (("lat", np.linspace(-67.5, 67.5, 4)), ("lon", np.arange(8) * 45.0)):
            file.createVariable(name, "f4", (name,))[:] = values
        time = file.createVariable("time", "f8", ("time",))
        time.units, time.calendar = f"days since {year}-01-01", "noleap"
        time[:] = np.arange(365)
        grid = file.createVariable("t2m", "i2", ("time", "lat", "lon"), fill_value=-32767)
        grid.units, grid.scale_factor, grid.add_offset = "K", 0.01, 280.0
        celsius = 15 * np.cos(np.arange(365) / 58)[:, None, None] + draw.normal(0, 2, (365, 4, 8))
        grid[:] = np.ma.masked_greater(280 + celsius, 300)


def main(folder: Path) -> None:
    """Write all datasets below a folder."""
    for one in REALISTIC:
        one.write(folder / one.name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
