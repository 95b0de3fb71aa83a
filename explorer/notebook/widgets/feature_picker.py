"""Which features of the sound move the picture: a checkbox each, the less usual ones in groups that open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import ipywidgets as widgets

from explorer.audio.features import EXTRAS, EXTRAS_HELP, FEATURES, UNITS
from explorer.notebook.widgets.controls import Changed

HELP = "which features of the sound move the picture"


class Group:
    """Some features below a button that shows and hides them (in `panel.css`, so also in a busy kernel)."""

    def __init__(self, name: str, checks: Sequence[widgets.Checkbox]) -> None:
        self._name, self._checks = name, checks
        self._chosen = 0
        self.button = widgets.ToggleButton(tooltip=f"show or hide the features of {name}")
        self.button.add_class("explorer-fold")
        self.widget = widgets.VBox([self.button, _side_by_side(checks)])
        self.mark()

    def mark(self) -> None:
        """Say how many are chosen, and show those that were chosen elsewhere."""
        chosen = sum(check.value for check in self._checks)
        self.button.value |= chosen > self._chosen
        self._chosen = chosen
        told = f" ({chosen} chosen)" if chosen else ""
        self.button.description = f"{self._name}: {EXTRAS_HELP[self._name]}{told}"


class Heard:
    """The control of a field's `features`."""

    def __init__(self, chosen: tuple[str, ...], changed: Changed) -> None:
        self._changed = changed
        self._order = chosen
        self._setting = False
        self.checks = {
            name: widgets.Checkbox(
                name in chosen, description=name, indent=False, tooltip=HELP, layout={"width": "auto"}
            )
            for name in UNITS
        }
        self.groups = {group: Group(group, self._of(names)) for group, names in EXTRAS.items()}
        folded = [group.widget for group in self.groups.values()]
        self.widget = widgets.VBox([_side_by_side(self._of(FEATURES)), *folded])
        for check in self.checks.values():
            check.observe(self._tell, "value")

    @property
    def value(self) -> tuple[str, ...]:
        """The chosen names: in the order that was set, as long as they are the same ones."""
        chosen = tuple(name for name, check in self.checks.items() if check.value)
        return self._order if set(chosen) == set(self._order) else chosen

    def set(self, value: tuple[str, ...]) -> None:
        self._order, self._setting = value, True
        try:
            for name, check in self.checks.items():
                check.value = name in value
        finally:
            self._setting = False
        self._tell()

    def _of(self, names: Iterable[str]) -> list[widgets.Checkbox]:
        return [self.checks[name] for name in names]

    def _tell(self, _: Any = None) -> None:
        if not self._setting:
            for group in self.groups.values():
                group.mark()
            self._changed()


def _side_by_side(checks: Sequence[widgets.Checkbox]) -> widgets.Box:
    box = widgets.Box(checks)
    box.add_class("explorer-names")
    return box
