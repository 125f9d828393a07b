"""Human-readable sizes, counts and dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
_UNITS = "bytes kB MB GB TB PB"
_LARGEST = 10**15  # longer numbers have an exponent
_SEPARATED = 10_000  # so that a year is one word


def size_words(size_bytes: int) -> str:
    """Return a size in decimal units with three significant digits: `9 bytes`, `4.55 kB`."""
    value, units = float(size_bytes), _UNITS.split()
    for unit in units:
        if value < 999.5 or unit == units[-1]:
            break
        value /= 1000
    if unit == "bytes":
        return "1 byte" if size_bytes == 1 else f"{size_bytes} bytes"
    return f"{_three_figures(value)} {unit}"


def number_words(value: float, digits: int = 5) -> str:
    """Return a number with so many significant digits, and all of those before the point.

    `1990`, `12,346`, `0.3`, `1.2e-05`; an exponent stands for very large and very small ones.
    """
    size = abs(value)
    if not size < _LARGEST:  # or it is NaN
        return f"{value:.{digits}g}"
    if isinstance(value, int) or value.is_integer():
        return f"{int(value):,}" if size >= _SEPARATED else str(int(value))
    kept = max(digits, len(str(int(size))))
    return f"{value:,.{kept}g}" if size >= _SEPARATED else f"{value:.{kept}g}"


def count_words(count: int) -> str:
    """Return an abbreviated count: `999`, `1.2k`, `35k`, `4.1M`."""
    if count < 1000:
        return str(count)
    value, unit = (count / 1000, "k") if count < 999_500 else (count / 1_000_000, "M")
    return f"{value:.1f}".removesuffix(".0") + unit if value < 99.5 else f"{value:.0f}{unit}"


def plural(count: int, one: str, many: str = "") -> str:
    """Return `1 file`, `2 files`, `1,200 files`; pass `many` for irregular plurals."""
    return f"1 {one}" if count == 1 else f"{count:,} {many or one + 's'}"


def at_most(count: int, limit: int, one: str) -> str:
    """Return `3 files`, or `more than 1,000 files` when `count` is above `limit`."""
    return plural(count, one) if count <= limit else f"more than {plural(limit, one)}"


def first_names(names: Sequence[str], most: int, *, count: int | None = None) -> str:
    """Return names in a sentence: `a, b, c`, or the first `most` and the rest's number.

    Args:
        names: all of them, or at least the first `most`.
        most: how many are named.
        count: how many there are, where not all are in `names`.
    """
    more = (len(names) if count is None else count) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def duration_words(seconds: float) -> str:
    """Return a time span in at most two units, rounded down: `40 s`, `3 min 20 s`, `2 d 5 h`."""
    left, words = int(seconds), list[str]()
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)):
        count, left = divmod(left, length)
        if count or words or unit == "s":
            words.append(f"{count} {unit}")
    return " ".join(words[:2]).removesuffix(" 0 s").removesuffix(" 0 min").removesuffix(" 0 h")


def day(moment: datetime) -> str:
    """Return the date of `moment` independent of the locale: `20 Nov 2026`."""
    return f"{moment.day} {_MONTHS.split()[moment.month - 1]} {moment.year}"


def _three_figures(value: float) -> str:
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
