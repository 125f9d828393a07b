"""The builder of `datasets` that reads the files of a source, and what it must be told of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.domain.loading.loading import Source

# The builder by the type of the files, and the suffixes by which `datasets` finds it.
_BUILDERS = {
    "csv": ("csv", (".csv", ".tsv", ".csv.gz", ".tsv.gz")),
    "jsonl": ("json", (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")),
    "parquet": ("parquet", (".parquet",)),
    "txt": ("text", (".txt", ".txt.gz")),
    "hdf5": ("hdf5", (".h5", ".hdf5")),
}
_AS_USUAL = "utf-8-sig"
# Why `datasets` cannot read an HDF5 file, by the key of its layout: it takes arrays of one length,
# with an example in each row.
_NOT_ROWS = {
    "unit": "an example is not a row of arrays",
    "splits": "each file holds several splits",
    "unrelated": "arrays have several lengths",
    "whole": "a file may be one example",
    "links": "files hold links",
    "has_values": "files hold single values",
    "other_tables": "files hold several tables",
}


@dataclass(frozen=True, slots=True)
class GenericBuilder:
    """A builder of `datasets`.

    Attributes:
        name: the first argument of `load_dataset`.
        options: what it must be told, by name.
        by_url: whether it should read files from the portal; `hdf5` would move each many times.
        streams_by_url: whether it can do so without a copy; `text` fails, version 5.2.
        is_found: whether `datasets` finds it by the suffixes of the files.
    """

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    by_url: bool = True
    streams_by_url: bool = True
    is_found: bool = True


def generic_builder(source: Source) -> GenericBuilder | None:
    """Return the builder that reads the files of a source; None where `datasets` has none.

    That is so for netCDF, Zarr, images, which have an index, and HDF5 files that hold more than
    arrays whose first dimensions are equal.
    """
    layout = source.layout
    if source.file_type not in _BUILDERS:
        return None
    name, known = _BUILDERS[source.file_type]
    if unreadable_because(source):
        return None
    is_found = all(suffix in known for suffix in source.suffixes)  # in lower case only
    return GenericBuilder(
        name,
        _options(name, layout),
        by_url=name != "hdf5",
        streams_by_url=name != "text",
        is_found=is_found,
    )


def unreadable_because(source: Source) -> tuple[str, ...]:
    """Return why `datasets` cannot read HDF5 files; nothing where it can, and of other files."""
    found = _NOT_ROWS.items() if source.file_type == "hdf5" else ()
    return tuple(reason for key, reason in found if source.layout.get(key))


def _options(name: str, layout: Mapping[str, Any]) -> dict[str, Any]:
    encoding = layout.get("encoding", _AS_USUAL)
    if name == "text":
        return {"encoding": encoding}
    if name != "csv":
        return {}
    options: dict[str, Any] = {}
    if (delimiter := layout.get("delimiter", ",")) != ",":
        options["sep"] = delimiter
    if not layout.get("has_header", True):
        options |= {"header": None, "names": [one["name"] for one in layout.get("columns", ())]}
    return options if encoding == _AS_USUAL else {**options, "encoding": encoding}
