"""What somebody does on a timeline, step by step, with undo and redo.

The rules of beats and sections are those of `TrackStructure`, those of keyframes stand in `keyframe_lane`;
those of the lane of looks are here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Self

from explorer.audio.edits import seconds
from explorer.audio.structure.track_structure import SELECTION_SECONDS, TrackStructure
from explorer.errors import SettingsError
from explorer.fields.sequence.field import MAX_LOOKS
from explorer.notebook.timeline.keyframe_lane import KeyframeLane, KeyframePlace

MAX_STEPS = 500  # that can be taken back
MIN_LOOK_SECONDS = 0.25

NO_KEYFRAMES = KeyframeLane()

LookPlaces = tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Snapshot:
    """What a timeline holds at one moment: the structure of the song, looks with their starts, keyframes."""

    structure: TrackStructure
    looks: LookPlaces = ()
    keyframes: KeyframeLane = NO_KEYFRAMES

    def place_look(self, time: float, name: str, own: tuple[KeyframePlace, ...] = ()) -> Self:
        """A look from a time on; one that starts there already is replaced.

        `own` are the keyframes that the look has by itself; it brings them along when it is new on the lane.
        """
        if not 0 <= time < self.structure.duration:
            raise SettingsError(f"a look at {time:.2f} s: allowed are 0 to {self.structure.duration:.2f} s")
        others = [pair for pair in self.looks if abs(pair[0] - time) > SELECTION_SECONDS]
        if len(others) >= MAX_LOOKS:
            raise SettingsError(f"there are {MAX_LOOKS} looks already; remove one")
        lane = self.keyframes
        for place in own if all(name != each for _, each in self.looks) else ():
            for look, setting, value in place.values:
                lane = lane.set_value(place.time, look, setting, value)
        return replace(self, keyframes=lane)._with_looks([*others, (seconds(time), name)])

    def move_look(self, start: float, target: float) -> Self:
        """The look from a time on at another place between its neighbors."""
        place = self._look(start)
        if not 0 <= target < self.structure.duration:
            raise SettingsError(f"a look at {target:.2f} s: allowed are 0 to {self.structure.duration:.2f} s")
        looks = list(self.looks)
        looks[place] = (seconds(target), looks[place][1])
        if looks != sorted(looks):
            raise SettingsError("a look cannot pass its neighbor; remove it and drop it there")
        return self._with_looks(looks)

    def remove_look(self, start: float) -> Self:
        """Without the look from a time on."""
        place = self._look(start)
        return self._with_looks([*self.looks[:place], *self.looks[place + 1 :]])

    def look_at(self, time: float) -> str:
        """The name of the look that is drawn at a time. Raises SettingsError."""
        if not self.looks:
            raise SettingsError("keyframes move settings of looks; drop a look first")
        return next((name for start, name in reversed(self.looks) if start <= time), self.looks[0][1])

    def set_keyframe(self, time: float, look: str, setting: str, value: float) -> Self:
        """See `KeyframeLane.set_value`."""
        if all(look != name for _, name in self.looks):
            raise SettingsError(f"there is no look {look[:60]!r} on the timeline")
        self._check_keyframe_time(time)
        return replace(self, keyframes=self.keyframes.set_value(time, look, setting, value))

    def move_keyframe(self, start: float, target: float) -> Self:
        """See `KeyframeLane.move`."""
        self._check_keyframe_time(target)
        return replace(self, keyframes=self.keyframes.move(start, target))

    def remove_keyframe(self, start: float) -> Self:
        """See `KeyframeLane.remove`."""
        return replace(self, keyframes=self.keyframes.remove(start))

    def move_section(self, start: float, target: float) -> Self:
        """See `TrackStructure.move_section`; a look and a keyframe that start there move along."""
        moved = replace(self, structure=self.structure.move_section(start, target))
        if self.keyframes.has_place(start):
            moved = moved.move_keyframe(start, target)
        on_boundary = any(abs(at - start) <= SELECTION_SECONDS for at, _ in self.looks)
        return moved.move_look(start, target) if on_boundary else moved

    def _check_keyframe_time(self, time: float) -> None:
        if not 0 <= time < self.structure.duration:
            raise SettingsError(
                f"a keyframe at {time:.2f} s: allowed are 0 to {self.structure.duration:.2f} s"
            )

    def _look(self, start: float) -> int:
        for place, (at, _) in enumerate(self.looks):
            if abs(at - start) <= SELECTION_SECONDS:
                return place
        raise SettingsError(f"no look starts at {start:.2f} s")

    def _with_looks(self, looks: list[tuple[float, str]]) -> Self:
        looks = sorted(looks)
        for (earlier, one), (later, other) in pairwise(looks):
            if later - earlier < MIN_LOOK_SECONDS:
                raise SettingsError(
                    f"the looks {one} and {other} are less than {MIN_LOOK_SECONDS:g} s apart at {later:.2f} s"
                )
        keyframes = self.keyframes.of_looks(name for _, name in looks)
        return replace(self, looks=tuple(looks), keyframes=keyframes)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SettingsError("a time must be a number")
    return float(value)


def _numbers(value: Any) -> list[float]:
    return [_number(each) for each in value] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: Any) -> int:
    return round(_number(value))


def _places(value: Any) -> Any:
    return value  # made by the kernel


Parser = Callable[[Any], Any]
ON_STRUCTURE: dict[str, tuple[Parser, ...]] = {
    "add_beat": (_number,),
    "delete_beat": (_number,),
    "move_beat": (_number, _number),
    "toggle_downbeat": (_number,),
    "set_meter": (_number, _whole),
    "double_tempo": (),
    "halve_tempo": (),
    "tap_beats": (_numbers,),
    "split_section": (_number, _text),
    "merge_section": (_number,),
    "rename_section": (_number, _text),
}
ON_SNAPSHOT: dict[str, tuple[Parser, ...]] = {
    "move_section": (_number, _number),
    "place_look": (_number, _text, _places),
    "move_look": (_number, _number),
    "remove_look": (_number,),
    "set_keyframe": (_number, _text, _text, _number),
    "move_keyframe": (_number, _number),
    "remove_keyframe": (_number,),
}


class History:
    """The snapshot of now, those before it, and those that were taken back."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.now = snapshot
        self._before: list[Snapshot] = []
        self._after: list[Snapshot] = []
        self._last = ""  # name of the last step

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back."""
        return bool(self._after)

    def take(self, name: str, arguments: list[Any], joins: bool = False) -> None:
        """A step by name; one that joins the last one of its kind is taken back with it."""
        parsers = ON_STRUCTURE.get(name) or ON_SNAPSHOT.get(name)
        if parsers is None and name not in ON_STRUCTURE:
            raise SettingsError(f"a timeline has no step {name[:40]!r}")
        values = [parse(value) for parse, value in zip(parsers or (), arguments, strict=True)]
        if name in ON_STRUCTURE:
            after = replace(self.now, structure=getattr(self.now.structure, name)(*values))
        else:
            after = getattr(self.now, name)(*values)
        self.push(after, name, joins)

    def push(self, snapshot: Snapshot, name: str, joins: bool = False) -> None:
        """The snapshot after a step."""
        if snapshot == self.now:
            return
        if not (joins and self._last == name and self._before):
            self._before = [*self._before[-MAX_STEPS + 1 :], self.now]
        self.now, self._after, self._last = snapshot, [], name

    def undo(self) -> None:
        """Take the last step back."""
        if self._before:
            self._after.append(self.now)
            self.now = self._before.pop()
            self._last = ""

    def redo(self) -> None:
        """Do again what was taken back."""
        if self._after:
            self._before.append(self.now)
            self.now = self._after.pop()
            self._last = ""
