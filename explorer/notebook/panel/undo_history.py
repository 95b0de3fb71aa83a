"""Steps that were made, to go back and forth; and two looks to go between."""

from __future__ import annotations

from explorer.fields import FieldSettings

STEPS = 100


class History:
    """The settings that came to rest, oldest first, and where among them we are."""

    def __init__(self, most: int = STEPS) -> None:
        self._most = most
        self._steps: list[FieldSettings] = []
        self._at = -1

    def record(self, field: FieldSettings) -> None:
        """These settings came to rest. What was undone before is given up; a step to the same is none."""
        if self._steps and field == self._steps[self._at]:
            return
        self._steps = [*self._steps[: self._at + 1], field][-self._most :]
        self._at = len(self._steps) - 1

    @property
    def can_undo(self) -> bool:
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        return self._at < len(self._steps) - 1

    def undo(self) -> FieldSettings | None:
        """The settings before these; None at the beginning."""
        return self._go(-1) if self.can_undo else None

    def redo(self) -> FieldSettings | None:
        """The settings after these; None at the end."""
        return self._go(1) if self.can_redo else None

    def _go(self, steps: int) -> FieldSettings:
        self._at += steps
        return self._steps[self._at]


class Pair:
    """Two looks, A and B: one is shown, the other kept."""

    def __init__(self) -> None:
        self.kept: FieldSettings | None = None
        self.shown = "B"  # the name of the one that is shown

    def keep(self, field: FieldSettings) -> None:
        """Keep this look as A; what is changed from here on is B."""
        self.kept, self.shown = field, "B"

    def swap(self, field: FieldSettings) -> FieldSettings | None:
        """Keep what is shown, as it is now, and give back the other; None before one was kept."""
        if self.kept is None:
            return None
        self.shown = "A" if self.shown == "B" else "B"
        self.kept, other = field, self.kept
        return other
