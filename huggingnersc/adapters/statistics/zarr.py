"""The tree of a Zarr store of format 2 or 3; links are not followed."""

from __future__ import annotations

import base64
import binascii
import math
import struct
import warnings
from functools import partial
from itertools import islice
from stat import S_ISDIR, S_ISREG
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.adapters.data_files.zarr_stores import require_members, require_metadata
from huggingnersc.adapters.statistics.array_file import ArrayFile, with_values
from huggingnersc.adapters.statistics.array_members import (
    LARGEST_CHUNK_BYTES,
    MOST_ATTRIBUTES,
    MOST_MEMBERS,
    NUMBERS,
    ArrayMember,
    NumberSource,
    attribute_text,
    field_members,
    named,
    short_path,
    type_name,
)
from huggingnersc.adapters.statistics.blocks import chunks_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from huggingnersc.adapters.data_files.budget import Budget

_DEEPEST = 16
_XARRAY_DIMENSIONS = "_ARRAY_DIMENSIONS"  # of format 2, which has no names for them
# What may decode a chunk. The codec "pickle" of format 2 runs whatever code a chunk holds.
_SAFE_CODECS = frozenset({
    "adler32", "astype", "bitround", "blosc", "bytes", "bz2", "cast_value", "crc32", "crc32c",
    "delta", "fixedscaleoffset", "fletcher32", "gzip", "lz4", "lzma", "packbits", "quantize",
    "scale_offset", "sharding_indexed", "shuffle", "transpose", "zlib", "zstd",
})  # fmt: skip
_FLOATS = {4: "<f", 8: "<d"}


def read_zarr(store: Path, budget: Budget, sample_bytes: int) -> ArrayFile:
    """Return the tree of a store, with what is known of its numbers.

    Raises:
        ValueError: the store is damaged; the sentence says how.
        InstallationError: zarr is not installed.
    """
    zarr = data_library("zarr", "Zarr")
    broken = (
        *(OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError),
        *(RuntimeError, zarr.errors.BaseZarrError),
    )
    try:
        require_metadata(store)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about files beside the arrays, such as a README
            root = zarr.open(store, mode="r")
            nodes = [*islice(_nodes(root, store, "", 0), MOST_MEMBERS + 1)]
            members = (member for one in nodes for member in _members(store, *one))
            found = ArrayFile(_attributes(root), [*islice(members, MOST_MEMBERS + 1)])
            found.problems += _unsafe(nodes)
            if found.members[MOST_MEMBERS:]:
                del found.members[MOST_MEMBERS:]
                found.problems.append(f"has more than {MOST_MEMBERS:,} members")
            return with_values(found, budget, sample_bytes)
    except broken as error:
        raise ValueError(f"cannot be read as Zarr: {error}") from error


def _nodes(node: Any, store: Path, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Yield the groups and arrays of a store with their paths, a group before its members."""
    if path or not hasattr(node, "members"):
        yield path, node
    if hasattr(node, "members") and depth < _DEEPEST:
        require_members(store / path)
        for name, member in sorted(node.members(), key=lambda one: str(one[0])):
            below = f"{path}/{name}" if path else name
            if not (store / below).is_symlink():
                yield from _nodes(member, store, below, depth + 1)


def _members(store: Path, path: str, node: Any) -> Iterator[ArrayMember]:
    if hasattr(node, "members"):
        yield ArrayMember(short_path(path), is_group=True, attributes=_attributes(node))
        return
    member = ArrayMember(
        short_path(path),
        shape=tuple(int(length) for length in node.shape),
        dimensions=_dimensions(node),
        type=type_name(node.dtype) if hasattr(node.dtype, "names") else "other",
        attributes=_attributes(node),
    )
    yield member
    names = getattr(node.dtype, "names", None)
    if not (names or getattr(node.dtype, "kind", "O") in NUMBERS) or not is_safe(node):
        return
    reader = ChunkReader(store / path, node)
    if math.prod(reader.chunk) * node.dtype.itemsize > LARGEST_CHUNK_BYTES:
        return
    if names:
        yield from field_members(member, node.dtype, partial(_source, node, reader))
    else:
        member.sources = [_source(node, reader)]


def _source(node: Any, reader: ChunkReader, field: str = "") -> NumberSource:
    def read(place: tuple[slice, ...]) -> Any:
        values = reader.read(place)
        return values[field] if field and values is not None else values

    return NumberSource(
        shape=tuple(map(int, node.shape)),
        dtype=node.dtype[field] if field else node.dtype,
        chunk=reader.chunk,
        attributes={} if field else _packing_attributes(node),
        read=read,
        item_bytes=node.dtype.itemsize,
    )


def _unsafe(nodes: Sequence[tuple[str, Any]]) -> list[str]:
    arrays = ((path, node) for path, node in nodes if not hasattr(node, "members"))
    paths = [path for path, node in arrays if not is_safe(node)]
    return [f"has {named('array', paths)} with codecs that are not used here"] if paths else []


def is_safe(array: Any) -> bool:
    """Return whether no codec of an array does more than decode."""
    metadata = array.metadata
    if metadata.zarr_format == 2:
        codecs = [*(metadata.filters or ()), *filter(None, [metadata.compressor])]
        names = [str(codec.codec_id) for codec in codecs]
    else:
        names = [*_codec_names(metadata.to_dict()["codecs"])]
    return _SAFE_CODECS.issuperset(name.removeprefix("numcodecs.") for name in names)


def _codec_names(codecs: Any) -> Iterator[str]:
    """Yield the names of codecs of format 3, and of those within them."""
    for codec in codecs:
        yield str(codec["name"])
        held = codec.get("configuration") or {}
        for key in ("codecs", "index_codecs"):
            yield from _codec_names(held.get(key, ()))


class ChunkReader:
    """Reads the parts of an array that were written; a link or a pipe is no chunk."""

    def __init__(self, folder: Path, array: Any) -> None:
        self.chunk = tuple(max(1, int(size)) for size in array.shards or array.chunks)
        self._folder = folder
        self._array = array

    def read(self, place: tuple[slice, ...]) -> Any:
        """Return the values of a part that were written; None where none were."""
        import numpy as np

        numbers = [*chunks_of(place, self.chunk)]
        written = [number for number in numbers if self._is_written(number)]
        if len(written) == len(numbers):
            return np.asarray(self._array[place])
        parts = [np.asarray(self._array[self._place(number)]).ravel() for number in written]
        return np.concatenate(parts) if parts else None

    def _is_written(self, number: tuple[int, ...]) -> bool:
        path = self._folder
        names = str(self._array.metadata.encode_chunk_key(number)).split("/")
        for depth, name in enumerate(names, 1):
            path = path / name
            try:
                mode = path.lstat().st_mode
            except OSError:
                return False
            if not (S_ISREG(mode) if depth == len(names) else S_ISDIR(mode)):
                return False
        return True

    def _place(self, number: Sequence[int]) -> tuple[slice, ...]:
        pairs = zip(number, self.chunk, strict=True)
        return tuple(slice(one * size, (one + 1) * size) for one, size in pairs)


def _dimensions(array: Any) -> tuple[str, ...]:
    names = getattr(array.metadata, "dimension_names", None)
    names = names or array.attrs.get(_XARRAY_DIMENSIONS)
    is_known = isinstance(names, list | tuple) and len(names) == len(array.shape)
    return tuple(short_path(str(name or "")) for name in names) if is_known else ()


def _attributes(node: Any) -> dict[str, str]:
    named = ((name, value) for name, value in node.attrs.items() if name != _XARRAY_DIMENSIONS)
    return {
        short_path(name): attribute_text(value) for name, value in islice(named, MOST_ATTRIBUTES)
    }


def _packing_attributes(array: Any) -> dict[str, Any]:
    """Return the attributes that say what values mean, as xarray writes them."""
    attributes = dict(array.attrs)
    is_xarray = _XARRAY_DIMENSIONS in attributes
    fill = attributes.get("_FillValue")
    if isinstance(fill, str):  # format 3
        attributes["_FillValue"] = _decoded(fill)
    elif fill is None and is_xarray and array.metadata.zarr_format == 2:
        attributes["_FillValue"] = array.metadata.fill_value
    return {name: value for name, value in attributes.items() if value is not None}


def _decoded(text: str) -> float | None:
    """Return a number that is written in base64; None where it is none."""
    try:
        data = base64.standard_b64decode(text)
        return float(struct.unpack(_FLOATS[len(data)], data)[0])
    except (binascii.Error, KeyError, ValueError):
        return None
