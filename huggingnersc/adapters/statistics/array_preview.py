"""A slice of the largest array of a file, thinned out, for a picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.statistics.array_values import masked, packing_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from huggingnersc.adapters.statistics.array_members import ArrayMember, NumberSource
    from huggingnersc.domain.versions.statistics import ArrayPreview

_MOST_ROWS, _MOST_COLUMNS = 64, 96
_LEAST = 8  # rows and columns of a picture
_LONGEST = 8  # times as long as wide: a longer one without names is a table
_MOST_BYTES = 1 << 26  # of the slice that is read
_DIGITS = 4


def preview_of(members: Sequence[ArrayMember]) -> ArrayPreview | None:
    """Return a slice of the largest array that is a picture, such as a map; None without one."""
    fields = [member for member in members if member.sources and _is_field(member)]
    if not fields:
        return None
    member = max(fields, key=lambda one: math.prod(one.sources[0].shape))
    source = member.sources[0]
    part = source.read(_place(source.shape))
    if part is None or part.ndim != len(source.shape):
        return None  # it was not written, or only in parts
    rows = _rows(part.reshape(part.shape[-2:]), source)
    names = [*member.dimensions[-2:]] or ["", ""]
    return {
        "path": member.path,
        "dimensions": names,
        "at": _place_name(member),
        "values": rows[::-1] if _rises(members, names[0]) else rows,
    }


def _is_field(member: ArrayMember) -> bool:
    source = member.sources[0]
    if len(source.shape) < 2 or min(source.shape[-2:]) < _LEAST:
        return False
    rows, columns = source.shape[-2:]
    is_named = all(member.dimensions[-2:]) and bool(member.dimensions)
    is_small = rows * columns * source.dtype.itemsize <= _MOST_BYTES
    return is_small and (is_named or max(rows, columns) <= _LONGEST * min(rows, columns))


def _place(shape: Sequence[int]) -> tuple[slice, ...]:
    """Return the first slice, of which only some rows and columns are read."""
    ends = zip(shape[-2:], (_MOST_ROWS, _MOST_COLUMNS), strict=True)
    thin = (slice(0, length, -(-length // most)) for length, most in ends)
    return (*(slice(0, 1) for _ in shape[:-2]), *thin)


def _rows(part: Any, source: NumberSource) -> list[list[float | None]]:
    packing = packing_of(source.attributes, source.dtype, is_netcdf=source.is_netcdf)
    kept = masked(part, packing)
    return [
        [
            float(f"{packing.unpacked(value):.{_DIGITS}g}") if is_kept else None
            for value, is_kept in zip(values, row, strict=True)
        ]
        for values, row in zip(part.tolist(), kept.tolist(), strict=True)
    ]


def _place_name(member: ArrayMember) -> str:
    names = member.dimensions[:-2] or ("",) * (len(member.shape) - 2)
    return ", ".join(f"{name or 'index'} 0" for name in names)


def _rises(members: Sequence[ArrayMember], dimension: str) -> bool:
    """Return whether the numbers along the rows rise, as latitudes may: the last is on top."""
    for member in members:
        named = member.dimensions == (dimension,) and member.path.endswith(dimension)
        if dimension and named and member.sources:
            (length,) = member.sources[0].shape
            first, last = (
                member.sources[0].read((slice(one, one + 1),)) for one in (0, length - 1)
            )
            return bool(first is not None and last is not None and first[0] < last[0])
    return False
