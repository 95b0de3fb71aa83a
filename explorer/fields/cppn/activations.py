"""The activations of hidden layers, which they use in turn; gaussian is exp(-z^2)."""

from __future__ import annotations

import torch

ACTIVATIONS = ("sin", "cos", "gaussian", "tanh")


def activations_of(layers: int) -> tuple[str, ...]:
    """One name per hidden layer."""
    return tuple(ACTIVATIONS[n % len(ACTIVATIONS)] for n in range(layers))


def activate(name: str, z: torch.Tensor) -> torch.Tensor:
    """One of `ACTIVATIONS` on a tensor of pre-activations."""
    if name == "sin":
        return torch.sin(z)
    if name == "cos":
        return torch.cos(z)
    return torch.exp(-z * z) if name == "gaussian" else torch.tanh(z)
