"""The command `explorer`: one file a command or two, each one core call plus presentation."""

from __future__ import annotations

import sys
import traceback
import warnings
from collections.abc import Sequence
from typing import Any

from explorer.cli.console import complain, warn
from explorer.errors import ExplorerError, ExplorerWarning, SettingsError, Stopped

NUMBERS = {  # errors of pydantic in our words
    "int_parsing": "a whole number",
    "float_parsing": "a number",
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less",
}
INTERRUPTED = 130  # the status that shells give a program ended by Ctrl-C


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Gives back 0 on success, 2 for wrong use, 1 for failure, 130 after Ctrl-C.

    Errors that explorer knows are one line on stderr; `--debug` anywhere shows the traceback.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    given = [argument for argument in given if argument != "--debug"]
    with warnings.catch_warnings():
        warnings.simplefilter("always", ExplorerWarning)
        warnings.showwarning = warn
        try:
            from explorer.cli.app import app

            code = int(app(given or ["--help"], prog_name="explorer", standalone_mode=False) or 0)
        except KeyboardInterrupt:
            code = INTERRUPTED
        except Exception as error:  # the edge of the program: everything becomes one line and a status
            if debug:
                traceback.print_exc()
            code = _report(error)
    if code == INTERRUPTED:
        complain("stopped; nothing half-written was left")
    return code


def _report(error: Any) -> int:
    """One line for an error, and its exit status."""
    if type(error).__name__ == "Abort" or isinstance(error, Stopped):  # Abort: the framework's Ctrl-C
        return INTERRUPTED
    if hasattr(error, "format_message"):  # wrong use, found by the command framework
        complain(f"{_refused(error)} (see: {_usage(error)})")
        return 2
    if isinstance(error, ExplorerError):
        complain(str(error))
        return 2 if isinstance(error, SettingsError) else 1
    complain(f"unexpected {type(error).__name__}: {error}; run again with --debug and report it")
    return 1


def _refused(error: Any) -> str:
    """What the framework says; of a number that it checks with pydantic, what was given and is allowed."""
    errors: list[Any] = getattr(error.__cause__, "errors", list)()
    if not errors or errors[0]["type"] not in NUMBERS:
        return str(error.format_message())
    found = errors[0]
    allowed = NUMBERS[found["type"]].format(**found.get("ctx", {}))
    return f"{error.param.opts[-1]}: got {found['input']!r}; allowed: {allowed}"


def _usage(error: Any) -> str:
    context = getattr(error, "ctx", None)
    return f"{context.command_path if context else 'explorer'} --help"
