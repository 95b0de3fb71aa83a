"""Commands measure what they draw with a small budget: which one a command takes is looked at by its name."""

import pytest

from explorer.diagnostics.diagnosis import BUDGETS


@pytest.fixture(autouse=True)
def screen_budget(monkeypatch):
    """The budget of `screen` for all."""
    for name in BUDGETS:
        monkeypatch.setitem(BUDGETS, name, BUDGETS["screen"])
