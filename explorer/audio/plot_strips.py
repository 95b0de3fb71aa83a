"""Features that are not curves, as strips of a picture: notes as an image, beats and boundaries as ticks,
stretches of time as bars."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from jaxtyping import Float64
from matplotlib.axes import Axes

from explorer.audio.feature_table import FeatureTable
from explorer.audio.features import EXTRAS
from explorer.audio.plot_colors import BACKGROUND_COLOR, TEXT_COLOR
from explorer.formatting import count_text

CHROMA = tuple(EXTRAS["chroma"])
NOTES = ("C", "", "D", "", "E", "F", "", "G", "", "A", "", "B")
PART_COLORS = ("#2b6f77", "#8c4a2f", "#4a4f8c", "#7a3b69", "#4f6b2f", "#6b5b2f")
MAX_COLUMNS = 1600  # points across a figure; more are not visible
BEAT_TICK_WIDTH, BOUNDARY_TICK_WIDTH = 0.7, 2.0  # points

Part = tuple[float, float, str]
Seconds = Float64[np.ndarray, " moments"]


def draw_notes(axis: Axes, track: FeatureTable) -> str:
    """The twelve notes, C at the bottom, dark where they sound."""
    first = track.names.index(CHROMA[0])
    notes = track.values[:, first : first + len(CHROMA)].T
    if notes.shape[1] > MAX_COLUMNS:
        starts = np.linspace(0, notes.shape[1], MAX_COLUMNS, endpoint=False).astype(np.int64)
        notes = np.maximum.reduceat(notes, starts, axis=1)
    axis.imshow(
        notes, "GnBu", aspect="auto", origin="lower", vmin=-1, vmax=1, interpolation="nearest",
        extent=(0.0, max(track.duration, 1e-3), -0.5, len(CHROMA) - 0.5),
    )  # fmt: skip
    for row, note in enumerate(NOTES):
        axis.text(
            1.005,
            (row + 0.5) / 12,
            note,
            transform=axis.transAxes,
            va="center",
            fontsize=5.5,
            color=TEXT_COLOR,
        )
    return ""


def draw_beats(axis: Axes, track: FeatureTable) -> str:
    """A tick at every beat."""
    moments = beats(track)
    _ticks(axis, moments, BEAT_TICK_WIDTH)
    return count_text(len(moments), "beat") if len(moments) else "no beats"


def draw_boundaries(axis: Axes, track: FeatureTable) -> str:
    """A tick at every boundary."""
    moments = boundaries(track)
    _ticks(axis, moments, BOUNDARY_TICK_WIDTH)
    return ""


def draw_sections(axis: Axes, track: FeatureTable) -> str:
    """A bar a section, with its name or number."""
    edges = [0.0, *boundaries(track), track.duration]
    edits = track.settings.edits
    names = dict(enumerate(name for _, name in (edits.sections if edits else None) or ()))
    parts = [(start, end, names.get(n) or str(n)) for n, (start, end) in enumerate(pairwise(edges))]
    draw_parts(axis, parts, track.duration)
    return count_text(len(parts), "section")


def draw_parts(axis: Axes, parts: Sequence[Part], duration: float) -> None:
    """One bar a part, a color a name; the name is written where it fits."""
    names = sorted({name for _, _, name in parts})
    for start, end, name in parts:
        color = PART_COLORS[names.index(name) % len(PART_COLORS)]
        axis.barh(0.5, end - start, 1.0, start, color=color, linewidth=0)
        if (end - start) / max(duration, 1e-9) > 0.009 * len(name):
            axis.text(
                (start + end) / 2, 0.5, name, ha="center", va="center", fontsize=8, color=BACKGROUND_COLOR
            )
    axis.set_ylim(0, 1)


def beats(track: FeatureTable) -> Seconds:
    """Times of the beats in seconds, to a fraction of a frame: where the phase passes from 1 to 0."""
    phase, tempo = (track.raw[:, track.names.index(name)].astype(np.float64) for name in EXTRAS["beats"])
    before = np.flatnonzero((np.diff(phase) < -0.25) & (tempo[:-1] > 0) & (tempo[1:] > 0))
    steps = tempo[before] / 60 / track.fps
    return np.asarray(track.times[before] + np.minimum((1 - phase[before]) / steps, 1) / track.fps)


def boundaries(track: FeatureTable) -> Seconds:
    """Times in seconds at which a section begins, but for the first."""
    section = track.raw[:, track.names.index("section")]
    return np.asarray(track.times[1:][np.diff(section) > 0])


def _ticks(axis: Axes, moments: Seconds, width: float) -> None:
    axis.vlines(moments, 0, 1, color=TEXT_COLOR, linewidth=width)
    axis.set_ylim(0, 1)


STRIPS = {
    "chroma": (1.5, draw_notes),
    "beat_phase": (0.35, draw_beats),
    "section": (0.35, draw_sections),
    "boundary": (0.35, draw_boundaries),
}
"""Height and drawing of the rows that are strips; each function returns the note beside its row."""
