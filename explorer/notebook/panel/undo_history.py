"""Undo and redo over settings; and A/B comparison of two looks."""

from __future__ import annotations

import dataclasses
from typing import Generic, TypeVar

from explorer.fields import FieldSettings

MAX_STEPS = 100


@dataclasses.dataclass(frozen=True)
class Look:
    """Settings, and the look that they started with: the one whose preset is named, and that Reset shows."""

    field: FieldSettings
    start: FieldSettings = dataclasses.field(compare=False)


LookT = TypeVar("LookT")


class UndoHistory(Generic[LookT]):
    """The settings whose pictures were drawn, oldest first, and the current one among them."""

    def __init__(self, max_steps: int = MAX_STEPS) -> None:
        self._max_steps = max_steps
        self._steps: list[LookT] = []
        self._position = -1

    def record(self, look: LookT) -> None:
        """Add a step. What was undone before is dropped; a step to the same settings is none."""
        if self._steps and look == self._steps[self._position]:
            return
        self._steps = [*self._steps[: self._position + 1], look][-self._max_steps :]
        self._position = len(self._steps) - 1

    @property
    def can_undo(self) -> bool:
        return self._position > 0

    @property
    def can_redo(self) -> bool:
        return self._position < len(self._steps) - 1

    def undo(self) -> LookT | None:
        """The settings before these; None at the beginning."""
        return self._move(-1) if self.can_undo else None

    def redo(self) -> LookT | None:
        """The settings after these; None at the end."""
        return self._move(1) if self.can_redo else None

    def _move(self, steps: int) -> LookT:
        self._position += steps
        return self._steps[self._position]


class ABSwitch(Generic[LookT]):
    """Two looks, A and B: one is on screen, the other stored."""

    def __init__(self) -> None:
        self.stored: LookT | None = None
        self.current = "B"  # the name of the one on screen

    def store(self, look: LookT) -> None:
        """Store this look as A; later changes make B."""
        self.stored, self.current = look, "B"

    def swap(self, look: LookT) -> LookT | None:
        """Store the look on screen, as it is now, and return the other; None before one was stored."""
        if self.stored is None:
            return None
        self.current = "A" if self.current == "B" else "B"
        self.stored, other = look, self.stored
        return other
