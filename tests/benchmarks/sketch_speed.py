"""A sketch against the kernel that was written by hand: `python -m tests.benchmarks.sketch_speed`.

The formula is that of flowing patterns. Both draw the same tile on one thread in alternating runs. The first
picture of a text that no cache knows waits for the compiler.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from explorer.fields import Patterns
from explorer.fields.grid import Grid
from explorer.fields.sketch.field import sketch_of
from tests.tracks import made_up_track

LAYERS, RUNS = 4, 41

TEXT = """
@sketch(palette="lagoon")
def flowing(x, y, t, bass, pixel):
    u, v = x * 1.15, y * 1.15
    ux, uy, vx, vy = 1.15, 0, 0, 1.15
    for n in range(4):
        push = 0.46 * (1 + 0.3 * (bass - 0.3)) / (1 + 0.45 * n)
        k, l = (1.1 + 0.75 * n) * 1.6, (1.1 + 0.75 * n) * 1.4
        a, b = v * k + (0.7 + 0.21 * n) * t + n, u * l - (0.6 + 0.17 * n) * t + 2 * n
        p, q = cos(a) * push * k, cos(b) * push * l
        u, v = u + sin(a) * push, v + sin(b) * push
        ux, uy = ux + p * vx, uy + p * vy
        vx, vy = vx + q * ux, vy + q * uy
    height = (u + v) * 1.6
    within = height - floor(height)
    width = sqrt((ux + vx) * (ux + vx) + (uy + vy) * (uy + vy)) * 1.6 * pixel
    silk = 0.5 - cos(within * 6.2831853) * 0.5
    off, end = (within - 0.68) * 7, min(within, 1 - within) * 16
    sheen = 0.38 * (0.55 + 0.65 * bass)
    detailed = silk * 0.62 + exp(-off * off) * sheen - exp(-end * end) * 0.22
    average = 0.30 + sheen * 0.25
    resolved = exp(-width * width * 4)
    light = (0.20 + average) + (detailed - average) * resolved
    position = u * 0.16 - v * 0.10 + sin(height * 1.7) * 0.11 * resolved + 0.28
    return max(light, 0) * 0.92 + position * {mark}
"""


def measure() -> tuple[float, float, float, float]:
    """Nanoseconds a pixel of the hand-written kernel and of the sketch, their ratio, seconds to compile."""
    grid, track, times = Grid(256, 144), made_up_track(), np.array([1.0])
    sketch = sketch_of(TEXT.format(mark=f"0.1{time.time_ns()}"))
    patterns = Patterns(family="flowing", palette="lagoon", flowing_layers=LAYERS)
    drawings = []
    for field in (patterns, sketch):
        prepared = field.prepare(field.controls(track, times))
        rows, out = field.pixel_inputs(grid.xy()), np.empty((256 * 144, 3), np.uint8)
        prepared.draw(0, rows, grid.pixel, out)
        drawings.append((prepared, rows, out))
        if field is patterns:
            start = time.perf_counter()
    seconds = time.perf_counter() - start
    samples = np.empty((RUNS, 2))
    for run in range(RUNS):
        for n, (prepared, rows, out) in enumerate(drawings):
            begin = time.perf_counter()
            prepared.draw(0, rows, grid.pixel, out)
            samples[run, n] = time.perf_counter() - begin
    by_hand, by_sketch = np.percentile(samples, 20, axis=0) / len(out) * 1e9
    return by_hand, by_sketch, by_sketch / by_hand, seconds


if __name__ == "__main__":
    by_hand, by_sketch, ratio, seconds = measure()
    sys.stdout.write(
        f"by hand {by_hand:.2f} ns a pixel, sketch {by_sketch:.2f}, ratio {ratio:.2f}; first picture after "
        f"{seconds:.2f} s\n"
    )
