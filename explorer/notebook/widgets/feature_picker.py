"""Which features of the sound move the picture: a checkbox each, the less usual ones in groups that open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import ipywidgets as widgets

from explorer.audio.features import EXTRAS, EXTRAS_HELP, FEATURES, UNITS
from explorer.notebook.widgets.boxes import shared_layout, shared_style
from explorer.notebook.widgets.knob_controls import ChangeCallback

HELP = "which features of the sound move the picture"


class FeatureGroup:
    """Features below a button that shows and hides them (in `panel.css`, so also in a busy kernel)."""

    def __init__(self, name: str, checks: Sequence[widgets.Checkbox], help: str) -> None:
        self._name, self._checks, self._help = name, checks, help
        self._count = 0  # of the checked ones
        self.button = widgets.ToggleButton(
            tooltip=f"show or hide the features of {name}", style=shared_style(widgets.ToggleButton),
            layout=shared_layout(),
        )  # fmt: skip
        self.button.add_class("explorer-fold")
        self.widget = widgets.VBox([self.button, _checkbox_grid(checks)], layout=shared_layout())
        self.update()

    def update(self) -> None:
        """Show how many are checked; open the group when some were checked elsewhere."""
        count = sum(check.value for check in self._checks)
        self.button.value |= count > self._count
        self._count = count
        suffix = f" ({count} chosen)" if count else ""
        self.button.description = f"{self._name}: {self._help}{suffix}"


class FeaturePicker:
    """The control of a field's `features`; `added` are the columns that somebody added to the track.

    Of a field with `usable` features only those have a checkbox.
    """

    def __init__(
        self,
        features: tuple[str, ...],
        changed: ChangeCallback,
        added: Sequence[str] = (),
        usable: Sequence[str] = (),
    ) -> None:
        added = () if usable else added
        self._changed = changed
        self._order = features
        self._setting = False
        options = {
            "indent": False, "tooltip": HELP, "style": shared_style(widgets.Checkbox),
            "layout": shared_layout(width="auto"),
        }  # fmt: skip
        self.checks = {
            name: widgets.Checkbox(name in features, description=name, **options)
            for name in (*UNITS, *added)
            if not usable or name in usable
        }
        self.groups = {
            group: FeatureGroup(group, self._checks_of(names), EXTRAS_HELP[group])
            for group, names in EXTRAS.items()
            if not usable or {*names} & {*usable}
        }
        if added:
            self.groups["added"] = FeatureGroup("added", self._checks_of(added), "columns of your own")
            self.groups["added"].button.value = True
        groups = [group.widget for group in self.groups.values()]
        self.widget = widgets.VBox([_checkbox_grid(self._checks_of(FEATURES)), *groups])
        for check in self.checks.values():
            check.observe(self._notify, "value")

    @property
    def value(self) -> tuple[str, ...]:
        """The checked names: in the order that was set, as long as they are the same ones."""
        names = tuple(name for name, check in self.checks.items() if check.value)
        names += tuple(name for name in self._order if name not in self.checks)
        return self._order if set(names) == set(self._order) else names

    def set(self, value: tuple[str, ...]) -> None:
        self._order, self._setting = value, True
        try:
            for name, check in self.checks.items():
                check.value = name in value
        finally:
            self._setting = False
        self._notify()

    def _checks_of(self, names: Iterable[str]) -> list[widgets.Checkbox]:
        return [self.checks[name] for name in names if name in self.checks]

    def _notify(self, _: Any = None) -> None:
        if not self._setting:
            for group in self.groups.values():
                group.update()
            self._changed()


def _checkbox_grid(checks: Sequence[widgets.Checkbox]) -> widgets.Box:
    box = widgets.Box(checks, layout=shared_layout())
    box.add_class("explorer-names")
    return box
