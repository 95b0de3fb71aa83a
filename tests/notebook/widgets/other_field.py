"""A second kind of field, registered for the tests that need one."""

from typing import Literal

import pytest

from explorer.fields import CPPN, registry
from explorer.settings import knob


class Other(CPPN):
    kind: Literal["other"] = "other"
    sparkle: float = knob(0.5, low=0, high=1, slider=(0, 1), step=0.1, group="look", help="more of it")


def only_kinds(monkeypatch: pytest.MonkeyPatch, **kinds: type) -> None:
    """Let these be all kinds."""
    monkeypatch.setattr(registry, "_SHIPPED", kinds)
    monkeypatch.setattr(registry, "_CUSTOM", {})
