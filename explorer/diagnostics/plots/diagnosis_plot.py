"""A diagnosis to look at: bars with intervals, the layers against theory, verdict, sentence, suggestion."""

from __future__ import annotations

import io
import textwrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import LogLocator, NullFormatter, NullLocator

from explorer.audio.plot_colors import BACKGROUND_COLOR, GRID_COLOR, TEXT_COLOR, WAVEFORM_COLOR
from explorer.diagnostics.layers import LayerSignal
from explorer.diagnostics.measure import Measure
from explorer.diagnostics.results.diagnosis_result import DiagnosisResult
from explorer.diagnostics.suggestion import Suggestion
from explorer.diagnostics.verdict import (
    COLORS,
    FAINT_VARIANCE,
    FLICKER_FRAME_CORRELATION,
    NOISY_FRAME_CORRELATION,
    NOISY_NEIGHBOR_CORRELATION,
    STATIC_VARIANCE,
    WASHED_OUT_SHARE,
    Verdict,
)
from explorer.diagnostics.verdict_sentence import format_speed

MEASURED, THEORY = "#12848a", "#d9822b"
VARIANCES = {"space_variance": "space", "time_variance": "time", "audio_variance": "audio"}
MIN_VARIANCE, MAX_VARIANCE = 1e-7, 0.25  # of their axis
SHARES = {  # measures from 0 to 1, and their limits
    "neighbour_correlation": ("neighboring pixels", NOISY_NEIGHBOR_CORRELATION),
    "frame_correlation": ("consecutive frames", FLICKER_FRAME_CORRELATION),
    "saturated": ("saturated colors", WASHED_OUT_SHARE),
}


def draw_diagnosis(
    diagnosis: DiagnosisResult, suggestion: Suggestion | None = None, width: float = 10.0
) -> Figure:
    """A figure `width` inches wide: words above, measures on the left, layers, if any, on the right."""
    layered = bool(diagnosis.layers)
    lines = _lines(diagnosis.sentence, suggestion, round(width * 12.5))
    head, body = 0.62 + 0.22 * len(lines), 3.9
    layout = ConstrainedLayoutEngine(h_pad=0.03, w_pad=0.06)
    figure = Figure((width, head + body), dpi=120, facecolor=BACKGROUND_COLOR, layout=layout)
    above, below = figure.subfigures(2, 1, height_ratios=(head, body))  # type: ignore[misc]
    _draw_words(above, diagnosis, lines, head)
    left: SubFigure = below
    if layered:
        left, right = below.subfigures(1, 2, width_ratios=(1, 1.15))
        signal, growth = right.subplots(2, 1, sharex=True)
        _draw_signal(signal, diagnosis.layers)
        _draw_growth(growth, diagnosis.layers)
    variances, shares = left.subplots(2, 1)
    _draw_variances(variances, diagnosis)
    _draw_shares(shares, diagnosis)
    return figure


def png(figure: Figure) -> bytes:
    """The figure as a PNG file."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def _lines(sentence: str, suggestion: Suggestion | None, columns: int) -> list[str]:
    """Sentence and suggestion, wrapped."""
    texts = [sentence, *([f"Suggestion: {suggestion.words}."] if suggestion else [])]
    return [line for text in texts for line in textwrap.wrap(text, columns)]


def _draw_words(area: SubFigure, diagnosis: DiagnosisResult, lines: list[str], inches: float) -> None:
    color = COLORS[diagnosis.verdict]
    badge = {"boxstyle": "round,pad=0.35", "facecolor": color, "edgecolor": color}
    first = 1 - 0.3 / inches
    area.text(
        0.022, first, diagnosis.verdict, color="white", fontsize=13, weight="bold", va="center", bbox=badge
    )
    frames = diagnosis.frames
    parts = [*diagnosis.flags, f"{frames.width} x {frames.height} at {float(frames.fps):.4g} fps"]
    parts.append(f"changes by {format_speed(diagnosis.speed)} levels a second")
    area.text(0.12, first, "   ·   ".join(parts), color=TEXT_COLOR, fontsize=10, va="center")
    for number, line in enumerate(lines):
        area.text(
            0.015, first - (0.38 + 0.22 * number) / inches, line, color=TEXT_COLOR, fontsize=9.5, va="center"
        )


def _draw_variances(axis: Axes, diagnosis: DiagnosisResult) -> None:
    axis.axvspan(MIN_VARIANCE, STATIC_VARIANCE, color=COLORS["static"], alpha=0.08, linewidth=0)
    axis.axvspan(STATIC_VARIANCE, FAINT_VARIANCE, color=COLORS["faint"], alpha=0.10, linewidth=0)
    axis.axvspan(FAINT_VARIANCE, MAX_VARIANCE, color=COLORS["alive"], alpha=0.08, linewidth=0)
    axis.set_xscale("log")
    axis.set_xlim(MIN_VARIANCE, MAX_VARIANCE)
    for row, (name, label) in enumerate(VARIANCES.items()):
        measure = diagnosis.measures[name]
        _bar(axis, row, measure, MIN_VARIANCE, _exact(measure.value))
        _name(axis, row, label)
    edges: dict[Verdict, float] = {"static": MIN_VARIANCE, "faint": STATIC_VARIANCE, "alive": FAINT_VARIANCE}
    for word, edge in edges.items():
        axis.text(edge * 1.3, -0.62, word, color=COLORS[word], fontsize=8, va="center")
    axis.xaxis.set_major_locator(LogLocator(numticks=8))
    axis.xaxis.set_minor_locator(NullLocator())
    _plain(axis, "variance of the color", rows=len(VARIANCES))


def _name(axis: Axes, row: int, label: str) -> None:
    """The name of a row, left of the axis."""
    axis.text(
        -0.02,
        row,
        label,
        transform=axis.get_yaxis_transform(),
        ha="right",
        va="center",
        color=TEXT_COLOR,
        fontsize=9,
    )


def _draw_shares(axis: Axes, diagnosis: DiagnosisResult) -> None:
    axis.set_xlim(0, 1)
    for row, (name, (label, limit)) in enumerate(SHARES.items()):
        measure = diagnosis.measures[name]
        _bar(axis, row, measure, 0.0, f"{measure.value:.2f}")
        axis.plot([limit, limit], [row - 0.42, row + 0.42], color=COLORS["static"], linewidth=1.4)
        _name(axis, row, label)
    limits = [NOISY_FRAME_CORRELATION, NOISY_FRAME_CORRELATION]
    axis.plot(limits, [0.58, 1.42], color=COLORS["static"], linewidth=0.8, linestyle=":")
    _plain(axis, "correlations and share; red lines: limits", rows=len(SHARES))


def _bar(axis: Axes, row: int, measure: Measure, base: float, text: str) -> None:
    """A bar from the axis to the value, its interval, and the value in figures beside the axis."""
    value, low, high = (max(number, base) for number in (measure.value, measure.low, measure.high))
    axis.barh(row, value - base, left=base, height=0.5, color=MEASURED, alpha=0.85)
    axis.plot([low, high], [row, row], color=TEXT_COLOR, linewidth=2.2, solid_capstyle="butt")
    axis.text(
        1.02, row, text, transform=axis.get_yaxis_transform(), va="center", color=TEXT_COLOR, fontsize=9
    )


def _plain(axis: Axes, label: str, rows: int) -> None:
    axis.set_ylim(rows - 0.4, -0.9 if rows and axis.get_xscale() == "log" else -0.6)
    axis.set_yticks([])
    axis.set_xlabel(label, color=WAVEFORM_COLOR, fontsize=8.5)
    axis.tick_params(axis="x", length=2, labelsize=8, colors=WAVEFORM_COLOR)
    axis.spines[:].set_visible(False)
    axis.spines["bottom"].set(visible=True, color=GRID_COLOR)


def _draw_signal(axis: Axes, layers: tuple[LayerSignal, ...]) -> None:
    """How much of the signal is left in each layer."""
    positions = range(len(layers))
    axis.plot(positions, [_positive(layer.signal) for layer in layers], "o-", color=MEASURED, markersize=5)
    expected = [_positive(layer.predicted.signal if layer.predicted else 0.0) for layer in layers]
    (theory,) = axis.plot(positions, expected, "_", color=THEORY, markersize=16, markeredgewidth=2.2)
    axis.set_yscale("log")
    bottom, top = axis.get_ylim()
    axis.set_ylim(min(bottom / 1.5, 0.1), max(top * 1.5, 10))
    axis.set_title("signal that reaches each layer (spread of z)", loc="left", color=TEXT_COLOR, fontsize=9)
    legend = axis.legend([theory], ["theory (infinitely wide)"], loc="lower right", frameon=False, fontsize=8)
    legend.set_bbox_to_anchor((1.0, 0.97), axis.transAxes)
    _log_axis(axis)


def _draw_growth(axis: Axes, layers: tuple[LayerSignal, ...]) -> None:
    """By how much each layer multiplies small differences."""
    hidden = [layer for layer in layers if layer.growth is not None]
    positions = range(len(hidden))
    growth = [_positive(layer.growth or 0.0) for layer in hidden]
    colors = [COLORS["static"] if chi < 1 else MEASURED for chi in growth]
    axis.bar(positions, [chi - 1 for chi in growth], bottom=1, width=0.5, color=colors, alpha=0.85)
    expected = [_positive(layer.predicted.growth or 0.0) if layer.predicted else 1.0 for layer in hidden]
    axis.plot(positions, expected, "_", color=THEORY, markersize=16, markeredgewidth=2.2)
    axis.axhline(1, color=TEXT_COLOR, linewidth=0.8)
    axis.set_yscale("log")
    bottom, top = axis.get_ylim()
    axis.set_ylim(min(bottom, 0.1), max(top, 30))
    axis.set_title("growth of small differences (below 1 they die)", loc="left", color=TEXT_COLOR, fontsize=9)
    names = [f"{layer.number}\n{layer.activation}" for layer in hidden] + ["output"]
    small = len(layers) > 9
    axis.set_xticks(range(len(layers)), [str(n + 1) for n in positions] + ["out"] if small else names)
    _log_axis(axis)


def _log_axis(axis: Axes) -> None:
    axis.yaxis.set_minor_formatter(NullFormatter())
    axis.grid(axis="y", color=GRID_COLOR, linewidth=0.4, alpha=0.7)
    axis.set_axisbelow(True)
    axis.tick_params(length=0, labelsize=8, colors=WAVEFORM_COLOR, which="both")
    axis.spines[:].set_visible(False)


def _positive(number: float) -> float:
    return max(number, 1e-12)


def _exact(number: float) -> str:
    return f"{number:.4f}" if number >= STATIC_VARIANCE / 2 or number == 0 else f"{number:.0e}"
