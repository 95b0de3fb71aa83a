"""Ready-made sweeps by name: what to vary when one does not know yet what matters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from explorer.errors import SettingsError
from explorer.experiments.sweeps.sampling import Sampler
from explorer.settings import did_you_mean


@dataclass(frozen=True)
class Ready:
    """What is varied, and how."""

    sampler: Sampler
    vary: dict[str, tuple[Any, ...]]


READY = {
    # A handful of telling settings, one at a time: too still, too wild, near, far, shallow, deep, deaf, eager
    "quick": Ready(
        "oat",
        {"gain": (1.0, 2.5, 8.0), "coord_scale": (0.25, 1.5), "layers": (2, 6), "audio_gain": (0.0, 8.0)},
    ),
    # The published batch exploration: gain x coordinate scale x layers x audio gain
    "batch": Ready(
        "grid",
        {
            "gain": (1.0, 3.0, 5.0, 7.0),
            "coord_scale": (0.5, 1.0, 2.0),
            "layers": (2, 4, 8),
            "audio_gain": (1.0, 3.0, 6.0),
        },
    ),
}


def ready_made(name: str) -> Ready:
    """A ready-made sweep. Raises SettingsError."""
    if name not in READY:
        raise SettingsError(f"no ready-made sweep '{name}'{did_you_mean(name, READY)}")
    return READY[name]
