"""Words for a terminal: ASCII only (Windows consoles print cp1252), progress on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from tqdm import tqdm

from explorer.errors import ExplorerWarning
from explorer.formatting import percent_text

QUIET = 10.0  # seconds without a word where there is no terminal to draw a bar in
EPOCHS = "{l_bar}{bar}| {n:.1f} of {total} epochs [{elapsed}<{remaining}]"


def say(text: object = "") -> None:
    """Print a line; whatever is not ASCII is escaped."""
    print(plain(text), flush=True)


def complain(text: str) -> None:
    """Print one line on stderr."""
    print("explorer: " + plain(text).replace("\n", " "), file=sys.stderr, flush=True)


def warn(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
    """Show explorer's own warnings as one line each; those of libraries are not for users."""
    if issubclass(category, ExplorerWarning) and str(message) not in _warned:
        _warned.add(str(message))  # analysing and encoding both read the sound
        complain(f"warning: {message}")


def plain(text: object) -> str:
    """The text in ASCII, everything else escaped."""
    return str(text).encode("ascii", "backslashreplace").decode("ascii")


_warned: set[str] = set()


class Bar:
    """Progress bars on stderr, one per step, with rate and time left; shown after a second.

    Where stderr is no terminal a line is printed now and then instead.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._bar: tqdm[Any] | None = None
        self._step = ""
        self._clock, self._said = clock, clock()

    def __call__(self, step: str, done: float, total: float) -> None:
        if self._bar is None or step != self._step:
            self.close()
            self._step = step
            unit = " frames" if step == "drawing" else " s" if step == "analysing" else ""
            how: dict[str, Any] = {"bar_format": EPOCHS} if step == "training" else {"unit": unit}
            how |= {"ascii": True, "delay": 1, "leave": False, "disable": None, "miniters": 0}
            self._bar = tqdm(total=round(total), desc=step, **how)
        self._bar.update((done if step == "training" else round(done)) - self._bar.n)
        if self._bar.disable and self._clock() - self._said > QUIET:
            self._said = self._clock()
            complain(f"{step} {percent_text(done / total if total else 0)}")

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
