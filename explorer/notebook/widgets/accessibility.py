"""Accessible names for screen readers: see accessibility.js."""

from pathlib import Path

import anywidget


class AccessibleNames(anywidget.AnyWidget):
    """Shows nothing; gives every control of the panel around it the name that its label or tooltip says."""

    _esm = Path(__file__).with_name("accessibility.js")
