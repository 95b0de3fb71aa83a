"""The verdict: from measures to one word, flags and a sentence, by thresholds that are all stated here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from explorer.diagnostics.layers import LayerSignal
from explorer.diagnostics.variance import FAINT, STATIC
from explorer.formatting import percent_text

Verdict = Literal["static", "faint", "alive", "noisy"]
Flag = Literal["deaf", "washed out", "flickers"]

VERDICTS: tuple[Verdict, ...] = ("static", "faint", "alive", "noisy")

NOISY = 0.8  # correlation of neighbouring pixels below which a picture is seen as noise
UNRELATED = 0.5  # correlation of consecutive frames below which a video is noise in time
FLICKERS = 0.8  # correlation of consecutive frames below which motion is seen as flicker
STILL, SLOW = 2.0, 12.0  # levels a second (of 255) below which no motion, or little, is seen
DEAF = 0.02  # share of time and audio variance below which the music is not what moves the picture
WASHED_OUT = 0.5  # share of saturated values above which a picture has lost its shades


@dataclass(frozen=True)
class Facts:
    """What a verdict is made of: see `Diagnosis`. `speed` is the change in levels a second."""

    space: float
    time: float
    audio: float
    neighbour: float
    frame: float
    saturated: float
    speed: float

    @property
    def moved(self) -> float:
        """The larger of the variances over time and with the music."""
        return max(self.time, self.audio)


def judge(facts: Facts) -> Verdict:
    """One word for a recipe.

    noisy   neighbouring pixels correlate below NOISY, or consecutive frames below UNRELATED
    static  neither time nor the music has a variance of STATIC, or it changes by less than STILL a second
    faint   the same with FAINT and SLOW, or space has less than FAINT
    alive   all others

    Noise must be strong enough to be seen: below STATIC there is none.
    """
    if facts.space >= STATIC and facts.neighbour < NOISY:
        return "noisy"
    if facts.moved < STATIC or facts.speed < STILL:
        return "static"
    if facts.frame < UNRELATED:
        return "noisy"
    faint = facts.moved < FAINT or facts.space < FAINT or facts.speed < SLOW
    return "faint" if faint else "alive"


def flags_of(facts: Facts) -> tuple[Flag, ...]:
    """deaf: it moves, but not with the music; washed out: mostly saturated; flickers: frames hardly alike."""
    moves = facts.moved >= STATIC and facts.speed >= STILL
    found: list[Flag] = []
    if moves and facts.audio < max(STATIC, DEAF * (facts.time + facts.audio)):
        found.append("deaf")
    if facts.saturated > WASHED_OUT:
        found.append("washed out")
    if moves and facts.frame < FLICKERS:
        found.append("flickers")
    return tuple(found)


def sentence_of(facts: Facts, layers: Sequence[LayerSignal], rows: int, fps: float) -> str:
    """Why, in one sentence that names the layer and activation that kills or scrambles the signal."""
    verdict = judge(facts)
    if verdict == "noisy":
        return _noise(facts, layers, rows, fps)
    if verdict == "alive":
        return _life(facts, rows)
    if facts.moved < (STATIC if verdict == "static" else FAINT):
        return _silence(facts, layers, verdict)
    if facts.space < FAINT and facts.speed >= SLOW:
        return f"Faint: it moves, but the picture has little detail (space variance {facts.space:.2g})."
    return (
        f"{verdict.capitalize()}: over the whole excerpt the colours do change, but only by "
        f"{levels(facts.speed)} of 255 levels a second: time runs too slowly to be seen."
    )


def _noise(facts: Facts, layers: Sequence[LayerSignal], rows: int, fps: float) -> str:
    if facts.neighbour < NOISY:
        what = f"neighbouring pixels of {rows} rows correlate at {facts.neighbour:.2f} only"
    else:
        what = f"consecutive frames at {fps:.4g} a second correlate at {facts.frame:.2f} only"
    worst = max(_hidden(layers), key=lambda layer: layer.growth or 0, default=None)
    if worst is None:
        return f"Noisy: {what}."
    total = 1.0
    for layer in _hidden(layers):
        total *= layer.growth or 1
    return (
        f"Noisy: {what}: {worst.name} scrambles the signal most, it multiplies small squared differences "
        f"by {worst.growth:.2g} (all layers: by {total:.1g})."
    )


def _silence(facts: Facts, layers: Sequence[LayerSignal], verdict: Verdict) -> str:
    what = "nothing moves" if verdict == "static" else "little moves"
    spread = f"time and music change the colours by a variance of {facts.moved:.1g}"
    worst = min(_hidden(layers), key=lambda layer: layer.growth or 0, default=None)
    if worst is None or (worst.growth or 0) >= 1:
        return f"{verdict.capitalize()}: {what}: {spread} only."
    return (
        f"{verdict.capitalize()}: {what}: {worst.name} kills the signal, it leaves {worst.growth:.2g} of "
        f"small squared differences; {spread} only."
    )


def _life(facts: Facts, rows: int) -> str:
    share = facts.audio / (facts.time + facts.audio)
    but = {
        "deaf": "but the music hardly moves it: audio_gain is low",
        "washed out": "but most colours are at black or full: output_gain is high",
        "flickers": "but it flickers",
    }
    said = ", ".join(but[flag] for flag in flags_of(facts))
    return (
        f"Alive{', ' + said if said else ''}: neighbouring pixels of {rows} rows correlate at "
        f"{facts.neighbour:.2f}, consecutive frames at {facts.frame:.2f}, and {percent_text(share)} of the "
        "change over time is the music's."
    )


def _hidden(layers: Sequence[LayerSignal]) -> list[LayerSignal]:
    return [layer for layer in layers if layer.growth is not None]


def levels(speed: float) -> str:
    """A speed in figures: 0.29, 87, 1060."""
    return f"{speed:.0f}" if speed >= 10 else f"{speed:.2g}"
