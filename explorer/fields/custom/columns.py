"""What a user's method gets for its moments: the columns by name, in the arrays that it computes with."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from explorer.fields.controls import Controls
from explorer.settings import did_you_mean


class ControlColumns:
    """Columns as attributes or by name: `controls.bass`, `controls["bass"]`, each (moments, 1)."""

    def __init__(self, controls: Controls, like: torch.Tensor | None = None) -> None:
        self.names = controls.names
        columns: Any = controls.values if like is None else torch.from_numpy(controls.values).to(like)
        self._columns = {name: columns[:, place, None] for place, name in enumerate(controls.names)}

    def __len__(self) -> int:
        """How many moments there are."""
        return len(next(iter(self._columns.values())))

    def __getitem__(self, name: str) -> np.ndarray | torch.Tensor:
        if name not in self._columns:
            raise KeyError(f"the controls have no column '{name}'{did_you_mean(name, self.names)}")
        column: np.ndarray | torch.Tensor = self._columns[name]
        return column

    def __getattr__(self, name: str) -> np.ndarray | torch.Tensor:
        columns = self.__dict__.get("_columns", {})
        if name not in columns:
            raise AttributeError(f"the controls have no column '{name}'{did_you_mean(name, columns)}")
        column: np.ndarray | torch.Tensor = columns[name]
        return column
