"""A performance as keyframes: what the settings were at each sixtieth of a second."""

from __future__ import annotations

from collections.abc import Container

from explorer.fields import FieldSettings
from explorer.fields.keyframes import Keyframe

FPS = 60  # of the moments at which settings are recorded; frames at 60, 30, 20, ... a second fall on them


class Recorder:
    """Records moves of the settings of `field`; `result` is the field with the performance in it.

    A setting holds its value until its next move, at any frame of 60 a second. Where the sound jumps back,
    as in a loop, what was recorded from there on is replaced. The earlier keyframes of a setting that was
    moved are replaced, those of others stay.
    """

    def __init__(self, field: FieldSettings) -> None:
        self.field = field
        self._moves: dict[str, dict[int, float]] = {}
        self._frame = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The settings that were moved."""
        return tuple(self._moves)

    def advance(self, t: float) -> None:
        """The sound is at `t` seconds."""
        frame = max(0, round(t * FPS))
        if frame < self._frame:
            for moves in self._moves.values():
                for later in [each for each in moves if each >= frame]:
                    del moves[later]
        self._frame = frame

    def move(self, t: float, name: str, value: float) -> bool:
        """A setting has another value from `t` on; False where keyframes cannot move it."""
        if name not in self.field.movable:
            return False
        self.advance(t)
        self._moves.setdefault(name, {})[self._frame] = value
        return True

    def result(self) -> FieldSettings:
        """The field as it was at the start, with the performance as keyframes."""
        played: dict[float | str, dict[str, float]] = {}
        for name in self._moves:
            for frame, value in self._knots(name):
                played.setdefault(frame / FPS, {})[name] = value
        for keyframe in without(self.field, self._moves).keyframes:
            moment = played.setdefault(keyframe.at, {})
            moment.update(keyframe.settings)
        moments = sorted(played.items(), key=lambda pair: (isinstance(pair[0], str), pair[0]))
        return self.field.replace(keyframes=tuple(Keyframe(at=at, settings=pairs) for at, pairs in moments))

    def _knots(self, name: str) -> list[tuple[int, float]]:
        """Frames and values; a move keeps the value before it until the frame before: keyframes are ramps."""
        knots: dict[int, float] = {}
        value = self.field.rest_value(name)
        for frame, next_value in sorted(self._moves[name].items()):
            if next_value != value and frame:
                knots.setdefault(frame - 1, value)
            if next_value != value or not knots:
                knots[frame] = value = next_value
        return sorted(knots.items())


def without(field: FieldSettings, names: Container[str]) -> FieldSettings:
    """A field whose keyframes leave some settings alone."""
    keyframes = []
    for keyframe in field.keyframes:
        pairs = tuple(pair for pair in keyframe.settings if pair[0] not in names)
        if pairs:
            keyframes.append(Keyframe(at=keyframe.at, settings=pairs))
    return field if tuple(keyframes) == field.keyframes else field.replace(keyframes=tuple(keyframes))
