"""Small pictures of fields, and one with light and finish, on an adapter: run as a module by `trial`.

With `half` as the second word: of a network in half precision alone.
"""

from __future__ import annotations

import sys

import numpy as np
import torch

from explorer.fields import CPPN, Controls, FieldSettings, GraphCPPN, Grid, Patterns
from explorer.fields.light.columns import NAMES as LIGHT_COLUMNS
from explorer.fields.light.lit import LitField
from explorer.rendering.gpu.adapters import adapters
from explorer.rendering.gpu.engine import GpuEngine
from explorer.rendering.gpu.frame_engine import FrameEngine

SIZE = Grid(32, 18)
MAX_LEVELS, MIN_SHARE = 2, 0.99  # that a picture may differ, and at how many of its bytes
MAX_HALF_LEVELS = 8  # the same in half precision
FIELDS = (CPPN(hidden=4, layers=4), CPPN(hidden=48, layers=4), GraphCPPN(), Patterns(family="organic"))
FRAME = CPPN(hidden=4, layers=2, gain=3.0, palette="lava", light=True, finish=True)


def largest_difference(number: int, field: FieldSettings, half: bool = False) -> float:
    """In levels of 255, from the reference, at `MIN_SHARE` of the bytes; `half`: in half precision."""
    names = {
        "cppn": ("time",),
        "graph": ("time", "motion", "rotation"),
        "patterns": ("time", "motion", "fractal", "organic", "flowing", "geometric"),
    }[field.kind]
    row = np.zeros((1, len(names) + len(field.features)), np.float32)
    if field.kind == "patterns":
        row[0, 3] = 1
    prepared = field.prepare(Controls(row, (*names, *field.features)))
    out = np.empty((SIZE.width * SIZE.height, 3), np.uint8)
    engine = GpuEngine(adapters()[number], field, SIZE.xy(), SIZE.pixel, half)
    engine.draw(prepared, 0, out)
    reference = prepared.colors(torch.from_numpy(SIZE.xy()), SIZE.pixel)[0].numpy() * 255
    return float(np.quantile(np.abs(out - reference), MIN_SHARE))


def frame_difference(number: int, field: FieldSettings) -> float:
    """The same of a whole frame with light and finish: without glow, vignette and grain from the reference.

    With them it is drawn, too, so that a driver compiles all programs.
    """
    names = ("time", *field.features, *LIGHT_COLUMNS)
    controls = Controls(np.zeros((1, len(names)), np.float32), names)
    frame = np.empty((SIZE.width * SIZE.height, 3), np.uint8)
    plain = field.replace(finish=field.finish.replace(bloom=0.0, vignette=0.0, grain=0.0))
    for each in (field, plain):
        moments = LitField(each, controls)
        engine = FrameEngine(adapters()[number], each, SIZE, each.finish, SIZE.pixel)
        engine.start(moments, 0, 0.0).read(frame)
    reference = moments.colors(torch.from_numpy(SIZE.xy()), SIZE.pixel)[0].numpy() * 255
    return float(np.quantile(np.abs(frame - reference), MIN_SHARE))


if __name__ == "__main__":
    if "half" in sys.argv:
        levels = largest_difference(int(sys.argv[1]), FIELDS[1], half=True)
        sys.exit(f"half precision is off by {levels:.0f} of 255" if levels > MAX_HALF_LEVELS else 0)
    if (levels := frame_difference(int(sys.argv[1]), FRAME)) > MAX_LEVELS:
        sys.exit(f"light and finish are off by {levels:.0f} of 255")
    for shipped in FIELDS:
        if (levels := largest_difference(int(sys.argv[1]), shipped)) > MAX_LEVELS:
            sys.exit(f"{shipped.kind} is off by {levels:.0f} of 255")
