"""The command `explorer`: one module per command or two; each makes one core call and prints the result."""

from __future__ import annotations

import sys
import traceback
import warnings
from collections.abc import Sequence
from typing import Any

from explorer.cli.console import print_error, show_warning
from explorer.errors import ExplorerError, ExplorerWarning, SettingsError, Stopped

NUMBER_ERRORS = {  # errors of pydantic -> what is allowed
    "int_parsing": "a whole number",
    "float_parsing": "a number",
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less",
}
HELP_WORDS = {"--help-all": ("--help", "all")}  # JupyterLab's spelling
FLASH_MODES = ("calm", "dim", "off")  # the first is that of a lone --flash-limit
INTERRUPT_STATUS = 130  # the status that shells give a program ended by Ctrl-C


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Returns 0 on success, 2 for wrong use, 1 for failure, 130 after Ctrl-C.

    Errors of explorer are one line on stderr; `--debug` anywhere shows the traceback.
    """
    argv = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in argv
    argv = _with_flash_modes([argument for argument in argv if argument != "--debug"])
    argv = [word for each in argv for word in HELP_WORDS.get(each, (each,))]
    with warnings.catch_warnings():
        warnings.simplefilter("always", ExplorerWarning)
        warnings.showwarning = show_warning
        try:
            from explorer.cli.app import build_command
            from explorer.cli.options import import_typed

            if import_typed(argv):
                build_command.cache_clear()
            command = build_command()
            code = int(command(argv or ["--help"], prog_name="explorer", standalone_mode=False) or 0)
        except KeyboardInterrupt:
            code = INTERRUPT_STATUS
        except Exception as error:  # the edge of the program: every error becomes one line and a status
            if debug:
                traceback.print_exc()
            code = _report(error)
    if code == INTERRUPT_STATUS:
        print_error("stopped; nothing half-written was left")
    return code


def _with_flash_modes(argv: list[str]) -> list[str]:
    """`--flash-limit` takes a word or stands alone, for `calm`; `--no-flash-limit` is `off`."""
    spelled, words = [], iter(argv)
    for word in words:
        if word == "--no-flash-limit":
            spelled.append("--flash-limit=off")
        elif word == "--flash-limit":
            following = next(words, None)
            is_mode = following in FLASH_MODES
            spelled.append(f"--flash-limit={following if is_mode else FLASH_MODES[0]}")
            spelled += [] if is_mode or following is None else _with_flash_modes([following])
        else:
            spelled.append(word)
    return spelled


def _report(error: Any) -> int:
    """Print one line for an error; returns the exit status."""
    if type(error).__name__ == "Abort" or isinstance(error, Stopped):  # Abort: the framework's Ctrl-C
        return INTERRUPT_STATUS
    if hasattr(error, "format_message"):  # wrong use, detected by the command framework
        print_error(f"{_usage_message(error)} (see: {_help_command(error)})")
        return 2
    if isinstance(error, ExplorerError):
        print_error(str(error))
        return 2 if isinstance(error, SettingsError) else 1
    print_error(f"unexpected {type(error).__name__}: {error}; run again with --debug and report it")
    return 1


def _usage_message(error: Any) -> str:
    """The framework's message; for a number that pydantic checks: what was given and what is allowed."""
    errors: list[Any] = getattr(error.__cause__, "errors", list)()
    if not errors or errors[0]["type"] not in NUMBER_ERRORS:
        return str(error.format_message())
    first = errors[0]
    allowed = NUMBER_ERRORS[first["type"]].format(**first.get("ctx", {}))
    return f"{error.param.opts[-1]}: got {first['input']!r}; allowed: {allowed}"


def _help_command(error: Any) -> str:
    context = getattr(error, "ctx", None)
    return f"{context.command_path if context else 'explorer'} --help"
