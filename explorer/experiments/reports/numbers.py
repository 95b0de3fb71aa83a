"""Numbers as text, and measures on a scale from 0 to 1."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from explorer.experiments.reports.load import Value

MIN_LOG_RATIO = 30.0  # positive values that span less than this ratio have a linear scale
MAX_TICKS = 8  # distinct values up to this many all get a tick


def short_text(value: Value) -> str:
    """A value for people: three significant digits, `0.012`, `17426`, `1.5e-5`, `true`, `none`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, float):
        return "none" if value is None else str(value)
    if 1000 <= abs(value) < 1e6:
        return f"{value:.0f}"
    return f"{value:.3g}".replace("e-0", "e-").replace("e+0", "e")


def signed_text(value: float) -> str:
    """A difference with its sign; `=` for none."""
    return "=" if value == 0 else ("+" if value > 0 else "-") + short_text(abs(value))


def is_numeric(value: Value) -> bool:
    """Whether a value has a place on a number line."""
    return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass(frozen=True)
class Scale:
    """The positions of the values of one parameter or measure, from 0 to 1.

    Numbers have a linear scale, or a logarithmic one when they spread more evenly there; anything else, or a
    mixture such as 12 and `track`, is in order at even distances.
    """

    name: str
    values: tuple[Value, ...]  # distinct, in order
    logarithmic: bool
    numeric: bool

    @classmethod
    def of(cls, name: str, values: Iterable[Value]) -> Scale:
        """The scale that holds these values."""
        distinct = list(dict.fromkeys(values))
        numeric = bool(distinct) and all(is_numeric(value) for value in distinct)
        distinct.sort(key=None if numeric else _order)
        return cls(name, tuple(distinct), numeric and _spread_by_ratio(distinct), numeric)

    def position(self, value: Value) -> float:
        """The place of a value, 0 to 1; 0.5 when there is only one."""
        if not self.numeric:
            return self._ranks[value] / (len(self.values) - 1) if len(self.values) > 1 else 0.5
        low, high, here = self._line(self.values[0]), self._line(self.values[-1]), self._line(value)
        return (here - low) / (high - low) if high > low else 0.5

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Places with labels: every value when they are few, else the ends and the middle."""
        if len(self.values) <= MAX_TICKS or not self.numeric:
            return [(self.position(value), short_text(value)) for value in self.values]
        low, high = self._line(self.values[0]), self._line(self.values[-1])
        middle = math.exp((low + high) / 2) if self.logarithmic else (low + high) / 2
        return [
            (0.0, short_text(self.values[0])),
            (0.5, short_text(middle)),
            (1.0, short_text(self.values[-1])),
        ]

    @cached_property
    def _ranks(self) -> dict[Value, int]:
        return {value: rank for rank, value in enumerate(self.values)}

    def _line(self, value: Value) -> float:
        place = float(value)  # type: ignore[arg-type]  # numbers only, see `of`
        return math.log(place) if self.logarithmic else place


def varying_names(rows: Sequence[dict[str, Value]]) -> list[str]:
    """The names that take more than one value, in order of appearance."""
    names = dict.fromkeys(name for row in rows for name in row)
    return [name for name in names if len({repr(row.get(name)) for row in rows}) > 1]


def _spread_by_ratio(values: Sequence[Value]) -> bool:
    """Whether the median is nearer to the middle of a logarithmic scale than to that of a linear one."""
    low, median, high = (float(values[n]) for n in (0, len(values) // 2, -1))  # type: ignore[arg-type]
    if low <= 0 or high / low < MIN_LOG_RATIO:
        return False
    linear, logarithmic = (median - low) / (high - low), math.log(median / low) / math.log(high / low)
    return abs(logarithmic - 0.5) < abs(linear - 0.5)


def _order(value: Value) -> tuple[int, float, str]:
    """Numbers first, then words."""
    return (0, float(value), "") if is_numeric(value) else (1, 0.0, str(value))  # type: ignore[arg-type]
