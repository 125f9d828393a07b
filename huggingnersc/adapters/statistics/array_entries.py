"""Files of arrays as they stand in statistics: named, and without what is about people."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal

from huggingnersc.adapters.statistics.array_values import RunningValues
from huggingnersc.adapters.statistics.part import shown_path
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.domain.scan.sensitive_columns import withheld_because

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from huggingnersc.adapters.statistics.array_file import ArrayFile
    from huggingnersc.adapters.statistics.array_members import ArrayMember
    from huggingnersc.domain.versions.statistics import (
        ArrayStatistics,
        MemberStatistics,
        WithheldColumn,
    )

_MOST_NAMED, _LONGEST_NAMES = 3, 60  # files, and characters of their names
_NUMBER = re.compile("[0-9]+")


@dataclass
class ArrayStructure:
    """The files of one structure.

    Attributes:
        file_type: of these files.
        found: what is in them.
        paths: theirs.
    """

    file_type: FileType
    found: ArrayFile
    paths: list[str] = field(default_factory=list)


@lru_cache(maxsize=10_000)
def _reason(name: str, text: str) -> str | None:
    return withheld_because(name, [text])


def without_people(structure: ArrayStructure) -> Iterator[WithheldColumn]:
    """Take out what names or reaches people or is a secret, and yield which.

    Attributes are judged by their texts, numbers by the name of the array alone.
    """
    table, preview = _pattern(structure.paths), structure.found.preview
    for member in structure.found.members:
        if member.values and (why := withheld_because(member.path, (), is_number=True)):
            member.values = None
            if preview and preview["path"] == member.path:
                structure.found.preview = None
            yield {"table": table, "column": member.path, "reason": why}
    held = [("", structure.found.attributes)]
    held += [(member.path, member.attributes) for member in structure.found.members]
    for path, attributes in held:
        for name, text in [*attributes.items()]:
            if reason := _reason(name, text):
                del attributes[name]
                column = f"{path}: {name}" if path else name
                yield {"table": table, "column": column, "reason": reason}


def array_entry(structure: ArrayStructure) -> ArrayStatistics:
    """Return the entry of files of one structure."""
    return {
        "name": _pattern(structure.paths),
        "files": len(structure.paths),
        "format": _FORMATS[structure.file_type],
        "attributes": structure.found.attributes,
        "members": [*map(_member_statistics, structure.found.members)],
        "preview": structure.found.preview,
    }


_FORMATS: Mapping[FileType, Literal["hdf5", "netcdf", "zarr"]] = {
    FileType.HDF5: "hdf5",
    FileType.NETCDF: "netcdf",
    FileType.ZARR: "zarr",
}


def _member_statistics(member: ArrayMember) -> MemberStatistics:
    values = member.values or RunningValues()
    lowest, highest = values.limits
    is_sample = 0 < values.read < values.total
    return {
        "path": member.path,
        "kind": "group" if member.is_group else "field" if member.is_field else "array",
        "count": member.count,
        "shape": [*member.shape],
        "dimensions": [*member.dimensions],
        "type": member.type,
        "units": member.units or None,
        "attributes": member.attributes,
        "min": lowest,
        "max": highest,
        "mean": values.mean,
        "missing": values.missing,
        "sample": {"values": values.read, "of_values": values.total} if is_sample else None,
    }


def _pattern(paths: list[str]) -> str:
    """Return the name of one file, or what the names of several have in common."""
    first, *others = map(shown_path, paths)
    if not others:
        return first
    known = [_NUMBER.split(path) for path in (first, *others)]
    if any(one != known[0] for one in known):
        return _common_pattern([first, *others])
    numbers = zip(*map(_NUMBER.findall, (first, *others)), strict=True)
    filled = (one[0] if len({*one}) == 1 else "*" for one in numbers)
    return "".join(part for pair in zip_longest(known[0], filled, fillvalue="") for part in pair)


def _common_pattern(names: list[str]) -> str:
    """Return a few short texts, or what more have in common at their ends, with `*` between."""
    if len(names) <= _MOST_NAMED and sum(map(len, names)) <= _LONGEST_NAMES:
        return ", ".join(names)
    begin = os.path.commonprefix(names)  # noqa: RUF071 - of texts, not of folders
    rest = [name[len(begin) :][::-1] for name in names]
    return f"{begin}*{os.path.commonprefix(rest)[::-1]}"  # noqa: RUF071
