"""How much faster the Julia kernel is than the reference, in the same run and on one thread each."""

import numpy as np
import torch

from explorer.bench.timing import take_turns, times_as_fast
from explorer.fields import Grid, Julia
from tests.tracks import made_up_track


def test_the_kernel_is_many_times_as_fast_as_torch():
    """Measured: 26 and 28 times."""
    field, grid = Julia(samples=1), Grid(320, 180)
    prepared = field.prepare(field.controls(made_up_track(), np.zeros(1)))
    inputs, xy = field.pixel_inputs(grid.xy()), torch.from_numpy(grid.xy())
    out = np.empty((grid.width * grid.height, 3), np.uint8)
    prepared.draw(0, inputs, grid.pixel, out)  # compiled
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        calls = {
            "kernel": lambda: prepared.draw(0, inputs, grid.pixel, out),
            "torch": lambda: prepared.colors(xy, grid.pixel),
        }
        seconds = take_turns(calls, rounds=3, min_seconds=0.1)
    finally:
        torch.set_num_threads(threads)
    ratio = times_as_fast(seconds["kernel"], seconds["torch"])
    assert ratio > 8, f"{ratio:.1f} times"
