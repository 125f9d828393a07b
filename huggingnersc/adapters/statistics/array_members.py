"""The groups and arrays of a file, and of files and groups with one structure taken together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.statistics.array_values import RunningValues
from huggingnersc.domain.text.formatting import first_names, plural
from huggingnersc.domain.text.markdown import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

NUMBERS = "biuf"  # the kinds of types of numpy
MOST_MEMBERS = 1_000  # of a file
LARGEST_CHUNK_BYTES = 1 << 26  # of one that is read; a compressed one must be held in memory
MOST_ATTRIBUTES = 40  # of a member
MOST_ATTRIBUTE_BYTES = 1 << 16  # a larger one is not read
# What libraries raise for data that is damaged inside, or compressed by a filter they do not have.
UNREADABLE = (
    OSError, RuntimeError, LookupError, ValueError, TypeError, ArithmeticError, AttributeError,
)  # fmt: skip
_MOST_TEXT = 300  # characters of an attribute
_MOST_ITEMS = 8  # of a list in an attribute
_MOST_FIELDS = 8  # of a compound type in its name


@dataclass(frozen=True, slots=True)
class NumberSource:
    """Where the numbers of an array are.

    Attributes:
        shape: of the array.
        dtype: of its values as they are stored, in numpy.
        item_bytes: the size of what is read for a value: that of the whole record for a field.
        chunk: the shape of what is stored in one piece; None where each value can be read alone.
        attributes: as the library has them.
        read: returns a part as an array of numpy; None where nothing was written there.
        is_netcdf: whether the conventions of netCDF hold.
    """

    shape: tuple[int, ...]
    dtype: Any
    chunk: tuple[int, ...] | None
    attributes: Mapping[str, Any]
    read: Callable[[tuple[slice, ...]], Any]
    item_bytes: int
    is_netcdf: bool = False


@dataclass(slots=True)
class ArrayMember:
    """A group or an array.

    Attributes:
        path: in the file; empty for the file itself. Of members whose names differ in a number
            only, `*` stands for the number.
        is_group: whether it is a group.
        is_field: whether it is a field of the array before it, whose type is compound; its name
            is behind a `.`.
        shape: of an array; None where the members that it stands for differ.
        dimensions: their names, empty where they have none.
        type: of the values: `float32`, `text`.
        units: as the file has them.
        attributes: as text.
        count: how many members of a file it stands for.
        sources: where its numbers are; none where it has none, or they cannot be read.
        values: what is known of the numbers.
    """

    path: str
    is_group: bool = False
    is_field: bool = False
    shape: tuple[int | None, ...] = ()
    dimensions: tuple[str, ...] = ()
    type: str = ""
    units: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    count: int = 1
    sources: list[NumberSource] = field(default_factory=list)
    values: RunningValues | None = None

    @property
    def structure(self) -> tuple[object, ...]:
        """What is the same in two members that are described as one."""
        return (self.path, self.is_group, len(self.shape), self.dimensions, self.type, self.units)

    def merge(self, other: ArrayMember) -> None:
        """Take in a member of the same structure."""
        self.shape = tuple(
            mine if mine == theirs else None
            for mine, theirs in zip(self.shape, other.shape, strict=True)
        )
        self.attributes = common_attributes(self.attributes, other.attributes)
        self.sources += other.sources
        if self.values and other.values:
            self.values.merge(other.values)


def field_members(
    array: ArrayMember, dtype: Any, source_of: Callable[[str], NumberSource]
) -> Iterator[ArrayMember]:
    """Yield the fields with numbers of an array whose type is compound; none of another one.

    Args:
        array: as it is described.
        dtype: its type in numpy.
        source_of: returns where the numbers of a field are.
    """
    for name in dtype.names or ():
        if dtype[name].kind in NUMBERS:
            yield ArrayMember(
                short_path(f"{array.path}.{name}"),
                is_field=True,
                shape=array.shape,
                dimensions=array.dimensions,
                type=type_name(dtype[name]),
                sources=[source_of(name)],
            )


def structure_of(members: Iterable[ArrayMember]) -> tuple[object, ...]:
    """Return what is the same in two files, or two groups, that are described as one."""
    return tuple(member.structure for member in members)


def merge_members(into: Sequence[ArrayMember], others: Sequence[ArrayMember]) -> None:
    """Take in the members of another file of the same structure."""
    for mine, theirs in zip(into, others, strict=True):
        mine.merge(theirs)


def common_attributes(first: Mapping[str, str], second: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes that are the same in both."""
    return {name: value for name, value in first.items() if second.get(name) == value}


def attribute_text(value: Any) -> str:
    """Return an attribute as a short text: a text, a number, or a few of them."""
    import numpy as np

    if isinstance(value, bytes | str):
        return _text(value)
    array = np.asarray(value)
    is_short = array.ndim <= 1 and array.size <= _MOST_ITEMS
    if is_short and array.dtype.kind in "biufcSUO":
        return _text(", ".join(_text(_plain(one)) for one in array.ravel()))
    shape = " x ".join(map(str, array.shape))
    return f"({shape} {type_name(array.dtype)})"


def _plain(value: Any) -> bytes | str:
    if isinstance(value, bytes | str):
        return value
    is_number = isinstance(value, int | float | complex) or hasattr(value, "dtype")
    return str(value) if is_number else f"({type(value).__name__})"


def _text(value: bytes | str) -> str:
    text = value[: 8 * _MOST_TEXT]
    words = one_line(text.decode(errors="replace") if isinstance(text, bytes) else text)
    return words if len(words) <= _MOST_TEXT else f"{words[: _MOST_TEXT - 1]}…"


def type_name(dtype: Any) -> str:
    """Return the name of a type of numpy as visitors know it."""
    if dtype.subdtype:
        base, shape = dtype.subdtype
        return f"{type_name(base)} ({' x '.join(map(str, shape))})"
    if dtype.names:
        fields = [f"{one_line(n)} {type_name(dtype[n])}" for n in dtype.names[:_MOST_FIELDS]]
        return f"compound: {first_names(fields, _MOST_FIELDS, count=len(dtype.names))}"
    if dtype.kind in "SUT":
        return "text"
    return "object" if dtype.kind == "O" else str(dtype.newbyteorder("=").name)


def short_path(path: str) -> str:
    """Return a path in a file as a text that JSON and a terminal can hold, of bounded length."""
    return one_line(path)[:_MOST_TEXT]


def named(kind: str, paths: Sequence[str]) -> str:
    """Return how many there are with the first three of them: `2 links (a, b)`."""
    some = ", ".join(short_path(path) for path in paths[:3])
    return f"{plural(len(paths), kind)} ({some}{', ...' if len(paths) > 3 else ''})"
