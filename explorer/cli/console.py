"""Terminal output: ASCII only (Windows consoles print cp1252), progress on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from tqdm import tqdm

from explorer.errors import ExplorerWarning
from explorer.formatting import percent_text

LOG_INTERVAL_SECONDS = 10.0  # between lines of progress where stderr is no terminal
EPOCH_BAR_FORMAT = "{l_bar}{bar}| {n:.1f} of {total} epochs [{elapsed}<{remaining}]"


def print_line(text: object = "") -> None:
    """Print a line; whatever is not ASCII is escaped."""
    print(to_ascii(text), flush=True)


def print_error(text: str) -> None:
    """Print one line on stderr."""
    print("explorer: " + to_ascii(text).replace("\n", " "), file=sys.stderr, flush=True)


def show_warning(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
    """Print each warning of explorer once, as one line; warnings of libraries are not for users."""
    if issubclass(category, ExplorerWarning) and str(message) not in _printed_warnings:
        _printed_warnings.add(str(message))  # analyzing and encoding both read the sound
        print_error(f"warning: {message}")


def to_ascii(text: object) -> str:
    """The text in ASCII, everything else escaped."""
    return str(text).encode("ascii", "backslashreplace").decode("ascii")


_printed_warnings: set[str] = set()


class ProgressBar:
    """Progress bars on stderr, one per step, with rate and time left; shown after a second.

    Where stderr is no terminal, a line is printed every 10 seconds instead.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._bar: tqdm[Any] | None = None
        self._step = ""
        self._clock, self._last_line_time = clock, clock()

    def __call__(self, step: str, done: float, total: float) -> None:
        if self._bar is None or step != self._step:
            self.close()
            self._step = step
            unit = " frames" if step == "drawing" else " s" if step == "analyzing" else ""
            options: dict[str, Any] = (
                {"bar_format": EPOCH_BAR_FORMAT} if step == "training" else {"unit": unit}
            )
            options |= {"ascii": True, "delay": 1, "leave": False, "disable": None, "miniters": 0}
            self._bar = tqdm(total=round(total), desc=step, **options)
        self._bar.update((done if step == "training" else round(done)) - self._bar.n)
        if self._bar.disable and self._clock() - self._last_line_time > LOG_INTERVAL_SECONDS:
            self._last_line_time = self._clock()
            print_error(f"{step} {percent_text(done / total if total else 0)}")

    def close(self) -> None:
        """Remove the bar."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        self.close()
