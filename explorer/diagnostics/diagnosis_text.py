"""A diagnosis as plain text, ASCII only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.diagnostics.measure import Measure
from explorer.formatting import percent_text

if TYPE_CHECKING:
    from explorer.diagnostics.diagnosis import Diagnosis

LABELS = {
    "space_variance": ("space variance", "over the picture"),
    "time_variance": ("time variance", "over time alone"),
    "audio_variance": ("audio variance", "with the music alone"),
    "frame_variance": ("frame variance", "from frame to frame, 8-bit levels^2"),
    "neighbour_correlation": ("neighbours", "correlation of pixels side by side"),
    "frame_correlation": ("frames", "correlation of consecutive frames"),
    "saturated": ("saturated", "share of values at black or full"),
}


def summary(diagnosis: Diagnosis) -> str:
    """Verdict, sentence, measures, layers and suggestion."""
    frames = diagnosis.frames
    flags = f" ({', '.join(diagnosis.flags)})" if diagnosis.flags else ""
    lines = [
        f"{diagnosis.verdict.upper()}{flags}   {frames.width}x{frames.height} at {float(frames.fps):.4g} fps",
        diagnosis.sentence,
        "",
    ]
    lines += [_line(name, measure) for name, measure in diagnosis.measures.items()]
    if diagnosis.layers:
        lines += ["", *_layers(diagnosis)]
    if diagnosis.suggestion:
        lines += ["", f"suggestion: {diagnosis.suggestion.words}"]
    return "\n".join(lines)


def _line(name: str, measure: Measure) -> str:
    label, about = LABELS[name]
    return (
        f"{label:<15}{_short(measure.value):>9}  [{_short(measure.low)}, {_short(measure.high)}]".ljust(50)
        + about
    )


def _layers(diagnosis: Diagnosis) -> list[str]:
    head = f"{'layer':<20}{'spread':>8}{'signal':>9}{'theory':>9}{'growth':>9}{'theory':>9}{'saturated':>11}"
    lines = [head]
    for layer in diagnosis.layers:
        said = layer.predicted
        expected = (said.signal, said.growth) if said else (None, None)
        numbers = (layer.spread, layer.signal, expected[0], layer.growth, expected[1])
        cells = "".join(_cell(number).rjust(8 + (place > 0)) for place, number in enumerate(numbers))
        share = "" if layer.saturated is None else percent_text(layer.saturated)
        lines.append(f"{layer.name:<20}{cells}{share:>11}".rstrip())
    return lines


def _cell(number: float | None) -> str:
    return "" if number is None else _short(number)


def _short(number: float) -> str:
    """Three figures, and no exponent where none is needed."""
    if number == 0 or 1e-4 <= abs(number) < 1e5:
        return (
            f"{number:.4f}"
            if abs(number) < 10
            else f"{number:.1f}"
            if abs(number) < 1000
            else f"{number:.0f}"
        )
    return f"{number:.1e}"
