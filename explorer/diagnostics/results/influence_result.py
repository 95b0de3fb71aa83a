"""What each feature does to a picture, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float32

from explorer.diagnostics.measure import Measure
from explorer.rendering.frames import Frame

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class InfluenceResult:
    """What each feature that a field uses does to its picture.

    `level[k]` is the root mean square change of color in 8-bit levels, `share[k]` its part of the squared
    changes of all features added up. `together` is the change when all are replaced at once, by the values of
    one other moment: less than the sum when they work against each other. `maps` is the change by place in
    the picture, in levels, and `picture` is a frame to compare with.
    """

    features: tuple[str, ...]
    share: dict[str, Measure]
    level: dict[str, Measure]
    together: Measure
    maps: Float32[np.ndarray, "features rows columns"]
    picture: Frame
    evaluations: int

    @property
    def ranked(self) -> list[str]:
        """The features, the strongest first."""
        return sorted(self.features, key=lambda name: -self.share[name].value)

    def table(self) -> pd.DataFrame:
        """One row a feature, the strongest first: share and levels with their intervals."""
        import pandas as pd  # slow to load

        columns = ("share", "share low", "share high", "levels", "levels low", "levels high")
        rows = [
            [share.value, share.low, share.high, level.value, level.low, level.high]
            for share, level in zip(self.share.values(), self.level.values(), strict=True)
        ]
        table = pd.DataFrame(rows, pd.Index(self.features, name="feature"), columns)
        return table.sort_values("share", ascending=False, kind="stable")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, without the maps."""
        return {
            "share": {name: share.to_dict() for name, share in self.share.items()},
            "level": {name: level.to_dict() for name, level in self.level.items()},
            "together": self.together.to_dict(),
            "evaluations": self.evaluations,
        }
