"""The smallest, largest and mean value of numbers that are read in parts."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# What netCDF writes where nothing was written, by the kind and size of a number.
_NETCDF_FILLS = {
    "i2": -32767,
    "u2": 65535,
    "i4": -2147483647,
    "u4": 4294967295,
    "i8": -9223372036854775806,
    "u8": 18446744073709551614,
    "f4": 9.969209968386869e36,
    "f8": 9.969209968386869e36,
}
_DIGITS = 10  # of a mean; more differ between processors


@dataclass(frozen=True, slots=True)
class Packing:
    """How the values of an array are stored, by the conventions of netCDF.

    Attributes:
        scale: what a stored value is multiplied by.
        offset: what is added then.
        missing: stored values that mean that there is none.
        lowest: the smallest stored value that is valid; None for no limit.
        highest: the largest one.
    """

    scale: float = 1.0
    offset: float = 0.0
    missing: tuple[float, ...] = ()
    lowest: float | None = None
    highest: float | None = None

    @property
    def is_packed(self) -> bool:
        """Whether a stored value differs from what it means."""
        return (self.scale, self.offset) != (1.0, 0.0)

    def unpacked(self, value: Any) -> Any:
        """Return what a stored value means."""
        return _plain(value * self.scale + self.offset) if self.is_packed else value


def packing_of(attributes: Mapping[str, Any], dtype: Any, *, is_netcdf: bool) -> Packing:
    """Return how an array is packed, by its attributes as they were read.

    An attribute that is no number is passed over.
    """
    missing = [*_numbers(attributes, "_FillValue"), *_numbers(attributes, "missing_value")]
    if is_netcdf and "_FillValue" not in attributes and (fill := _NETCDF_FILLS.get(_code(dtype))):
        missing.append(fill)
    lowest, highest = _range(attributes)
    return Packing(
        scale=next(_finite(attributes, "scale_factor"), 1.0),
        offset=next(_finite(attributes, "add_offset"), 0.0),
        missing=tuple(missing),
        lowest=lowest,
        highest=highest,
    )


def _code(dtype: Any) -> str:
    return f"{dtype.kind}{dtype.itemsize}"


def _range(attributes: Mapping[str, Any]) -> tuple[float | None, float | None]:
    both = [*_finite(attributes, "valid_range")]
    if len(both) == 2:
        return both[0], both[1]
    lowest, highest = _finite(attributes, "valid_min"), _finite(attributes, "valid_max")
    return next(lowest, None), next(highest, None)


def _finite(attributes: Mapping[str, Any], name: str) -> Any:
    return (one for one in _numbers(attributes, name) if math.isfinite(one))


def _numbers(attributes: Mapping[str, Any], name: str) -> list[Any]:
    import numpy as np

    value = np.asarray(attributes.get(name, ()))
    return [one.item() for one in value.ravel()[:4]] if value.dtype.kind in "biuf" else []


@dataclass(slots=True)
class RunningValues:
    """What is known of the numbers read so far, as they are stored.

    Attributes:
        total: how many values there are in all; not all of them need be read.
        read: how many were read.
        missing: how many of these are not a number, not valid, or mean that there is none.
        lowest: the smallest of the others; a text where it is a date.
        highest: the largest, likewise.
        sums: of parts; None where a part has none.
    """

    total: int = 0
    read: int = 0
    missing: int = 0
    lowest: Any = None
    highest: Any = None
    sums: list[float | None] = field(default_factory=list)

    def add(self, values: Any, packing: Packing) -> None:
        """Take in an array of numbers."""
        import numpy as np

        values = np.asarray(values).ravel()
        keep = masked(values, packing)
        kept = values if keep.all() else values[keep]
        self.read += values.size
        self.missing += values.size - kept.size
        if kept.size:
            low, high = _shortest(kept.min()), _shortest(kept.max())
            self.lowest = low if self.lowest is None else min(self.lowest, low)
            self.highest = high if self.highest is None else max(self.highest, high)
            with np.errstate(over="ignore", invalid="ignore"):
                self.sums.append(_finite_or_none(float(kept.sum(dtype="f8"))))

    def scaled(self, packing: Packing) -> RunningValues:
        """Return what is known of the values as they are meant, not as they are stored."""
        ends = sorted(
            packing.unpacked(one) for one in (self.lowest, self.highest) if one is not None
        )
        count = self.read - self.missing
        known = self._sum
        total = None if known is None else known * packing.scale + packing.offset * count
        low, high = (ends[0], ends[-1]) if ends else (None, None)
        return RunningValues(self.total, self.read, self.missing, low, high, [total])

    def dated(self, units: str, calendar: str) -> RunningValues | None:
        """Return what is known with dates for numbers; None where the units name no date."""
        first = date_text(self.lowest, units, calendar)
        last = date_text(self.highest, units, calendar)
        if first is None or last is None:
            return None
        low, high = sorted((first, last))
        return RunningValues(self.total, self.read, self.missing, low, high, [None])

    def merge(self, other: RunningValues) -> None:
        """Take in what is known of the values of another array."""
        self.total += other.total
        self.read += other.read
        self.missing += other.missing
        lows = [one for one in (self.lowest, other.lowest) if one is not None]
        highs = [one for one in (self.highest, other.highest) if one is not None]
        self.lowest, self.highest = min(lows, default=None), max(highs, default=None)
        self.sums += other.sums

    @property
    def limits(self) -> tuple[Any, Any]:
        """The smallest and the largest value; None where there is none."""
        return self.lowest, self.highest

    @property
    def mean(self) -> float | None:
        """The mean of the values that are there; None where there is none."""
        count, total = self.read - self.missing, self._sum
        return None if total is None or not count else float(f"{total / count:.{_DIGITS}g}")

    @property
    def _sum(self) -> float | None:
        """The sum of what was read; None where that is no number, or too large for one."""
        known = [one for one in self.sums if one is not None]
        if len(known) < len(self.sums):
            return None
        try:
            return math.fsum(known)
        except OverflowError:
            return None


def _finite_or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None


def date_text(value: Any, units: str, calendar: str) -> str | None:
    """Return the date that a number means, as ISO 8601 has it; None where it means none.

    Args:
        value: a number; None for no value.
        units: such as `hours since 1900-01-01`.
        calendar: by the conventions of netCDF; empty for the usual one.
    """
    if value is None or " since " not in units:
        return None
    try:
        from netCDF4 import num2date

        date: Any = num2date(value, units, calendar or "standard", only_use_cftime_datetimes=True)
        text = str(date.isoformat())
    except (ImportError, ValueError, TypeError, OverflowError):
        return None
    return text.removesuffix("T00:00:00").replace("T", " ")


def masked(values: Any, packing: Packing) -> Any:
    """Return an array of truth: which values, as they are stored, are numbers and valid."""
    import numpy as np

    is_float = values.dtype.kind == "f"
    kept = np.isfinite(values) if is_float else np.ones(values.shape, dtype=bool)
    for one in packing.missing:
        # Compared in the type of the array: 1e20 as float32 is not 1e20.
        kept &= values != (np.asarray(one).astype(values.dtype) if is_float else one)
    if packing.lowest is not None:
        kept &= values >= packing.lowest
    if packing.highest is not None:
        kept &= values <= packing.highest
    return kept


def _shortest(value: Any) -> Any:
    """Return a number of numpy with the fewest digits that mean it: 0.1 as float32 is 0.1."""
    is_short = value.dtype.kind == "f" and value.dtype.itemsize < 8
    return float(str(value)) if is_short else value.item()


def _plain(value: Any) -> Any:
    """Return a number without the digits that are the error of its storage."""
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value
