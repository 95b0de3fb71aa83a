"""The lane of keyframes of a timeline: at each moment values of settings of its looks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple, Self

from explorer.audio.edits import seconds
from explorer.audio.structure.track_structure import SELECTION_SECONDS
from explorer.errors import SettingsError


class SettingValue(NamedTuple):
    """The value of a setting of a look."""

    look: str
    setting: str
    value: float


class KeyframePlace(NamedTuple):
    """All that keyframes set at a time in seconds."""

    time: float
    values: tuple[SettingValue, ...]


@dataclass(frozen=True)
class KeyframeLane:
    """Keyframes in the order of their times."""

    places: tuple[KeyframePlace, ...] = ()

    def set_value(self, time: float, look: str, setting: str, value: float) -> Self:
        """A setting of a look has this value at a time; whatever else is set there stays."""
        index = self._find(time)
        at = seconds(time) if index is None else self.places[index].time
        earlier = () if index is None else self.places[index].values
        others = [each for each in earlier if (each.look, each.setting) != (look, setting)]
        values = tuple(sorted([*others, SettingValue(look, setting, value)]))
        rest = [place for n, place in enumerate(self.places) if n != index]
        return replace(self, places=tuple(sorted([*rest, KeyframePlace(at, values)])))

    def move(self, start: float, target: float) -> Self:
        """The keyframe of a time at another place between its neighbors. Raises SettingsError."""
        index = self._index(start)
        places = list(self.places)
        places[index] = KeyframePlace(seconds(target), places[index].values)
        if any(later.time <= earlier.time for earlier, later in pairwise(places)):
            raise SettingsError("a keyframe cannot pass its neighbor; delete it and add it there")
        return replace(self, places=tuple(places))

    def remove(self, start: float) -> Self:
        """Without the keyframe of a time. Raises SettingsError."""
        index = self._index(start)
        return replace(self, places=(*self.places[:index], *self.places[index + 1 :]))

    def of_look(self, name: str) -> list[tuple[float, dict[str, float]]]:
        """The keyframes of a look: seconds, and values by setting."""
        own = [
            (place.time, {each.setting: each.value for each in place.values if each.look == name})
            for place in self.places
        ]
        return [(time, values) for time, values in own if values]

    def of_looks(self, names: Iterable[str]) -> Self:
        """Without the keyframes of all other looks."""
        names = {*names}
        places = [
            KeyframePlace(place.time, tuple(each for each in place.values if each.look in names))
            for place in self.places
        ]
        return replace(self, places=tuple(place for place in places if place.values))

    def has_place(self, time: float) -> bool:
        """Whether there is a keyframe at a time."""
        return self._find(time) is not None

    def _find(self, time: float) -> int | None:
        near = [n for n, place in enumerate(self.places) if abs(place.time - time) <= SELECTION_SECONDS]
        return min(near, key=lambda n: abs(self.places[n].time - time), default=None)

    def _index(self, time: float) -> int:
        index = self._find(time)
        if index is None:
            raise SettingsError(f"there is no keyframe at {time:.2f} s")
        return index
