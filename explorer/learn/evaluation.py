"""Does the picture follow music that was not trained on? Measured on frames of the real renderer.

For windows of consecutive moments of the tracks held out, every pair of `losses.PAIRS` gets its correlation:
from the trained model, from untrained ones (several seeds), and from the trained one that hears the same
sound shifted in time (several shifts). The windows are resampled (bootstrap) for 95 % intervals of the mean
correlation and of its margin over the two others; fewer than `FEWEST` windows give none.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float32, Float64

from explorer.audio import AnalysisSettings, FeatureTrack
from explorer.audio.live import LIVE_FEATURES, LIVE_FPS
from explorer.fields import Controls, Grid
from explorer.fields.julia import Julia
from explorer.fields.julia.parameters import PARAMETERS, SMOOTHING_BY_MODEL
from explorer.formatting import count_text
from explorer.learn.dataset import Track
from explorer.learn.losses import PAIRS, Pair, correlation, heard
from explorer.learn.metrics import luma, measure
from explorer.learn.model import AudioToVisualModel, load_model, save_model
from explorer.learn.settings import PROVING
from explorer.progress import Progress, silent
from explorer.rendering.threads import usable_threads

SIDE = 64  # pixels of a frame
RATE = 30.0  # frames a second
WINDOW = 64  # frames over which a correlation is taken
WINDOWS = 20  # at most, evenly over the tracks
FEWEST = 5  # windows that an interval is drawn from
OTHERS = 3  # untrained models, and shifts
RESAMPLES = 2000
REST = {parameter.name: parameter.rest for parameter in PARAMETERS}

Numbers = dict[str, Float64[np.ndarray, " windows"]]


def prove(folder: Path, tracks: list[Track], seed: int = 0, progress: Progress = silent) -> dict[str, Any]:
    """The proof of the model in `folder` on tracks it was not trained on, as plain values (see `lines`)."""
    chance = np.random.default_rng([seed, 2])
    chosen = windows(tracks)

    def follow(model: Path, n: int, shift: float = 0.0) -> tuple[Numbers, Numbers]:
        progress(PROVING, n, 1 + 2 * OTHERS)
        return correlations(Julia(model=str(model)), tracks, chosen, shift)

    trained, spreads = follow(folder, 0)
    others: dict[str, list[Numbers]] = {"untrained": [], "shifted": []}
    for n in range(OTHERS):
        with untrained_in(folder, seed + n) as blank:
            others["untrained"].append(follow(blank, 1 + 2 * n)[0])
        others["shifted"].append(follow(folder, 2 + 2 * n, chance.uniform(0.25, 0.75))[0])
    progress(PROVING, 1, 1)
    return {
        "tracks": [track.name for track in tracks],
        "windows": len(chosen),
        "motion_smoothing": SMOOTHING_BY_MODEL,
        "pairs": {pair.name: _told(pair, trained, spreads, others, chance) for pair in PAIRS},
    }


def windows(tracks: list[Track], most: int = WINDOWS) -> list[tuple[int, float]]:
    """Track and first second of windows, evenly over the tracks, whole where a track is long enough."""
    span = WINDOW / RATE
    found = [
        (number, first)
        for number, track in enumerate(tracks)
        for first in np.arange(max(1, int(track.seconds / span))) * span
    ]
    return found[:: -(-len(found) // most)]


def correlations(
    field: Julia, tracks: list[Track], chosen: list[tuple[int, float]], shift: float = 0.0
) -> tuple[Numbers, Numbers]:
    """Per window: the correlation of every pair, and the spread of every metric.

    `shift` is the share of a track by which the sound that the model hears is shifted, around the end.
    """
    heard_by_model = [live_track(track, round(shift * len(track.values))) for track in tracks]

    def one(window: tuple[int, float]) -> tuple[list[float], list[float]]:
        number, first = window
        times = first + np.arange(WINDOW) / RATE
        metrics = measure_frames(field, heard_by_model[number], times)
        features = features_at(tracks[number], times)
        r = [
            pair.sign * correlation(heard(pair, features), metrics[pair.metric], pair.still).item()
            for pair in PAIRS
        ]
        return r, [metrics[pair.metric].std().item() for pair in PAIRS]

    with ThreadPoolExecutor(usable_threads()) as pool:  # drawing releases the GIL
        found = np.array(list(pool.map(one, chosen)))  # windows, r or spread, pairs
    names = [pair.name for pair in PAIRS]
    r, spread = (dict(zip(names, part.T, strict=True)) for part in found.swapaxes(0, 1))
    return r, spread


def live_track(track: Track, shift: int = 0) -> FeatureTrack:
    """A track as the field takes it: the live features alone, heard `shift` frames late, around the end."""
    rows = np.roll(track.values, shift, axis=0)
    names = tuple(f"live_{name}" for name in LIVE_FEATURES)
    analysis = AnalysisSettings(extras=("live",))
    return FeatureTrack(rows, rows, names, LIVE_FPS, track.seconds, track.name, track.sha256, analysis)


def features_at(track: Track, times: Float64[np.ndarray, " moments"]) -> dict[str, torch.Tensor]:
    """The live features at some times, as one sequence."""
    frames = np.minimum(np.rint(times * LIVE_FPS).astype(int), len(track.values) - 1)
    columns = torch.from_numpy(track.values[frames]).T
    return {name: column[None] for name, column in zip(LIVE_FEATURES, columns, strict=True)}


def measure_frames(
    field: Julia, track: FeatureTrack, times: Float64[np.ndarray, " moments"]
) -> dict[str, torch.Tensor]:
    """Metrics of rendered frames; the structure is that of the same frames in the colours of rest."""
    controls = field.controls(track, times)
    plain = controls.values.copy()
    for column, name in enumerate(controls.names):
        if name in ("hue", "saturation", "brightness"):
            plain[:, column] = REST[name]
    structure = luma(draw_frames(field, Controls(plain, controls.names)))
    return measure(structure[None], draw_frames(field, controls)[None])


def draw_frames(
    field: Julia, controls: Controls, side: int = SIDE
) -> Float32[torch.Tensor, "moments side side 3"]:
    """Square frames drawn by the renderer's kernel."""
    grid = Grid(side, side)
    pixel_inputs, prepared = field.pixel_inputs(grid.xy()), field.prepare(controls)
    out = np.empty((len(controls.values), side * side, 3), np.uint8)
    for moment, pixels in enumerate(out):
        prepared.draw(moment, pixel_inputs, grid.pixel, pixels)
    return torch.from_numpy(out).view(-1, side, side, 3) / 255


@contextmanager
def untrained_in(folder: Path, seed: int = 0) -> Iterator[Path]:
    """A folder with a model that learned nothing, of the shape and normalisation of the one in `folder`."""
    trained, _ = load_model(folder)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1000 + seed)
        blank = AudioToVisualModel(trained.settings)
    blank.mean.copy_(trained.mean)
    blank.spread.copy_(trained.spread)
    with tempfile.TemporaryDirectory() as place:
        save_model(Path(place), blank)
        yield Path(place)


def interval(values: Float64[np.ndarray, " windows"], chance: np.random.Generator) -> list[float] | None:
    """95 % interval of the mean, by resampling the windows; None for fewer than `FEWEST`."""
    if len(values) < FEWEST:
        return None
    picked = chance.integers(len(values), size=(RESAMPLES, len(values)))
    low, high = np.percentile(values[picked].mean(axis=1), [2.5, 97.5])
    return [float(low), float(high)]


def _told(
    pair: Pair,
    trained: Numbers,
    spreads: Numbers,
    others: dict[str, list[Numbers]],
    chance: np.random.Generator,
) -> dict[str, Any]:
    """The numbers of one pair: r, its interval, the spread of the metric, and the margins over the others."""
    r = trained[pair.name]
    told: dict[str, Any] = {
        "r": float(r.mean()),
        "interval": interval(r, chance),
        "spread": float(spreads[pair.name].mean()),
    }
    for name, runs in others.items():
        theirs = np.mean([run[pair.name] for run in runs], axis=0)
        told[name] = {
            "r": float(theirs.mean()),
            "margin": float((r - theirs).mean()),
            "interval": interval(r - theirs, chance),
        }
    return told


def lines(proof: dict[str, Any]) -> Iterator[str]:
    """The proof as lines of a table, ASCII."""
    count = proof["windows"]
    spans = f"{count_text(count, 'window')} of {WINDOW / RATE:.1f} s"
    yield f"held out: {', '.join(proof['tracks'])} ({spans})"
    head = f"{'pair':<20}{'r':>6}  {'95 %':<14}{'untrained':>10}{'margin':>8}  {'95 %':<14}"
    yield f"{head}{'shifted':>10}{'margin':>8}  {'95 %':<14}spread"
    for name, told in proof["pairs"].items():
        row = f"{name:<20}{told['r']:>6.2f}  {_span(told['interval']):<14}"
        for other in ("untrained", "shifted"):
            its = told[other]
            row += f"{its['r']:>10.2f}{its['margin']:>8.2f}  {_span(its['interval']):<14}"
        yield row + f"{told['spread']:.4f}"
    if count < FEWEST:
        yield f"too little sound was held out for intervals ({FEWEST} windows or more): nothing is proven"


def _span(ends: list[float] | None) -> str:
    return f"{ends[0]:.2f}..{ends[1]:.2f}" if ends else "-"
