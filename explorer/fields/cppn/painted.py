"""What a painted picture shows at rest and at its loudest moment, and how alike the two are."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from jaxtyping import Float32

from explorer.audio import FeatureTrack
from explorer.fields.controls import Controls
from explorer.fields.cppn.drawing import PreparedCPPN
from explorer.fields.cppn.picture_quality import psnr, ssim
from explorer.fields.cppn.settings import CPPNSettings
from explorer.fields.grid import Grid

NOTES_GRID = Grid(192, 192)  # on which the two are compared


def picture_at_rest(
    field: CPPNSettings, width: int, height: int, *, level: float = 0.0
) -> Float32[np.ndarray, "height width 3"]:
    """What a painted field shows in silence, or with all features at a `level`, in [0, 1], by torch."""
    names = ("time", *field.features)
    rest = np.array([[1.0, *[level] * len(field.features)]], np.float32)
    return _picture(field, Controls(rest, names), Grid(width, height))


def painting_notes(field: Any, track: FeatureTrack) -> dict[str, Any]:
    """For the manifest of a run: which weights, how well they are painted, and how far the loudest moment
    (of the rms feature) is from the picture at rest.
    """
    still = field.without_animation
    t = float(track.times[int(np.argmax(track.levels("rms")[:, 0]))])
    rest = picture_at_rest(still, NOTES_GRID.width, NOTES_GRID.height)
    row = still.controls(track, np.array([t]))
    loud = _picture(still, row, NOTES_GRID)
    loudest = {"time": round(t, 3), "psnr": round(psnr(loud, rest), 2), "ssim": round(ssim(loud, rest), 4)}
    quality = field.weights.painting.notes.get("quality")
    return {
        "weights": {"run": field.weights.run, "sha256": field.weights.sha256},
        "picture": {"at_rest": quality, "loudest": loudest},
    }


def _picture(field: CPPNSettings, controls: Controls, grid: Grid) -> Float32[np.ndarray, "height width 3"]:
    colors = PreparedCPPN(field, controls).colors(torch.from_numpy(grid.xy()), grid.pixel)
    return np.asarray(colors[0].reshape(grid.height, grid.width, 3).numpy())
