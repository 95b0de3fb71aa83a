"""Whether the picture follows music that was not trained on, measured on frames of the real renderer.

For windows of consecutive moments of the held-out tracks, each pair of `losses.PAIRS` gets its correlation:
from the trained model, from untrained ones (several seeds), and from the trained one with the same sound
shifted in time (several shifts). The windows are resampled (bootstrap) for 95 % intervals of the mean
correlation and of its margin over the two others; fewer than `MIN_INTERVAL_WINDOWS` windows give none.
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
from explorer.fields import Controls, FieldSettings, Grid
from explorer.fields.julia import Julia
from explorer.fields.julia.parameters import PARAMETERS, SMOOTHING_BY_MODEL
from explorer.formatting import count_text
from explorer.learn.dataset import LiveTrack
from explorer.learn.losses import PAIRS, FeatureMetricPair, pair_correlation
from explorer.learn.metrics import luma, measure
from explorer.learn.model import AudioToVisualModel, load_model, save_model
from explorer.learn.run_folder import PREFERENCE
from explorer.learn.settings import EVALUATION_PHASE
from explorer.learn.teaching.field_subject import FieldSubject
from explorer.learn.teaching.judging import judging_tracks
from explorer.learn.teaching.star_preference import read_preference
from explorer.learn.teaching.subject import MeasuredFrames
from explorer.progress import Progress, silent
from explorer.threads import usable_threads

FRAME_SIZE = 64  # pixels
FRAME_RATE = 30.0  # frames a second
WINDOW_FRAMES = 64  # over which a correlation is taken
MAX_WINDOWS = 20  # evenly over the tracks
MIN_INTERVAL_WINDOWS = 5
PREFERENCE_STRIDE = 8  # frames of a window between those whose preference is taken
BASELINES = 3  # untrained models, and shifts
BOOTSTRAP_RESAMPLES = 2000
REST_VALUES = {parameter.name: parameter.rest for parameter in PARAMETERS}

PairValues = dict[str, Float64[np.ndarray, " windows"]]


class JuliaFrames:
    """Frames of a Julia set, as `evaluate` measures them; see `teaching.subject.MeasuredFrames`."""

    def __init__(self, pairs: tuple[FeatureMetricPair, ...] = PAIRS) -> None:
        self.pairs, self.preference = pairs, None

    def preference_scores(
        self, field: Any, track: FeatureTrack, times: Float64[np.ndarray, " moments"]
    ) -> Float64[np.ndarray, " moments"]:
        """See `MeasuredFrames.preference_scores`: a Julia set has no preference."""
        raise NotImplementedError

    def input_track(self, track: LiveTrack, shift: int = 0) -> FeatureTrack:
        """See `MeasuredFrames.input_track`."""
        return feature_track(track, shift)

    def frame_metrics(
        self, field: Any, track: FeatureTrack, times: Float64[np.ndarray, " moments"]
    ) -> dict[str, torch.Tensor]:
        """See `MeasuredFrames.frame_metrics`."""
        return measure_frames(field, track, times)


JULIA_FRAMES = JuliaFrames()


def evaluate(
    folder: Path,
    tracks: list[LiveTrack],
    seed: int = 0,
    progress: Progress = silent,
    frames: MeasuredFrames = JULIA_FRAMES,
) -> dict[str, Any]:
    """Measures the model in `folder` on tracks it was not trained on, as plain values (see `table_lines`)."""
    rng = np.random.default_rng([seed, 2])
    windows = evaluation_windows(tracks)

    def measure_model(model: Path, n: int, shift: float = 0.0) -> tuple[PairValues, PairValues]:
        progress(EVALUATION_PHASE, n, 1 + 2 * BASELINES)
        return correlations(driven_field(model), tracks, windows, shift, frames)

    trained, spreads = measure_model(folder, 0)
    baselines: dict[str, list[PairValues]] = {"untrained": [], "shifted": []}
    for n in range(BASELINES):
        with untrained_model(folder, seed + n) as untrained:
            baselines["untrained"].append(measure_model(untrained, 1 + 2 * n)[0])
        baselines["shifted"].append(measure_model(folder, 2 + 2 * n, rng.uniform(0.25, 0.75))[0])
    progress(EVALUATION_PHASE, 1, 1)
    return {
        "tracks": [track.name for track in tracks],
        "windows": len(windows),
        "motion_smoothing": SMOOTHING_BY_MODEL,
        "pairs": {
            pair.name: _pair_statistics(pair, trained, spreads, baselines, rng) for pair in frames.pairs
        },
        **_preference_statistics(folder, tracks, windows, seed, rng, frames),
    }


def _preference_statistics(
    folder: Path,
    tracks: list[LiveTrack],
    windows: list[tuple[int, float]],
    seed: int,
    rng: np.random.Generator,
    frames: MeasuredFrames,
) -> dict[str, Any]:
    """Where stars were a term of the loss: the mean probability that frames are preferred, per window."""
    if frames.preference is None:
        return {}
    trained = mean_preference(driven_field(folder), tracks, windows, frames)
    baselines = []
    for n in range(BASELINES):
        with untrained_model(folder, seed + n) as untrained:
            baselines.append(mean_preference(driven_field(untrained), tracks, windows, frames))
    baseline = np.mean(baselines, axis=0)
    return {
        "preference": {
            "sentence": frames.preference.sentence,
            "mean": float(trained.mean()),
            "interval": interval(trained, rng),
            "untrained": {
                "mean": float(baseline.mean()),
                "margin": float((trained - baseline).mean()),
                "interval": interval(trained - baseline, rng),
            },
        }
    }


def mean_preference(
    field: FieldSettings, tracks: list[LiveTrack], windows: list[tuple[int, float]], frames: MeasuredFrames
) -> Float64[np.ndarray, " windows"]:
    """The mean probability in each window that its frames are preferred to an average judged look."""
    inputs = [frames.input_track(track) for track in tracks]

    def measure_window(window: tuple[int, float]) -> float:
        number, first = window
        times = first + np.arange(0, WINDOW_FRAMES, PREFERENCE_STRIDE) / FRAME_RATE
        return float(frames.preference_scores(field, inputs[number], times).mean())

    with ThreadPoolExecutor(usable_threads()) as pool:
        return np.array(list(pool.map(measure_window, windows)))


def judge(folder: Path, progress: Progress = silent) -> dict[str, Any]:
    """Measures the model in `folder` on the sounds for judging (`teaching.judging`), as `evaluate` does."""
    model, metadata = load_model(folder)
    frames: MeasuredFrames = JULIA_FRAMES
    if model.field is not None:
        moves = tuple(parameter.name for parameter in model.parameter_ranges)
        pairs = tuple((metadata.get("proof") or {}).get("pairs", ()))
        path = folder / PREFERENCE
        preference = read_preference(path) if path.is_file() else None
        frames = FieldSubject(model.field, moves, pairs, preference)
    return evaluate(folder, judging_tracks(progress), 0, progress, frames)


def evaluation_windows(tracks: list[LiveTrack], limit: int = MAX_WINDOWS) -> list[tuple[int, float]]:
    """Track number and start in seconds of windows, evenly over the tracks; whole in long enough tracks."""
    span = WINDOW_FRAMES / FRAME_RATE
    windows = [
        (number, first)
        for number, track in enumerate(tracks)
        for first in np.arange(max(1, int(track.seconds / span))) * span
    ]
    return windows[:: -(-len(windows) // limit)]


def driven_field(folder: Path) -> FieldSettings:
    """The field that the model in a folder drives; of a Julia set the plain one."""
    model, _ = load_model(folder)
    if model.field is None:
        return Julia(model=str(folder))
    return model.field.replace(model=str(folder))


def correlations(
    field: FieldSettings,
    tracks: list[LiveTrack],
    windows: list[tuple[int, float]],
    shift: float = 0.0,
    frames: MeasuredFrames = JULIA_FRAMES,
) -> tuple[PairValues, PairValues]:
    """Per window: the correlation of every pair, and the spread of every metric.

    `shift` is the share of a track by which the input of the model is shifted, wrapping around at the end.
    """
    inputs = [frames.input_track(track, round(shift * len(track.values))) for track in tracks]

    def measure_window(window: tuple[int, float]) -> tuple[list[float], list[float]]:
        number, first = window
        times = first + np.arange(WINDOW_FRAMES) / FRAME_RATE
        metrics = frames.frame_metrics(field, inputs[number], times)
        features = features_at(tracks[number], times)
        r = [pair.sign * pair_correlation(pair, features, metrics).item() for pair in frames.pairs]
        return r, [metrics[pair.metric].std().item() for pair in frames.pairs]

    with ThreadPoolExecutor(usable_threads()) as pool:  # drawing releases the GIL
        results = np.array(list(pool.map(measure_window, windows)))  # windows, r or spread, pairs
    names = [pair.name for pair in frames.pairs]
    r, spread = (dict(zip(names, part.T, strict=True)) for part in results.swapaxes(0, 1))
    return r, spread


def feature_track(track: LiveTrack, shift: int = 0) -> FeatureTrack:
    """A track as input of a field: the live features alone, `shift` frames late, wrapped around the end."""
    rows = np.roll(track.values, shift, axis=0)
    names = tuple(f"live_{name}" for name in LIVE_FEATURES)
    analysis = AnalysisSettings(extras=("live",))
    return FeatureTrack(rows, rows, names, LIVE_FPS, track.seconds, track.name, track.sha256, analysis)


def features_at(track: LiveTrack, times: Float64[np.ndarray, " moments"]) -> dict[str, torch.Tensor]:
    """The live features at some times, as one sequence."""
    frames = np.minimum(np.rint(times * LIVE_FPS).astype(int), len(track.values) - 1)
    columns = torch.from_numpy(track.values[frames]).T
    return {name: column[None] for name, column in zip(LIVE_FEATURES, columns, strict=True)}


def measure_frames(
    field: Julia, track: FeatureTrack, times: Float64[np.ndarray, " moments"]
) -> dict[str, torch.Tensor]:
    """Metrics of rendered frames; the structure is that of the same frames in the colors of rest."""
    controls = field.controls(track, times)
    neutral = controls.values.copy()
    for column, name in enumerate(controls.names):
        if name in ("hue", "saturation", "brightness"):
            neutral[:, column] = REST_VALUES[name]
    structure = luma(draw_frames(field, Controls(neutral, controls.names)))
    return measure(structure[None], draw_frames(field, controls)[None])


def draw_frames(
    field: Julia, controls: Controls, size: int = FRAME_SIZE
) -> Float32[torch.Tensor, "moments size size 3"]:
    """Square frames drawn by the renderer's kernel."""
    grid = Grid(size, size)
    inputs, prepared = field.pixel_inputs(grid.xy()), field.prepare(controls)
    out = np.empty((len(controls.values), size * size, 3), np.uint8)
    for moment, pixels in enumerate(out):
        prepared.draw(moment, inputs, grid.pixel, pixels)
    return torch.from_numpy(out).view(-1, size, size, 3) / 255


@contextmanager
def untrained_model(folder: Path, seed: int = 0) -> Iterator[Path]:
    """A folder with an untrained model of the same shape and normalization as the one in `folder`."""
    trained, _ = load_model(folder)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1000 + seed)
        untrained = AudioToVisualModel(trained.settings, trained.parameter_ranges, trained.field)
    untrained.mean.copy_(trained.mean)
    untrained.spread.copy_(trained.spread)
    with tempfile.TemporaryDirectory() as path:
        save_model(Path(path), untrained)
        yield Path(path)


def interval(values: Float64[np.ndarray, " windows"], rng: np.random.Generator) -> list[float] | None:
    """95 % bootstrap interval of the mean over windows; None for fewer than `MIN_INTERVAL_WINDOWS`."""
    from scipy.stats import bootstrap  # slow to load

    if len(values) < MIN_INTERVAL_WINDOWS:
        return None
    resampling = bootstrap(
        (values,), np.mean, n_resamples=BOOTSTRAP_RESAMPLES, method="percentile", vectorized=True, rng=rng
    )
    return [float(bound) for bound in resampling.confidence_interval]


def _pair_statistics(
    pair: FeatureMetricPair,
    trained: PairValues,
    spreads: PairValues,
    baselines: dict[str, list[PairValues]],
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Statistics of one pair: r, its interval, the spread of the metric, the margins over the baselines."""
    r = trained[pair.name]
    statistics: dict[str, Any] = {
        "r": float(r.mean()),
        "interval": interval(r, rng),
        "spread": float(spreads[pair.name].mean()),
    }
    for name, runs in baselines.items():
        baseline = np.mean([run[pair.name] for run in runs], axis=0)
        statistics[name] = {
            "r": float(baseline.mean()),
            "margin": float((r - baseline).mean()),
            "interval": interval(r - baseline, rng),
        }
    return statistics


def table_lines(evaluation: dict[str, Any]) -> Iterator[str]:
    """The evaluation as lines of an ASCII table."""
    count = evaluation["windows"]
    spans = f"{count_text(count, 'window')} of {WINDOW_FRAMES / FRAME_RATE:.1f} s"
    yield f"held out: {', '.join(evaluation['tracks'])} ({spans})"
    head = f"{'pair':<20}{'r':>6}  {'95 %':<14}{'untrained':>10}{'margin':>8}  {'95 %':<14}"
    yield f"{head}{'shifted':>10}{'margin':>8}  {'95 %':<14}spread"
    for name, pair in evaluation["pairs"].items():
        row = f"{name:<20}{pair['r']:>6.2f}  {_span(pair['interval']):<14}"
        for baseline in ("untrained", "shifted"):
            margins = pair[baseline]
            row += f"{margins['r']:>10.2f}{margins['margin']:>8.2f}  {_span(margins['interval']):<14}"
        yield row + f"{pair['spread']:.4f}"
    if preference := evaluation.get("preference"):
        margins = preference["untrained"]
        row = f"{'preference':<20}{preference['mean']:>6.2f}  {_span(preference['interval']):<14}"
        yield row + f"{margins['mean']:>10.2f}{margins['margin']:>8.2f}  {_span(margins['interval'])}"
        yield preference["sentence"]
    if count < MIN_INTERVAL_WINDOWS:
        needed = f"{MIN_INTERVAL_WINDOWS} windows or more"
        yield f"too little sound was held out for intervals ({needed}): nothing is proven"


def _span(ends: list[float] | None) -> str:
    return f"{ends[0]:.2f}..{ends[1]:.2f}" if ends else "-"
