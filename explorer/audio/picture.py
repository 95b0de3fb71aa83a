"""A track to look at: the waveform and, below it on the same axis of time, every feature; and its table."""

from __future__ import annotations

from contextlib import closing

import numpy as np
import pandas as pd
from jaxtyping import Float32
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from explorer.audio.features import TIMBRES, UNITS
from explorer.audio.load import Sound
from explorer.audio.track import FeatureTrack

INK, FAINT, PAPER = "#22252b", "#b9bec7", "#ffffff"
WAVE = "#5b6472"
COLOURS = {
    "bass": "#b3312c",
    "mid": "#d9822b",
    "treble": "#c9a50f",
    "rms": "#3d6fb4",
    "centroid": "#12848a",
    "rolloff": "#2f9e6e",
    "flux": "#7d4bb0",
    "zcr": "#5f7f1f",
    "onset": "#c2356f",
}
SPOKEN = {"amplitude": "", "hz": "Hz", "change": "", "per_sample": "of samples"}
COLUMNS = 1600  # points across the picture; more could not be seen

Envelope = Float32[np.ndarray, "columns 2"]


def draw_track(track: FeatureTrack, envelope: Envelope | None = None, width: float = 11.0) -> Figure:
    """A figure `width` inches wide: the waveform if given (see `sound_envelope`), then one row a feature.

    Features are drawn as normalised, from rest to full scale; the range in physical units stands
    beside each. Timbres swing around their rest line.
    """
    rows = ([] if envelope is None else [1.5]) + [0.8] * len(track.names)
    figure = Figure(figsize=(width, 0.75 * sum(rows) + 1.1), facecolor=PAPER, layout="constrained")
    figure.get_layout_engine().set(h_pad=0.02, hspace=0.0)  # type: ignore[union-attr, call-arg]
    axes = figure.subplots(len(rows), 1, sharex=True, squeeze=False, height_ratios=rows)[:, 0]
    figure.suptitle(_title(track), x=0.012, ha="left", color=INK, fontsize=11)
    if envelope is not None:
        _draw_waveform(axes[0], envelope, track.duration)
    for axis, name in zip(axes[-len(track.names) :], track.names, strict=True):
        _draw_feature(axis, track, name)
    _label_time(axes[-1], track.duration)
    return figure


def sound_envelope(sound: Sound, duration: float, columns: int = COLUMNS) -> Envelope:
    """Lowest and highest sample in each of `columns` equal parts of the sound, channels averaged."""
    total = max(1, round(duration * sound.sample_rate))
    edges = np.arange(columns) * total // columns  # the first sample of every column
    low, high = np.full(columns, np.inf, np.float32), np.full(columns, -np.inf, np.float32)
    position = 0
    with closing(sound.blocks()) as blocks:
        for block in blocks:
            mono = block.mean(axis=1)
            first = int(np.searchsorted(edges, position, side="right")) - 1
            last = int(np.searchsorted(edges, position + len(mono), side="left"))
            # Columns shorter than a sample share it: reduceat gives the single value at equal edges.
            starts = np.clip(edges[first:last] - position, 0, len(mono) - 1)
            low[first:last] = np.minimum(low[first:last], np.minimum.reduceat(mono, starts))
            high[first:last] = np.maximum(high[first:last], np.maximum.reduceat(mono, starts))
            position += len(mono)
    return np.nan_to_num(np.stack([low, high], axis=1), posinf=0, neginf=0)


def summary(track: FeatureTrack) -> pd.DataFrame:
    """One row a feature: unit, lowest, median and highest raw value, and the share of time off its rest."""
    active = np.abs(track.values - _rest(track)) > 0.1
    return pd.DataFrame(
        {
            "unit": [UNITS.get(name, "") for name in track.names],
            "min": track.raw.min(axis=0),
            "median": np.median(track.raw, axis=0),
            "max": track.raw.max(axis=0),
            "active": active.mean(axis=0),
        },
        index=pd.Index(track.names, name="feature"),
    )


def _rest(track: FeatureTrack) -> Float32[np.ndarray, " features"]:
    return np.array([0 if name in TIMBRES else -1 for name in track.names], np.float32)


def _title(track: FeatureTrack) -> str:
    return f"{track.name}   {clock(track.duration)}   {len(track.values)} moments at {track.fps:g} Hz"


def _draw_waveform(axis: Axes, envelope: Envelope, duration: float) -> None:
    times = (np.arange(len(envelope)) + 0.5) * duration / len(envelope)
    axis.fill_between(times, envelope[:, 0], envelope[:, 1], color=WAVE, linewidth=0.3)
    reach = max(1e-6, float(np.abs(envelope).max())) * 1.05
    axis.set_ylim(-reach, reach)
    _bare(axis, "sound", WAVE)


def _draw_feature(axis: Axes, track: FeatureTrack, name: str) -> None:
    column = track.names.index(name)
    colour = COLOURS.get(name, INK)
    rest = 0.0 if name in TIMBRES else -1.0
    times, lowest, highest = _thinned(track.times, track.values[:, column])
    axis.axhline(rest, color=FAINT, linewidth=0.6)
    axis.fill_between(times, rest, np.where(highest > rest, highest, rest), color=colour, alpha=0.28, linewidth=0)
    axis.fill_between(times, rest, np.where(lowest < rest, lowest, rest), color=colour, alpha=0.28, linewidth=0)
    axis.fill_between(times, lowest, highest, color=colour, linewidth=0.9)
    axis.set_ylim(-1.1, 1.1)
    _bare(axis, name, colour)
    axis.text(
        1.006, 0.5, _spoken_range(name, track.raw[:, column]),
        transform=axis.transAxes, va="center", ha="left", fontsize=7.5, color=WAVE, linespacing=1.35,
    )  # fmt: skip


def _thinned(
    times: np.ndarray, column: Float32[np.ndarray, " frames"]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times with the lowest and highest value in at most COLUMNS parts, so that no peak is lost."""
    starts = np.unique(np.linspace(0, len(column), min(len(column), COLUMNS), endpoint=False).astype(int))
    # A neighbour belongs to both parts; otherwise steps between parts would leave gaps.
    joined = np.append(column[1:], column[-1])
    low = np.minimum.reduceat(np.minimum(column, joined), starts)
    high = np.maximum.reduceat(np.maximum(column, joined), starts)
    return times[starts], (low, column)[len(starts) == len(column)], (high, column)[len(starts) == len(column)]


def _spoken_range(name: str, raw: Float32[np.ndarray, " frames"]) -> str:
    unit = SPOKEN.get(UNITS.get(name, ""), "")
    return f"{raw.max():.3g} {unit}\n{np.median(raw):.3g} median".replace(" \n", "\n")


def _bare(axis: Axes, label: str, colour: str) -> None:
    axis.set_ylabel(label, rotation=0, ha="right", va="center", color=colour, fontsize=9.5)
    axis.set_yticks([])
    axis.tick_params(axis="x", length=0, labelbottom=False)
    axis.grid(axis="x", color=FAINT, linewidth=0.4, alpha=0.6)
    axis.set_axisbelow(True)
    axis.margins(x=0)
    axis.spines[:].set_visible(False)


def _label_time(axis: Axes, duration: float) -> None:
    axis.set_xlim(0, max(duration, 1e-3))
    axis.xaxis.set_major_locator(MaxNLocator(nbins=10, steps=[1, 2, 3, 5, 6, 10]))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda seconds, _: clock(seconds)))
    axis.tick_params(axis="x", length=3, labelbottom=True, labelsize=8, colors=INK)


def clock(seconds: float) -> str:
    """1:02:03, 2:03, or 2.5 s below a minute's tenth."""
    if seconds < 60:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
