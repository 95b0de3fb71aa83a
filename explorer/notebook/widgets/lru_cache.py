"""A least-recently-used cache with a bound on total size (`functools.lru_cache` only counts entries)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class LRUCache(Generic[Key, Value]):
    """Keeps values until their sizes add up to more than `max_size`; the least recently used goes first.

    `size_of` measures one value; without it each counts 1. Used by one thread at a time.
    """

    def __init__(self, max_size: int, size_of: Callable[[Value], int] = lambda value: 1) -> None:
        self.max_size, self.size = max_size, 0
        self._size_of = size_of
        self._values: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """The value of a key, which becomes the most recently used; None when it is not in the cache."""
        if key not in self._values:
            return None
        self._values.move_to_end(key)
        return self._values[key]

    def put(self, key: Key, value: Value) -> None:
        """Add a value and evict the oldest ones until all fit; one that alone is too large is not stored."""
        if key in self._values:
            self.size -= self._size_of(self._values.pop(key))
        self._values[key] = value
        self.size += self._size_of(value)
        while self.size > self.max_size:
            _, oldest = self._values.popitem(last=False)
            self.size -= self._size_of(oldest)

    def __len__(self) -> int:
        return len(self._values)
