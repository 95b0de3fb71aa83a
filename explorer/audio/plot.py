"""A track as a figure: the waveform and, below it on the same time axis, every feature; and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Float, Float32, Float64
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, MaxNLocator

from explorer.audio.feature_table import FeatureTable
from explorer.audio.features import TIMBRES, UNITS
from explorer.audio.plot_colors import (
    BACKGROUND_COLOR,
    COLUMN_COLOR,
    FEATURE_COLORS,
    GRID_COLOR,
    TEXT_COLOR,
    WAVEFORM_COLOR,
)
from explorer.audio.plot_strips import CHROMA, MAX_COLUMNS, STRIPS, Part, draw_parts
from explorer.audio.sound_file import Sound, open_sound
from explorer.formatting import clock_text, count_text

UNIT_LABELS = {"hz": "Hz", "per_sample": "of samples", "bpm": "bpm"}
ZERO_REST_FEATURES = (*TIMBRES, "tempo", "meter", "section")
STEM_TIMBRES = tuple(f"_{name}" for name in TIMBRES)

LAYOUT = ConstrainedLayoutEngine(h_pad=0.02, w_pad=0.08, hspace=0.0)

Envelope = Float32[np.ndarray, "columns 2"]
Column = Float32[np.ndarray, " frames"]
Seconds = Float64[np.ndarray, " frames"]
Points = Float[np.ndarray, " points"]


def draw_track(
    track: FeatureTable,
    sound: Sound | str | Path | None = None,
    width: float = 11.0,
    parts: Sequence[Part] = (),
    columns: Sequence[str] = (),
) -> Figure:
    """A figure `width` inches wide: the waveform of the sound, if given, then one row a feature (the twelve
    notes share one).

    Features are drawn as normalized, from rest to full scale; maximum and median in physical
    units stand beside each. Timbres swing around their rest line. `parts` (seconds, seconds, name), such as
    `Patterns.families` gives, are a strip under the waveform. `columns` are those to draw, in their order;
    all where none is named.
    """
    names = _rows(track, columns)
    heights = [STRIPS[name][0] if name in STRIPS else 0.8 for name in names]
    rows = ([1.5] if sound else []) + ([0.4] if parts else []) + heights
    figure = Figure((width, 0.75 * sum(rows) + 1.1), dpi=120, facecolor=BACKGROUND_COLOR, layout=LAYOUT)
    axes = figure.subplots(len(rows), 1, sharex=True, squeeze=False, height_ratios=rows)[:, 0]
    figure.suptitle(_title(track), x=0.012, ha="left", color=TEXT_COLOR, fontsize=11)
    if sound:
        waveform = sound if isinstance(sound, Sound) else open_sound(sound)
        _draw_waveform(axes[0], sound_envelope(waveform, track.duration), track.duration)
    if parts:
        draw_parts(axes[-len(names) - 1], parts, track.duration)
        _style_axis(axes[-len(names) - 1], "family", TEXT_COLOR)
    for axis, name in zip(axes[-len(names) :], names, strict=True):
        draw = STRIPS[name][1] if name in STRIPS else partial(_draw_feature, name=name)
        _style_axis(axis, name, TEXT_COLOR if name in STRIPS else _color(name))
        note = draw(axis, track)
        axis.text(1.006, 0.5, note, transform=axis.transAxes, va="center", fontsize=7.5, color=WAVEFORM_COLOR)
    _label_time(axes[-1], track.duration)
    return figure


def sound_envelope(sound: Sound, duration: float, columns: int = MAX_COLUMNS) -> Envelope:
    """Lowest and highest sample in each of at most `columns` equal parts, channels averaged."""
    total = max(1, round(duration * sound.sample_rate))
    columns = min(columns, total)
    edges = np.arange(columns) * total // columns  # the first sample of every column
    low, high = np.full(columns, np.inf, np.float32), np.full(columns, -np.inf, np.float32)
    position = 0
    with closing(sound.blocks()) as blocks:
        for block in blocks:
            mono = block.mean(axis=1)
            first = int(np.searchsorted(edges, position, side="right")) - 1
            last = int(np.searchsorted(edges, position + len(mono), side="left"))
            starts = np.clip(edges[first:last] - position, 0, len(mono) - 1)
            low[first:last] = np.minimum(low[first:last], np.minimum.reduceat(mono, starts))
            high[first:last] = np.maximum(high[first:last], np.maximum.reduceat(mono, starts))
            position += len(mono)
    return np.nan_to_num(np.stack([low, high], axis=1), posinf=0, neginf=0)


def summary(track: FeatureTable) -> pd.DataFrame:
    """One row a feature: unit, lowest, median and highest raw value, and the share of time that it is active.

    Active is a feature off its rest. A tempo is active while there is a clear beat; sections are numbers
    without a rest and have no share (NaN).
    """
    active = (np.abs(track.values - _rest(track)) > 0.1).mean(axis=0)
    for column, name in enumerate(track.names):
        if name == "tempo":
            active[column] = (track.raw[:, column] > 0).mean()
        elif name == "section":
            active[column] = np.nan
    return pd.DataFrame(
        {
            "unit": list(track.units.values()),
            "min": track.raw.min(axis=0),
            "median": np.median(track.raw, axis=0),
            "max": track.raw.max(axis=0),
            "active": active,
        },
        index=pd.Index(track.names, name="feature"),
    )


def _rest(track: FeatureTable) -> Float32[np.ndarray, " features"]:
    return np.array([_rest_of(name) for name in track.names], np.float32)


def _rest_of(name: str) -> float:
    """Where a column rests: those of stems where their feature does."""
    return 0.0 if name in ZERO_REST_FEATURES or (name not in UNITS and name.endswith(STEM_TIMBRES)) else -1.0


def _title(track: FeatureTable) -> str:
    length = clock_text(track.duration) if track.duration >= 60 else f"{track.duration:.3g} s"
    return f"{track.name}   {length}   {count_text(len(track.values), 'moment')} at {track.fps:g} Hz"


def _draw_waveform(axis: Axes, envelope: Envelope, duration: float) -> None:
    times = (np.arange(len(envelope)) + 0.5) * duration / len(envelope)
    axis.fill_between(times, envelope[:, 0], envelope[:, 1], color=WAVEFORM_COLOR, linewidth=0.3)
    reach = max(1e-6, float(np.abs(envelope).max())) * 1.05
    axis.set_ylim(-reach, reach)
    _style_axis(axis, "sound", WAVEFORM_COLOR)


def _rows(track: FeatureTable, columns: Sequence[str]) -> list[str]:
    """The features in order, the notes as one. Raises SettingsError for a column that the track lacks."""
    track.at(0.0, tuple(columns))
    return list(dict.fromkeys("chroma" if name in CHROMA else name for name in columns or track.names))


def _color(name: str) -> str:
    """The color of a feature, of a stem's too; columns of one's own have one together."""
    feature = name.rpartition("_")[2]
    return FEATURE_COLORS.get(name) or FEATURE_COLORS.get(feature, COLUMN_COLOR)


def _draw_feature(axis: Axes, track: FeatureTable, name: str) -> str:
    column = track.names.index(name)
    color = _color(name)
    rest = _rest_of(name)
    times, low, high = _downsample(track.times, track.values[:, column])
    axis.axhline(rest, color=GRID_COLOR, linewidth=0.6)
    for edge in (np.maximum(high, rest), np.minimum(low, rest)):
        axis.fill_between(times, rest, edge, color=color, alpha=0.28, linewidth=0)
    axis.fill_between(times, low, high, color=color, linewidth=0.9)
    axis.set_ylim(-1.1, 1.1)
    return _range_text(track.units[name], track.raw[:, column])


def _downsample(times: Seconds, column: Column) -> tuple[Points, Points, Points]:
    """Times with the lowest and highest value around them, at most COLUMNS, so that no peak is lost."""
    if len(column) <= MAX_COLUMNS:
        return times, column, column
    starts = np.linspace(0, len(column), MAX_COLUMNS, endpoint=False).astype(np.int64)
    next_values = np.append(column[1:], column[-1])  # in both parts, so that no step leaves a gap
    low = np.minimum.reduceat(np.minimum(column, next_values), starts)
    return times[starts], low, np.maximum.reduceat(np.maximum(column, next_values), starts)


def _range_text(unit: str, raw: Column) -> str:
    unit = UNIT_LABELS.get(unit, "")
    highest, median = _number_text(float(raw.max())), _number_text(float(np.median(raw)))
    return f"max {highest} {unit}".rstrip() + f"\nmedian {median}"


def _number_text(number: float) -> str:
    """Three figures: 0.162, 6,110."""
    return f"{round(number, -1):,.0f}" if number >= 1000 else f"{number:.3g}"


def _style_axis(axis: Axes, label: str, color: str) -> None:
    axis.set_ylabel(label, rotation=0, ha="right", va="center", color=color, fontsize=9.5)
    axis.set_yticks([])
    axis.tick_params(axis="x", length=0, labelbottom=False)
    axis.grid(axis="x", color=GRID_COLOR, linewidth=0.4, alpha=0.6)
    axis.set_axisbelow(True)
    axis.margins(x=0)
    axis.spines[:].set_visible(False)


def _label_time(axis: Axes, duration: float) -> None:
    axis.set_xlim(0, max(duration, 1e-3))
    axis.xaxis.set_major_locator(MaxNLocator(nbins=10, steps=[1, 2, 3, 5, 6, 10]))
    formatter = clock_text if duration >= 60 else "{:g} s".format
    axis.xaxis.set_major_formatter(FuncFormatter(lambda seconds, _: formatter(seconds)))
    axis.tick_params(axis="x", length=3, labelbottom=True, labelsize=8, colors=TEXT_COLOR)
