"""The best network of a painting so far."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import torch

from explorer.learn.painting.fitting import Fit


@dataclass
class BestState:
    """The smallest loss over the whole picture, with its matrices; `seconds` is how long it was painted."""

    loss: float = math.inf
    seconds: float = 0.0
    matrices: list[torch.Tensor] = field(default_factory=list)

    def update(self, fit: Fit) -> None:
        """Take the network as it is now if it is better."""
        loss = fit.loss()
        if loss < self.loss or not self.matrices:
            self.loss = loss
            self.matrices = [matrix.detach().clone() for matrix in fit.matrices]

    def apply(self, fit: Fit) -> None:
        """Give the network its best state."""
        with torch.no_grad():
            for matrix, best in zip(fit.matrices, self.matrices, strict=True):
                matrix.copy_(best)
