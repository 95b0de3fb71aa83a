"""A diagnosis as plain text, ASCII only."""

from __future__ import annotations

from explorer.diagnostics.layers import LayerSignal
from explorer.diagnostics.measure import Measure
from explorer.diagnostics.results.diagnosis_result import DiagnosisResult
from explorer.diagnostics.suggestion import Suggestion
from explorer.formatting import percent_text

LABELS = {
    "space_variance": ("space variance", "over the picture"),
    "time_variance": ("time variance", "over time alone"),
    "audio_variance": ("audio variance", "with the music alone"),
    "frame_variance": ("frame variance", "from frame to frame, 8-bit levels^2"),
    "neighbour_correlation": ("neighbors", "correlation of pixels side by side"),
    "frame_correlation": ("frames", "correlation of consecutive frames"),
    "saturated": ("saturated", "share of values at black or full"),
}


def describe_diagnosis(diagnosis: DiagnosisResult, suggestion: Suggestion | None) -> str:
    """Verdict, sentence, measures, layers and suggestion."""
    frames = diagnosis.frames
    flags = f" ({', '.join(diagnosis.flags)})" if diagnosis.flags else ""
    lines = [
        f"{diagnosis.verdict.upper()}{flags}   {frames.width}x{frames.height} at {float(frames.fps):.4g} fps",
        diagnosis.sentence,
        "",
    ]
    lines += [_measure_line(name, measure) for name, measure in diagnosis.measures.items()]
    if diagnosis.layers:
        head = ("layer", "spread", "signal", "theory", "growth", "theory", "saturated")
        lines += ["", "{:<20}{:>8}{:>9}{:>9}{:>9}{:>9}{:>11}".format(*head)]
        lines += [_layer_line(layer) for layer in diagnosis.layers]
    if suggestion:
        lines += ["", f"suggestion: {suggestion.words}"]
    return "\n".join(lines)


def _measure_line(name: str, measure: Measure) -> str:
    label, about = LABELS[name]
    low, high = _short(measure.low), _short(measure.high)
    return f"{label:<15}{_short(measure.value):>9}  [{low}, {high}]".ljust(50) + about


def _layer_line(layer: LayerSignal) -> str:
    theory = layer.predicted
    signal, growth = (theory.signal, theory.growth) if theory else (None, None)
    first, *others = (_cell(number) for number in (layer.spread, layer.signal, signal, layer.growth, growth))
    share = "" if layer.saturated is None else percent_text(layer.saturated)
    return f"{layer.name:<20}{first:>8}{''.join(f'{cell:>9}' for cell in others)}{share:>11}".rstrip()


def _cell(number: float | None) -> str:
    return "" if number is None else _short(number)


def _short(number: float) -> str:
    """Three figures, and no exponent where none is needed."""
    if number != 0 and not 1e-4 <= abs(number) < 1e5:
        return f"{number:.1e}"
    decimals = 4 if abs(number) < 10 else 1 if abs(number) < 1000 else 0
    return f"{number:.{decimals}f}"
