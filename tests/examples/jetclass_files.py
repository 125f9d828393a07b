"""Small HDF5 files in JetClass's layout; each jet carries its number, so that it can be traced."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PARTICLES, FEATURES, FIRST_LABEL, CLASSES = 4, 9, 2, 10


def write_jets(folder: Path, sizes: Sequence[int], first_label: int = FIRST_LABEL) -> Path:
    """Write one file per size; jet n has n as the first feature of its first particle."""
    import h5py
    import numpy as np

    folder.mkdir(parents=True, exist_ok=True)
    first = 0
    for number, size in enumerate(sizes):
        jets = np.arange(first, first + size)
        data = np.zeros((size, PARTICLES, FEATURES), dtype=np.float32)
        data[:, 0, 0] = jets
        with h5py.File(folder / f"JetClass_{number:03}.h5", "w") as file:
            file["data"] = data
            file["pid"] = jets % CLASSES + first_label
        first += size
    return folder
