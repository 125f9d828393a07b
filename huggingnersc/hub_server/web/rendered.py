"""What was rendered is kept by its content, so that a page costs its time once.

One content is rendered at a time: forty visitors of a slow page cost what one does. Only some wait
for that, so that the API always has threads left.
"""

from __future__ import annotations

import threading
from dataclasses import is_dataclass
from typing import TYPE_CHECKING, TypeVar, cast

from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.storage.cache import Memory

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")

KEPT_CHARACTERS = 64 << 20
MOST_WAITING = 8
_OBJECT_WEIGHT = 100


def _weight(value: object) -> int:
    """Return about how many bytes a rendered value takes."""
    if isinstance(value, str | bytes):
        return _OBJECT_WEIGHT + len(value)
    if isinstance(value, tuple):
        return _OBJECT_WEIGHT + sum(map(_weight, value))
    if is_dataclass(value):
        names = value.__dataclass_fields__
        return _OBJECT_WEIGHT + sum(_weight(getattr(value, name)) for name in names)
    return _OBJECT_WEIGHT


_KEPT: Memory[Hashable, object] = Memory(KEPT_CHARACTERS, _weight)
_ONE_AT_A_TIME = threading.Lock()
_PLACES = threading.BoundedSemaphore(MOST_WAITING)


def rendered_once(make: Callable[[], T], *key: Hashable) -> T:
    """Return what `make` gives for `key`, which must name all that it depends on.

    Raises:
        HttpError: 503, with when to ask again: `MOST_WAITING` others are being rendered.
    """
    if _KEPT.peek(key) is not None:
        return cast("T", _KEPT.get(key, make))
    if not _PLACES.acquire(blocking=False):
        raise HttpError(503, "Too many pages are being rendered", headers={"Retry-After": "5"})
    try:
        with _ONE_AT_A_TIME:
            return cast("T", _KEPT.get(key, make))
    finally:
        _PLACES.release()
