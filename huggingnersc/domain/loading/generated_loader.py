"""The script `load_<nickname>.py`, by which anyone loads the data with one line.

It reads the files where they are stored, at the center or on its portal, and needs nothing of this
package: the standard library, and what people read files of this type with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.loading.file_addresses import portal_base
from huggingnersc.domain.loading.file_layout import USUAL_LAYOUT, fits, whole_layout
from huggingnersc.domain.loading.script_name import free_module
from huggingnersc.domain.planned_file import PlannedFile

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from huggingnersc.domain.loading.loading import Source
    from huggingnersc.domain.loading.shards_script import ScriptShards
    from huggingnersc.domain.render import Render

MISSING = ("", "NA", "N/A", "NaN", "nan", "NULL", "null", "None")  # as drafted loaders read it
_AT_ONCE = 16  # a read from a portal is so much smaller than one from a disk, about 4 MiB

# What every script imports of the standard library, and what those of a type do.
_STANDARD: Mapping[str, tuple[str, ...]] = {
    "all": (
        "import hashlib",
        "import os",
        "import re",
        "from collections.abc import Iterator",
        "from contextlib import contextmanager",
        "from dataclasses import dataclass",
        "from fnmatch import fnmatchcase",
        "from functools import lru_cache",
        "from http.client import HTTPException, HTTPResponse",
        "from pathlib import Path",
        "from urllib.error import HTTPError",
        "from urllib.request import Request, urlopen",
    ),
    "portal": (
        "from concurrent.futures import ThreadPoolExecutor",
        "from contextlib import suppress",
        "from threading import Event",
        "from typing import Any",
        "from urllib.parse import quote",
    ),
    "blocks": ("import io",),
    "csv": ("import csv", "import io", "import math", "from typing import Any"),
    "hdf5": ("from typing import Any",),
    "images": ("import io", "from typing import Any"),
    "jsonl": ("import io", "import json", "from typing import Any"),
    "netcdf": ("from typing import Any",),
    "parquet": ("from typing import Any",),
    "txt": ("import io",),
    "zarr": ("from typing import Any",),
}
FILE_TYPES = frozenset({"csv", "hdf5", "images", "jsonl", "netcdf", "parquet", "txt", "zarr"})
_TEXTS = frozenset({"csv", "jsonl", "txt"})  # files that may be compressed
_IN_BLOCKS = frozenset({"hdf5", "netcdf", "parquet"})  # files that are read here and there
_LIBRARIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "hdf5": ("h5py", ("import h5py",)),
    "images": ("pillow numpy", ("import numpy as np", "from PIL import Image")),
    "netcdf": ("xarray h5netcdf netCDF4", ("import xarray as xr",)),
    "parquet": ("pyarrow", ("import pyarrow.parquet as pq",)),
    "zarr": ("zarr", ("import zarr",)),
}
_ZARR_STORE = (
    "from zarr.abc.store import OffsetByteRequest, RangeByteRequest, SuffixByteRequest",
    "from zarr.core.buffer import default_buffer_prototype",
    "from zarr.storage import MemoryStore",
)


@dataclass(frozen=True, slots=True)
class Libraries:
    """What a script imports beside the standard library.

    Attributes:
        packages: what `pip` installs for it.
        imports: its lines, sorted.
    """

    packages: str
    imports: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedDataset:
    """A dataset for which a script is generated.

    Attributes:
        nickname: its name on the Hub.
        title: its name for people.
        version: the latest one, whose files are read.
        data_path: where they are stored at the center.
        portal_link: the address of the data.
        site: the name of the center for people.
        catalog_dir: its catalog folder.
        hub_url: the page of its repository; empty where no other machine reaches that.
        source: its files.
        taken: the names of files that are in the repository already.
        shards: those that were uploaded; None where there are none.
    """

    nickname: str
    title: str
    version: str
    data_path: str
    portal_link: str
    site: str
    catalog_dir: str
    hub_url: str
    source: Source
    taken: Collection[str] = ()
    shards: ScriptShards | None = None

    @property
    def module(self) -> str:
        """The name by which the script is imported: one that no file of the steward has."""
        return free_module(self.nickname, self.taken)

    @property
    def layout(self) -> dict[str, Any]:
        """The structure of a file; of a source that `has_script` refuses, the usual one."""
        return whole_layout(self.source.layout) or dict(USUAL_LAYOUT)

    @property
    def portal(self) -> str:
        """What the addresses of its files begin with; empty where they are on no portal."""
        return portal_base(self.portal_link)

    @property
    def splits(self) -> dict[str, str]:
        """What the path of each file of a split matches, by split; never empty."""
        inside = {one["name"]: "*" for one in self.layout["splits"]}
        return inside or dict(self.source.splits) or {"train": "*"}


@dataclass(frozen=True, slots=True)
class ScriptFacts:
    """What a notebook and a card say of the script.

    Attributes:
        module: the name by which it is imported.
        kind: the type of the files.
        is_array: whether an example is an array, and no dict of them.
        has_portal: whether it reads the files from a portal, too.
        links: how many data files are symbolic links, which it does not read.
    """

    module: str
    kind: str
    is_array: bool
    has_portal: bool
    links: int


def has_script(source: Source) -> bool:
    """Return whether a script can be generated: for this type, and with the files known."""
    layout = whole_layout(source.layout)
    if layout is None or source.file_type not in FILE_TYPES or not source.manifest_sha256:
        return False
    return fits(source.file_type, layout)


def script_facts(dataset: LoadedDataset | None) -> ScriptFacts | None:
    """Return what a notebook and a card say of the script; None where there is none."""
    if dataset is None:
        return None
    return ScriptFacts(
        module=dataset.module,
        kind=dataset.source.file_type,
        is_array=dataset.layout["is_array"],
        has_portal=bool(dataset.portal),
        links=dataset.source.links,
    )


def generated_loader(dataset: LoadedDataset, render: Render) -> PlannedFile:
    """Return the script."""
    text = render(f"load/{dataset.source.file_type}.py.j2", **_values(dataset))
    return PlannedFile(f"{dataset.module}.py", text.encode())


def _values(dataset: LoadedDataset) -> dict[str, Any]:
    source, layout, splits = dataset.source, dataset.layout, dataset.splits
    page = dataset.hub_url
    is_compressed = source.file_type in _TEXTS and any(
        suffix.lower().endswith(".gz") for suffix in source.suffixes
    )
    values: dict[str, Any] = {
        "title": dataset.title,
        "module": dataset.module,
        "version": dataset.version,
        "page": page,
        "data_path": dataset.data_path,
        "portal": dataset.portal,
        "site": dataset.site,
        "manifests": (
            "version/manifest.tsv",
            f"{dataset.catalog_dir}/versions/{dataset.version}/manifest.tsv",
            *([f"{page}/resolve/{dataset.version}/version/manifest.tsv"] if page else ()),
        ),
        "manifest_sha256": source.manifest_sha256,
        "kind": source.file_type,
        "layout": layout,
        "splits": splits,
        "first_split": next(iter(splits)),
        "only": source.only,
        "suffixes": source.suffixes,
        "left_out": source.left_out,
        "missing": MISSING,
        "compressed": is_compressed,
        "in_groups": _is_in_groups(layout),
        "few": layout["block"],
        "at_once": layout["block"] * _blocks_at_once(source.file_type, layout),
        "shards": dataset.shards,
    }
    return {**values, **_script_values(source.file_type, values)}


def _script_values(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    layout, portal = values["layout"], bool(values["portal"])
    tables = layout["images"]["tables"] if layout["images"] else None
    used = [
        *_STANDARD["all"],
        *_STANDARD[kind],
        *(_STANDARD["portal"] if portal else ()),
        *(_STANDARD["blocks"] if portal and kind in _IN_BLOCKS else ()),
        *(["import gzip"] if values["compressed"] else ()),
        *(["from glob import escape", "from typing import Any"] if values["shards"] else ()),
        *(["import asyncio"] if portal and kind == "zarr" else ()),
        *(["import csv", "import math"] if tables else ()),
        *(["from os.path import normpath"] if tables and tables["key"] == "path" else ()),
    ]
    return {
        "tables": tables,
        "yields": _yields(kind, layout, has_shards=values["shards"] is not None),
        "imports": _sorted_imports(used),
        "libraries": _libraries(kind, layout, has_portal=portal),
    }


def _is_in_groups(layout: Mapping[str, Any]) -> bool:
    return any("/" in name for name in layout["arrays"])


def _blocks_at_once(kind: str, layout: Mapping[str, Any]) -> int:
    """Return how many blocks of neighboring examples are read at once."""
    examples: int = layout["examples_at_once"]
    if kind != "zarr":  # its chunks come by many requests at once
        examples //= _AT_ONCE
    return max(1, examples // int(layout["block"]))


def _yields(kind: str, layout: Mapping[str, Any], *, has_shards: bool) -> str:
    if kind == "txt":
        return "str | dict[str, Any]" if has_shards else "str"
    return "Any" if layout["is_array"] else "dict[str, Any]"


def _sorted_imports(lines: Iterable[str]) -> list[str]:
    """Return lines in the order of isort, each once; names from one module are in one line."""
    from_modules: dict[str, set[str]] = {}
    for line in lines:
        if line.startswith("from "):
            module, names = line.removeprefix("from ").split(" import ")
            from_modules.setdefault(module, set()).update(names.split(", "))
    plain = sorted({line for line in lines if line.startswith("import ")})
    return plain + [
        f"from {module} import {', '.join(sorted(names))}"
        for module, names in sorted(from_modules.items())
    ]


def _libraries(kind: str, layout: Mapping[str, Any], *, has_portal: bool) -> Libraries | None:
    packages, imports = _LIBRARIES.get(kind, ("", ()))
    if kind == "netcdf" and layout["texts"]:
        imports = ("import numpy as np", *imports)
    if kind == "netcdf" and has_portal and not _is_in_groups(layout):
        imports = (*imports, "from netCDF4 import Dataset")
    if kind == "zarr" and has_portal:
        imports = (*imports, *_ZARR_STORE)
    return Libraries(packages, imports) if packages else None
