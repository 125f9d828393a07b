"""Read pickles of plain values and arrays, and run nothing that is in them.

A pickle is a program. Here its instructions are looked at before any is carried out, and the few
functions that it may name are stand-ins which keep bytes; no module is imported for it.
"""

from __future__ import annotations

import pickle
import pickletools
import re
from io import BytesIO
from math import prod
from typing import Any

MOST_BYTES = 256 << 20
_MOST_INSTRUCTIONS = 2_000_000
_MOST_TUPLES = 1_000  # they may be keys, whose hash would take a level of the stack for each
_ALLOWED = frozenset(
    re.findall(
        r"\w+",
        """PROTO FRAME STOP MARK NONE NEWTRUE NEWFALSE INT BININT BININT1 BININT2 LONG LONG1 FLOAT
    BINFLOAT STRING BINSTRING SHORT_BINSTRING BINBYTES SHORT_BINBYTES BINBYTES8 UNICODE BINUNICODE
    SHORT_BINUNICODE EMPTY_DICT DICT EMPTY_LIST LIST EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3 APPEND
    APPENDS SETITEM SETITEMS PUT BINPUT LONG_BINPUT MEMOIZE GET BINGET LONG_BINGET GLOBAL
    STACK_GLOBAL REDUCE BUILD""",
    )
)
_MEMO = frozenset({"PUT", "BINPUT", "LONG_BINPUT"})
_TUPLES = frozenset({"TUPLE", "TUPLE1", "TUPLE2", "TUPLE3"})
# What damaged or hostile pickles raise, once their instructions were looked at.
_BROKEN = (
    pickle.UnpicklingError,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)


class PickledArray:
    """The bytes of a NumPy array of bytes."""

    def __init__(self) -> None:
        self.shape: tuple[int, ...] = ()
        self.content = b""

    def __setstate__(self, state: Any) -> None:
        """Take the state that NumPy wrote. Raises: ValueError: it is not one of bytes."""
        _version, shape, dtype, is_fortran, content = state
        if not isinstance(dtype, _PickledType) or dtype.name != b"u1" or is_fortran:
            raise ValueError("its array holds no bytes row by row")
        if type(content) is not bytes or not all(type(one) is int and one >= 0 for one in shape):
            raise ValueError("its array is damaged")
        if prod(shape) != len(content):
            raise ValueError("its array is cut")
        self.shape, self.content = tuple(shape), content


class _PickledType:
    """The type of an array."""

    def __init__(self, name: bytes) -> None:
        self.name = name

    def __setstate__(self, state: Any) -> None:
        """Take what NumPy wrote; a byte has no order of bytes."""


_NDARRAY = object()  # only ever an argument


def _array(kind: Any, *_: Any) -> PickledArray:
    if kind is not _NDARRAY:
        raise ValueError("it builds something other than an array")
    return PickledArray()


def _type(name: Any, *_: Any) -> _PickledType:
    return _PickledType(name.encode() if isinstance(name, str) else bytes(name))


def _latin(text: Any, encoding: Any) -> bytes:
    """Return bytes as Python 3 writes them where Python 2 is to read them."""
    if encoding not in {"latin1", b"latin1"} or type(text) is not str:
        raise ValueError("it encodes a text")
    return text.encode("latin1")


_NAMES = {
    ("numpy.core.multiarray", "_reconstruct"): _array,
    ("numpy._core.multiarray", "_reconstruct"): _array,
    ("numpy", "ndarray"): _NDARRAY,
    ("numpy", "dtype"): _type,
    ("_codecs", "encode"): _latin,
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Return the stand-in of a name; no module is imported."""
        if (module, name) not in _NAMES:
            raise ValueError(f"it names {module}.{name}, which no batch of images needs")
        return _NAMES[module, name]


def unpickled(data: bytes) -> Any:
    """Return what a pickle holds: plain values, and arrays of bytes as `PickledArray`.

    Texts that Python 2 wrote, and keys, are bytes.

    Raises:
        ValueError: it is damaged, or holds anything else; the sentence says which.
    """
    _look(data)
    try:
        return _plain(_Unpickler(BytesIO(data), encoding="bytes").load())
    except _BROKEN as error:
        raise ValueError(" ".join(str(error).split()) or "it is damaged") from error


def _look(data: bytes) -> None:
    """Make sure that a pickle has only instructions that make plain values, and not too many.

    Raises:
        ValueError: it does not.
    """
    tuples = 0
    if len(data) > MOST_BYTES:
        raise ValueError(f"it has more than {MOST_BYTES >> 20} MiB")
    for count, (operation, argument, _at) in enumerate(pickletools.genops(data)):
        tuples += operation.name in _TUPLES
        if operation.name not in _ALLOWED or count > _MOST_INSTRUCTIONS or tuples > _MOST_TUPLES:
            raise ValueError("it is no pickle of plain values and arrays")
        if operation.name in _MEMO and int(argument or 0) > _MOST_INSTRUCTIONS:
            raise ValueError("it is damaged")  # memory is taken up to this number


def _plain(value: Any) -> Any:
    """Return a dictionary with all keys as bytes, as Python 2 wrote them."""
    if not isinstance(value, dict):
        return value
    return {_bytes(key): _texts(one) for key, one in value.items()}


def _texts(value: Any) -> Any:
    if isinstance(value, list):
        return [_bytes(one) for one in value]
    return value


def _bytes(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value
