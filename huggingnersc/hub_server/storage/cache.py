"""A bounded cache for values that never change."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

K = TypeVar("K", bound="Hashable")
V = TypeVar("V")


class Memory(Generic[K, V]):
    """Keep the values used last, up to a total weight of `size`; safe for threads.

    Only for values that follow from their key alone (git objects by id), so that another process
    writing the same repository can never make one stale.
    """

    def __init__(self, size: int, weigh: Callable[[V], int] = lambda _value: 1) -> None:
        self._size = size
        self._weigh = weigh
        self._weight = 0
        self._values: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return the value for `key`, made by `make` when it is not remembered."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        self.put(key, value)
        return value

    def peek(self, key: K) -> V | None:
        """Return the remembered value for `key`, None when there is none."""
        with self._lock:
            return self._values.get(key)

    def put(self, key: K, value: V) -> None:
        """Remember `value`, forgetting those used longest ago when all weigh too much."""
        with self._lock:
            if key in self._values:
                return
            self._values[key] = value
            self._weight += self._weigh(value)
            while self._weight > self._size and len(self._values) > 1:  # the newest stays
                _, forgotten = self._values.popitem(last=False)
                self._weight -= self._weigh(forgotten)
