"""The sentence of a verdict: why a picture is static, faint, alive or noisy, and which layer is to blame."""

from __future__ import annotations

import math
from collections.abc import Sequence

from explorer.diagnostics.layers import LayerSignal
from explorer.diagnostics.verdict import (
    FAINT_SPEED,
    FAINT_VARIANCE,
    NOISY_NEIGHBOR_CORRELATION,
    STATIC_VARIANCE,
    Facts,
    Verdict,
    flags_of,
    judge,
)
from explorer.formatting import percent_text


def sentence_of(facts: Facts, layers: Sequence[LayerSignal], rows: int, fps: float) -> str:
    """Why, in one sentence that names the layer and activation that kills or scrambles the signal."""
    verdict = judge(facts)
    if verdict == "noisy":
        return _noise(facts, layers, rows, fps)
    if verdict == "alive":
        return _life(facts, rows)
    if facts.motion < (STATIC_VARIANCE if verdict == "static" else FAINT_VARIANCE):
        return _silence(facts, layers, verdict)
    if facts.space < FAINT_VARIANCE and facts.speed >= FAINT_SPEED:
        return f"Faint: it moves, but the picture has little detail (space variance {facts.space:.2g})."
    return (
        f"{verdict.capitalize()}: over the whole excerpt the colors do change, but only by "
        f"{format_speed(facts.speed)} of 255 levels a second: time runs too slowly to be seen."
    )


def format_speed(speed: float) -> str:
    """A speed in levels a second, in figures: 0.29, 87, 1060."""
    return f"{speed:.0f}" if speed >= 10 else f"{speed:.2g}"


def _noise(facts: Facts, layers: Sequence[LayerSignal], rows: int, fps: float) -> str:
    if facts.neighbor < NOISY_NEIGHBOR_CORRELATION:
        reason = f"neighboring pixels of {rows} rows correlate at {facts.neighbor:.2f} only"
    else:
        reason = f"consecutive frames at {fps:.4g} a second correlate at {facts.frame:.2f} only"
    growth = {layer.name: layer.growth for layer in layers if layer.growth is not None}
    if not growth:
        return f"Noisy: {reason}."
    worst = max(growth, key=lambda name: growth[name])
    total = math.prod(chi or 1 for chi in growth.values())
    return (
        f"Noisy: {reason}: {worst} scrambles the signal most, it multiplies small squared differences "
        f"by {growth[worst]:.2g} (all layers: by {total:.1g})."
    )


def _silence(facts: Facts, layers: Sequence[LayerSignal], verdict: Verdict) -> str:
    amount = "nothing moves" if verdict == "static" else "little moves"
    spread = f"time and music change the colors by a variance of {facts.motion:.1g}"
    growth = {layer.name: layer.growth for layer in layers if layer.growth is not None}
    worst = min(growth, key=lambda name: growth[name], default=None)
    if worst is None or growth[worst] >= 1:
        return f"{verdict.capitalize()}: {amount}: {spread} only."
    return (
        f"{verdict.capitalize()}: {amount}: {worst} kills the signal, it leaves {growth[worst]:.2g} of "
        f"small squared differences; {spread} only."
    )


def _life(facts: Facts, rows: int) -> str:
    share = facts.audio / (facts.time + facts.audio)
    but = {
        "deaf": "but the music hardly moves it: audio_gain is low",
        "washed out": "but most colors are at black or full: output_gain is high",
        "flickers": "but it flickers",
    }
    flaws = ", ".join(but[flag] for flag in flags_of(facts))
    return (
        f"Alive{', ' + flaws if flaws else ''}: neighboring pixels of {rows} rows correlate at "
        f"{facts.neighbor:.2f}, consecutive frames at {facts.frame:.2f}, and {percent_text(share)} of the "
        "change over time is the music's."
    )
