"""Sobol shares as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from explorer.diagnostics.measure import Measure

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class SobolResult:
    """Shares of `variance`, each with its interval; `first` and `interactions` add up to 1.

    `first[group]`: by that group alone; `total[group]`: with everything it takes part in;
    `interactions["space x time"]`: by these together, beyond what each of them does. `variance` is that of f
    with all groups drawn again: for a field, of the colors in [0, 1]^2, mean of the channels.
    """

    first: dict[str, Measure]
    interactions: dict[str, Measure]
    total: dict[str, Measure]
    variance: float
    evaluations: int

    def table(self) -> pd.DataFrame:
        """One row a share: kind, value and interval."""
        import pandas as pd  # slow to load

        kinds = {"first": self.first, "interaction": self.interactions, "total": self.total}
        rows = [
            {"kind": kind, "of": name, "share": share.value, "low": share.low, "high": share.high}
            for kind, shares in kinds.items()
            for name, share in shares.items()
        ]
        return pd.DataFrame(rows).set_index(["kind", "of"])

    def summary(self) -> str:
        """One line a group, and the interactions."""
        lines = [
            f"{name:6} {self.first[name]:6.1%} alone, {self.total[name]:6.1%} with all it takes part in"
            for name in self.first
        ]
        together = ", ".join(f"{name} {share:.1%}" for name, share in self.interactions.items())
        return "\n".join([*lines, f"together: {together}"])

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        parts = {"first": self.first, "interactions": self.interactions, "total": self.total}
        values: dict[str, Any] = {
            part: {name: share.to_dict() for name, share in shares.items()} for part, shares in parts.items()
        }
        return values | {"variance": self.variance, "evaluations": self.evaluations}
