"""The tree of an HDF5 file, and of a netCDF-4 file, which is one; links are not followed.

The netCDF library would follow links out of the data, so netCDF-4 is read here.
"""

from __future__ import annotations

import math
import re
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.adapters.statistics.array_file import ArrayFile, with_values
from huggingnersc.adapters.statistics.array_members import (
    LARGEST_CHUNK_BYTES,
    MOST_ATTRIBUTE_BYTES,
    MOST_ATTRIBUTES,
    MOST_MEMBERS,
    NUMBERS,
    UNREADABLE,
    ArrayMember,
    NumberSource,
    attribute_text,
    field_members,
    merge_members,
    named,
    short_path,
    structure_of,
    type_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from huggingnersc.adapters.data_files.budget import Budget

_MOST_NAMES = 100_000  # of one group
_MOST_ALIKE = 8  # more members whose names differ in a number only are described as one
_DEEPEST = 64
_NUMBER = re.compile("[0-9]+")
# What HDF5 and netCDF write for themselves.
_OWN_ATTRIBUTES = frozenset({
    "CLASS", "DIMENSION_LABELS", "DIMENSION_LIST", "NAME", "REFERENCE_LIST", "_NCProperties",
    "_Netcdf4Coordinates", "_Netcdf4Dimid", "_nc3_strict",
})  # fmt: skip
_NO_VARIABLE = b"This is a netCDF dimension but not a netCDF variable"


def read_hdf5(file: Path, budget: Budget, sample_bytes: int, *, is_netcdf: bool) -> ArrayFile:
    """Return the tree of a file, with what is known of its numbers.

    Args:
        file: what is read.
        budget: of time and bytes.
        sample_bytes: how much of the values is read at most; a larger array is read in parts.
        is_netcdf: whether the conventions of netCDF hold.

    Raises:
        ValueError: the file is no HDF5, or is damaged; the sentence says how.
        InstallationError: h5py is not installed.
    """
    h5py = data_library("h5py", "HDF5")
    try:
        with h5py.File(file, "r", locking=False) as opened:
            tree = _Tree(h5py, is_netcdf=is_netcdf)
            members = tree.members(opened, "", 0)
            found = ArrayFile(tree.attributes(opened), members, tree.problems)
            return with_values(found, budget, sample_bytes)
    except UNREADABLE as error:
        raise ValueError(f"cannot be read as HDF5: {error}") from error


class _Tree:
    """What was found in a file so far."""

    def __init__(self, h5py: Any, *, is_netcdf: bool) -> None:
        self._h5py = h5py
        self._is_netcdf = is_netcdf
        self._entered: set[int] = set()
        self._left = MOST_MEMBERS
        self._skipped = 0
        self._links: list[str] = []
        self._elsewhere: list[str] = []
        self._large: list[str] = []

    @property
    def problems(self) -> list[str]:
        """What the description leaves out, as ends of a sentence about the file."""
        found = (
            (self._skipped, f"has {self._skipped:,} more members, which are not described"),
            (len(self._links), f"has {named('link', self._links)}, not followed"),
            (
                len(self._elsewhere),
                f"has {named('array', self._elsewhere)} stored in other files",
            ),
            (len(self._large), f"has {named('array', self._large)} in chunks too large to read"),
        )
        return [text for count, text in found if count]

    def members(self, group: Any, path: str, depth: int) -> list[ArrayMember]:
        """Return what a group holds; a group that was reached before is not entered again."""
        place = self._h5py.h5o.get_info(group.id).addr
        if place in self._entered or depth > _DEEPEST:
            return []
        self._entered.add(place)
        families: dict[tuple[str, bool], list[str]] = {}
        for name, is_group in self._children(group, path):
            families.setdefault((_NUMBER.sub("*", name), is_group), []).append(name)
        found: list[ArrayMember] = []
        for (stem, is_group), names in families.items():
            found += self._family(group, path, stem, names, is_group, depth)
        return found

    def attributes(self, item: Any) -> dict[str, str]:
        """Return the attributes of a file, a group or an array that are not HDF5's own."""
        return {
            short_path(name): attribute_text(value)
            for name, value in self._raw_attributes(item)
            if name not in _OWN_ATTRIBUTES and not isinstance(value, self._h5py.Empty)
        }

    def _children(self, group: Any, path: str) -> Iterator[tuple[str, bool]]:
        """Yield the names of the groups and arrays in a group."""
        for name in islice(group, _MOST_NAMES):
            if not isinstance(group.get(name, getlink=True), self._h5py.HardLink):
                self._links.append(f"{path}/{name}".lstrip("/"))
                continue
            kind = group.get(name, getclass=True)
            if kind in {self._h5py.Group, self._h5py.Dataset}:
                yield name, kind is self._h5py.Group

    def _family(
        self, group: Any, path: str, stem: str, names: list[str], is_group: bool, depth: int
    ) -> list[ArrayMember]:
        """Return the members of one name, or of names that differ in a number only."""
        one = self._group if is_group else self._array
        if len(names) <= _MOST_ALIKE:
            return [m for name in names for m in one(group[name], _below(path, name), depth)]
        some = [names[0], names[len(names) // 2], names[-1]]
        first, *others = (one(group[name], _below(path, stem), depth) for name in some)
        if any(structure_of(other) != structure_of(first) for other in others):
            named = (name for name in names if name not in some)
            rest = [m for name in named for m in one(group[name], _below(path, name), depth)]
            return [*first, *(m for other in others for m in other), *rest]
        for other in others:
            merge_members(first, other)
        for member in first:
            member.count *= len(names)
        return first

    def _group(self, group: Any, path: str, depth: int) -> list[ArrayMember]:
        if not self._has_room():
            return []
        member = ArrayMember(path, is_group=True, attributes=self.attributes(group))
        return [member, *self.members(group, path, depth + 1)]

    def _array(self, item: Any, path: str, _depth: int) -> list[ArrayMember]:
        raw = dict(self._raw_attributes(item))
        name = raw.get("NAME", b"")
        if self._is_netcdf and isinstance(name, bytes) and name.startswith(_NO_VARIABLE):
            return []
        if not self._has_room():
            return []
        member = ArrayMember(
            path,
            shape=tuple(item.shape or ()),
            dimensions=self._dimensions(item, path, raw) if item.shape else (),
            type=self._type(item),
            attributes=self.attributes(item),
        )
        if not self._holds_numbers(item, path):
            return [member]
        if item.dtype.names:
            fields = field_members(member, item.dtype, partial(self._field_source, item))
            return [member, *(field for field in fields if self._has_room())]
        member.sources = [self._source(item, raw)]
        return [member]

    def _source(self, item: Any, raw: dict[str, Any]) -> NumberSource:
        return NumberSource(
            shape=tuple(item.shape),
            dtype=item.dtype,
            chunk=item.chunks,
            attributes=raw,
            read=item.__getitem__,
            item_bytes=item.dtype.itemsize,
            is_netcdf=self._is_netcdf,
        )

    def _field_source(self, item: Any, name: str) -> NumberSource:
        return NumberSource(
            shape=tuple(item.shape),
            dtype=item.dtype[name],
            chunk=item.chunks,
            attributes={},
            read=item.fields(name).__getitem__,  # texts beside it are not read
            item_bytes=item.dtype.itemsize,
        )

    def _has_room(self) -> bool:
        self._left -= 1
        self._skipped += self._left < 0
        return self._left >= 0

    def _type(self, item: Any) -> str:
        try:
            dtype = item.dtype
        except TypeError:  # none that numpy could hold
            return "other"
        if self._h5py.check_string_dtype(dtype):
            return "text"
        if self._h5py.check_ref_dtype(dtype):
            return "reference"
        if base := self._h5py.check_vlen_dtype(dtype):
            return f"lists of {type_name(base)}"
        return type_name(dtype)

    def _holds_numbers(self, item: Any, path: str) -> bool:
        """Return whether the values can be read from this file."""
        if item.shape is None or self._type(item) == "other":
            return False
        if item.dtype.kind not in NUMBERS and not item.dtype.names:
            return False
        if item.is_virtual or item.external:
            self._elsewhere.append(path)
            return False
        if math.prod(item.chunks or ()) * item.dtype.itemsize > LARGEST_CHUNK_BYTES:
            self._large.append(path)
            return False
        return bool(item.id.get_storage_size())  # else nothing was ever written

    def _dimensions(self, item: Any, path: str, raw: dict[str, Any]) -> tuple[str, ...]:
        """Return the names of the dimensions, by the scales attached to them."""
        if raw.get("CLASS") == b"DIMENSION_SCALE" and len(item.shape) == 1:
            return (path.rpartition("/")[2],)
        if "DIMENSION_LIST" not in raw and "DIMENSION_LABELS" not in raw:
            return ()
        names = []
        for dimension in item.dims:
            scale = str(dimension[0].name or "") if len(dimension) else ""
            names.append(short_path(scale.rpartition("/")[2] or dimension.label))
        return tuple(names)

    def _raw_attributes(self, item: Any) -> Iterator[tuple[str, Any]]:
        for name in islice(item.attrs, MOST_ATTRIBUTES):
            try:
                size = self._h5py.h5a.open(item.id, name.encode()).get_storage_size()
                value = item.attrs[name] if size <= MOST_ATTRIBUTE_BYTES else f"({size:,} bytes)"
            except UNREADABLE:
                continue
            yield name, value


def _below(path: str, name: str) -> str:
    return short_path(f"{path}/{name}" if path else name)
