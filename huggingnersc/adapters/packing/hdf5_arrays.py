"""The arrays of HDF5 files that are no columns of the table: each is named, none is dropped."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.packing.table_columns import named
from huggingnersc.domain.text.formatting import plural
from huggingnersc.domain.text.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_MOST_NAMED = 20
_FAR_SHORTER = 10  # times; such arrays say something of the table, as the names of classes


class OtherArrays:
    """The arrays of all files that are no columns, for the report of what was left out."""

    def __init__(self) -> None:
        self._rows: dict[str, list[int | None]] = {}
        self._is_first = True

    def add(self, opened: Any, columns: Sequence[str], rows: int) -> None:
        """Note the arrays of a file.

        Args:
            opened: the file.
            columns: the names of the arrays that are columns, or of the one of records.
            rows: how long these are.

        Raises:
            ValueError: as many arrays in other groups are a table of their own, or an array as
                long as the columns was not in the first file.
        """
        others = {name: n for name, n in _arrays(opened) if name not in columns}
        if self._is_first:
            _require_one_table(columns, rows, others)
        elif new := [name for name, n in others.items() if n == rows and name not in self._rows]:
            raise ValueError(f"unlike the first file it has in addition {named(new)}")
        self._is_first = False
        for name, length in others.items():
            self._rows.setdefault(name, []).append(length)

    def left_out(self) -> Counter[str]:
        """Return how often an array was left out, by its name and length."""
        named = [*self._rows][:_MOST_NAMED]
        found = Counter({_array(name, self._rows[name]): len(self._rows[name]) for name in named})
        if more := sum(len(rows) for name, rows in self._rows.items() if name not in named):
            found["more arrays of HDF5 files"] = more
        return found


def _arrays(opened: Any) -> Iterator[tuple[str, int | None]]:
    """Yield the name and length of each array, None for a single value; links are not followed."""
    found: list[str] = []
    opened.visit(found.append)
    for name in found:
        shape = getattr(opened[name], "shape", None)
        if shape is not None:
            yield name, shape[0] if shape else None


def _require_one_table(
    columns: Sequence[str], rows: int, others: Mapping[str, int | None]
) -> None:
    """Make sure that no other groups hold a table of as many columns, and not far shorter.

    Raises:
        ValueError: they do.
    """
    groups = {_group(name) for name in columns}
    tables: dict[int, list[str]] = {}
    for name, length in others.items():
        if length is not None and _FAR_SHORTER * length > rows and _group(name) not in groups:
            tables.setdefault(length, []).append(name)
    rivals = {length: names for length, names in tables.items() if len(names) >= len(columns)}
    if rivals:
        tables = {rows: [*columns], **rivals}
        said = (f"{named(names)} ({plural(n, 'row')})" for n, names in tables.items())
        raise ValueError(
            f"it holds several tables: {'; '.join(said)}; copy each into a file of its own, "
            "such as by h5copy"
        )


def _group(name: str) -> str:
    return name.rpartition("/")[0]


def _array(name: str, lengths: Sequence[int | None]) -> str:
    known = sorted({length for length in lengths if length is not None})
    if not known:
        size = "a single value"
    elif len(known) == 1:
        size = plural(known[0], "row")
    else:
        size = f"{known[0]:,} to {known[-1]:,} rows"
    noun = "HDF5 array" if len(lengths) == 1 else "HDF5 arrays"
    return f"{noun} {visible(name)} ({size})"
