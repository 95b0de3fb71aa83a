"""Warnings point to the line of the user, however deep in explorer their reason lies."""

import inspect

import pytest

from explorer.errors import PACKAGE, ExplorerWarning, warn

DEEP = "def outer(callback=None):\n    inner(callback)\ndef inner(callback):\n    (callback or warn)('why')\n"


@pytest.mark.parametrize("callback", [None, lambda text: warn(text)], ids=["inside", "through a callback"])
def test_a_warning_names_the_line_that_called_explorer(callback):
    functions = {"warn": warn}  # without the wrappers that check shapes in tests
    exec(compile(DEEP, f"{PACKAGE}deep.py", "exec"), functions)
    with pytest.warns(ExplorerWarning, match="why") as caught:
        functions["outer"](callback)
    line = inspect.currentframe().f_lineno - 1
    assert (caught[0].filename, caught[0].lineno) == (__file__, line)
