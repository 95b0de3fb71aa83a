"""What was made lately, within a bound: going back to it costs nothing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Made = TypeVar("Made")


def _one(made: object) -> int:
    return 1


class Recent(Generic[Key, Made]):
    """Keeps things until their sizes add up to more than `most`; the least recently used goes first.

    `size` measures one thing; without it each counts 1. Used by one thread at a time.
    """

    def __init__(self, most: int, size: Callable[[Made], int] = _one) -> None:
        self.most, self.size = most, 0
        self._measure = size
        self._kept: OrderedDict[Key, Made] = OrderedDict()

    def get(self, key: Key) -> Made | None:
        """What is kept under the key; it becomes the most recently used."""
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key]

    def put(self, key: Key, made: Made) -> None:
        """Keep it, and let go of the oldest ones until all fit; what alone is too large is not kept."""
        if key in self._kept:
            self.size -= self._measure(self._kept.pop(key))
        self._kept[key] = made
        self.size += self._measure(made)
        while self.size > self.most:
            _, oldest = self._kept.popitem(last=False)
            self.size -= self._measure(oldest)

    def __len__(self) -> int:
        return len(self._kept)
