"""Repair: scales for the layers of a CPPN, computed layer by layer, that give it life at any depth."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float32

from explorer.audio import FeatureTrack
from explorer.diagnostics.correlation import ROUNDING_VARIANCE
from explorer.diagnostics.diagnosis import diagnose
from explorer.diagnostics.music_share import MIN_MUSIC_SHARE, is_healthy, music_share, raise_audio_gain
from explorer.diagnostics.parallel import in_threads
from explorer.diagnostics.results.diagnosis_result import DiagnosisResult
from explorer.diagnostics.sampling import DEFAULT_FRAMES, pixel_centers, random_times
from explorer.errors import SettingsError
from explorer.fields import CPPN, FieldSettings, Grid
from explorer.fields.base import track_for
from explorer.fields.cppn.activations import activate
from explorer.fields.cppn.drawing import PreparedCPPN
from explorer.fields.cppn.weights import Network, random_network
from explorer.fields.palette_torch import apply_palette
from explorer.progress import Progress, silent
from explorer.rendering import FrameSettings

TARGET_CORRELATION = 0.93  # of neighboring pixels
OUTPUT_SIGNAL = 2.0  # that enters the sigmoid: a color variance of about 0.1
MIN_SIGNAL, MAX_SIGNAL = 0.05, 500.0  # of a hidden layer, radians
BISECTIONS = 16
TIMES, POINTS = 8, 160  # moments, and pixels with their right and lower neighbors
MAX_SQUARED_STEP = 1.0  # from frame to frame, that time and the music may each make, in pixels

Inputs = Float32[np.ndarray, "moments points inputs"]


def calibrate(
    field: FieldSettings,
    audio: str | Path | FeatureTrack,
    *,
    frames: FrameSettings | None = None,
    seed: int = 0,
    steady: bool = True,
    progress: Progress = silent,
) -> CPPN:
    """The field with `layer_scales` for which neighboring pixels correlate at 0.9 to 0.95.

    Every layer's weights are scaled so that the signal in it (see `LayerSignal.signal`) is s radians, so that
    no layer loses it, whatever the gain: the variance is kept. The more radians, the rougher the picture;
    s is found by bisection, on a logarithmic scale, so that the correlation of neighboring pixels at the
    recipe's resolution is 0.93. The signal that enters the sigmoid is always 2. After Mishkin &
    Matas, "All you need is a good init", ICLR 2016, with the roughness instead of variance 1 as the aim.

    A picture that rough flickers when a frame moves it by many pixels. `steady` therefore lowers `audio_gain`
    and lengthens `time_span` until time and the music each move the network's inputs no farther from frame to
    frame than from pixel to pixel, and then raises `audio_gain` again, while nothing flickers, until the
    music has the share of the change that it had, a fifth at least. Very narrow and deep networks may miss
    the aim: diagnose the result.
    Raises SettingsError for a field that has no layers to scale.
    """
    track = track_for(field, audio)
    if not isinstance(field, CPPN):
        raise SettingsError(f"calibrate scales the layers of a CPPN; got {type(field).__name__}")
    if field.weights:
        raise SettingsError(
            "calibrate scales random layers, and these are painted; change output_gain for more or less "
            "contrast, audio_gain for more or less motion"
        )
    frames = frames or DEFAULT_FRAMES
    original, field = field, field.replace(layer_scales=None)
    if steady:
        field = limit_motion(field, track, frames, seed)
    inputs = _inputs(field, track, frames, seed)

    def scales_of(field: CPPN) -> list[float]:
        return _scales(field, inputs, progress)

    (scales,) = in_threads(scales_of, [field], "calibrating", silent)
    field = field.replace(layer_scales=tuple(float(f"{scale:.6g}") for scale in scales))
    return _keep_music(original, field, track, frames, seed) if steady else field


def limit_motion(field: CPPN, track: FeatureTrack, frames: FrameSettings, seed: int = 0) -> CPPN:
    """The field with `audio_gain` and `time_span` at which frames differ no more than pixels side by side."""
    original, field = field, field.without_animation
    grid = Grid(*frames.size)
    rng = np.random.default_rng(seed)
    pixel = grid.pixel * field.coord_scale
    times = random_times(track, frames, 512, rng)
    here, after = (
        PreparedCPPN(field, field.controls(track, t)).controls for t in (times, times + 1 / float(frames.fps))
    )
    step = after - here
    steps = {"time_span": step[:, 0], "audio_gain": step[:, 1:]}
    excess = {
        name: float(np.sqrt((part**2).reshape(len(step), -1).sum(1).mean() / MAX_SQUARED_STEP)) / pixel
        for name, part in steps.items()
    }
    changes = {}
    if excess["audio_gain"] > 1:
        changes["audio_gain"] = float(f"{field.audio_gain / excess['audio_gain']:.2g}")
    if excess["time_span"] > 1:
        span = track.duration if field.time_span == "track" else field.time_span
        changes["time_span"] = float(f"{span * excess['time_span']:.2g}")
    return original.replace(**changes)


def _keep_music(before: CPPN, field: CPPN, track: FeatureTrack, frames: FrameSettings, seed: int) -> CPPN:
    """The field with the `audio_gain` at which the music has the share of the change that it had before."""

    def screen(field: FieldSettings) -> DiagnosisResult:
        return diagnose(field, track, frames=frames, budget="draft", seed=seed)

    first = screen(before)
    goal = max(MIN_MUSIC_SHARE, music_share(first) if is_healthy(first) else 0.0)
    louder = raise_audio_gain(screen(field), goal, screen)
    return field.replace(audio_gain=louder.value("audio_gain"))


def _inputs(field: CPPN, track: FeatureTrack, frames: FrameSettings, seed: int) -> Inputs:
    """The inputs of the network at pixels and, after each, its right and its lower neighbor."""
    rng, field = np.random.default_rng(seed), field.without_animation
    columns, rows = (rng.integers(side - 1, size=POINTS) for side in frames.size)
    xy = pixel_centers(Grid(*frames.size), columns[:, None] + [0, 1, 0], rows[:, None] + [0, 0, 1])
    prepared = PreparedCPPN(field, field.controls(track, random_times(track, frames, TIMES, rng)))
    inputs: Inputs = prepared.inputs(xy).astype(np.float32)
    return inputs


def _scales(field: CPPN, inputs: Inputs, progress: Progress) -> list[float]:
    """Bisect the range of the signal until the picture is as rough as it should be."""
    network, low, high = random_network(field.without_animation), MIN_SIGNAL, MAX_SIGNAL
    scaled = _scaling(network, inputs)
    for step in range(BISECTIONS):
        progress("calibrating", step, BISECTIONS)
        middle = (low * high) ** 0.5
        if _correlation(scaled(middle)[1], field.palette) > TARGET_CORRELATION:
            low = middle
        else:
            high = middle
    return scaled(low)[0]


def _scaling(network: Network, inputs: Inputs) -> Callable[[float], tuple[list[float], torch.Tensor]]:
    """A function from the signal in every hidden layer to the layers' scales and the output's z."""
    first = torch.from_numpy(inputs)
    weights = [torch.from_numpy(weight) for weight in network.weights]
    names = (*network.activations, None)

    @torch.inference_mode()
    def scaled(signal: float) -> tuple[list[float], torch.Tensor]:
        entering, scales = first, []
        for name, weight in zip(names, weights, strict=True):
            z = entering @ weight.T
            spread = float(z.flatten(0, 1).double().var(dim=0).mean().sqrt())
            scales.append((signal if name else OUTPUT_SIGNAL) / max(spread, 1e-30))
            z = z * scales[-1]
            entering = activate(name, z) if name else z
        return scales, entering

    return scaled


def _correlation(z: torch.Tensor, palette: str) -> float:
    """Of neighboring pixels: see `correlation.neighbour_correlation`."""
    colors = apply_palette(torch.sigmoid(z), palette).double().reshape(TIMES, POINTS, 3, 3)
    steps = colors[:, :, 1:] - colors[:, :, :1]
    within = float(colors.var(dim=1).mean())
    return 1 - float((steps**2).mean()) / (2 * (within + ROUNDING_VARIANCE))
