"""Verdicts: their names, order, thresholds and colors, and how measures decide between them.

The only place for all of these: plots, reports, tables and style sheets take them from here. It loads neither
torch nor numpy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["static", "faint", "alive", "noisy"]
Strength = Literal["static", "faint", "alive"]
Flag = Literal["deaf", "washed out", "flickers"]

VERDICTS: tuple[Verdict, ...] = ("static", "faint", "alive", "noisy")  # from no variance to too much
BEST_FIRST: tuple[Verdict, ...] = ("alive", "faint", "noisy", "static")

STATIC_VARIANCE, FAINT_VARIANCE = 1e-4, 5e-3  # below them nothing, or little, is seen
STATIC_SPEED, FAINT_SPEED = 2.0, 12.0  # levels (of 255) a second: below, no motion, or little, is seen
NOISY_NEIGHBOR_CORRELATION = 0.8  # of neighboring pixels: below, a picture is seen as noise
NOISY_FRAME_CORRELATION = 0.5  # of consecutive frames: below, a video is noise in time
FLICKER_FRAME_CORRELATION = 0.8  # of consecutive frames: below, motion is seen as flicker
DEAF_AUDIO_SHARE = 0.02  # of time and audio variance: below, the music is not what moves the picture
WASHED_OUT_SHARE = 0.5  # of saturated values: above, a picture has lost its shades

COLORS: dict[Verdict, str] = {"static": "#b3312c", "faint": "#8a5f00", "alive": "#17704d", "noisy": "#7436b5"}
"""White on them, and they on white, have a contrast of 4.5 and more (WCAG 2.2, 1.4.3)."""

DARK_THEME_COLORS: dict[Verdict, str] = {
    "static": "#ff8a80",
    "faint": "#e6b450",
    "alive": "#55cf98",
    "noisy": "#cba0ff",
}

CELL_COLORS: dict[Verdict, str] = {
    "static": "#2d3a55",
    "faint": "#55799f",
    "alive": "#f3e3a2",
    "noisy": "#ec9a6d",
}
"""Cells of a phase map: lightness differs as much as hue does, about 25, 50, 90 and 70 of 100."""


@dataclass(frozen=True)
class Facts:
    """The measures that decide a verdict: see `DiagnosisResult`. `speed` is the change in levels a second."""

    space: float
    time: float
    audio: float
    neighbor: float
    frame: float
    saturated: float
    speed: float

    @property
    def motion(self) -> float:
        """The larger of the variances over time and with the music."""
        return max(self.time, self.audio)


def judge(facts: Facts) -> Verdict:
    """One word for a recipe.

    noisy   neighboring pixels correlate below 0.8, or consecutive frames below 0.5
    static  neither time nor the music has a variance of 1e-4, or it changes by less than 2 levels a second
    faint   the same with 5e-3 and 12 levels, or space has less than 5e-3
    alive   all others

    Noise must be strong enough to be seen: below a space variance of 1e-4 there is none.
    """
    if facts.space >= STATIC_VARIANCE and facts.neighbor < NOISY_NEIGHBOR_CORRELATION:
        return "noisy"
    if facts.motion < STATIC_VARIANCE or facts.speed < STATIC_SPEED:
        return "static"
    if facts.frame < NOISY_FRAME_CORRELATION:
        return "noisy"
    faint = facts.motion < FAINT_VARIANCE or facts.space < FAINT_VARIANCE or facts.speed < FAINT_SPEED
    return "faint" if faint else "alive"


def flags_of(facts: Facts) -> tuple[Flag, ...]:
    """deaf: it moves, but not with the music; washed out: mostly saturated; flickers: frames hardly alike."""
    moves = facts.motion >= STATIC_VARIANCE and facts.speed >= STATIC_SPEED
    flags: list[Flag] = []
    if moves and facts.audio < max(STATIC_VARIANCE, DEAF_AUDIO_SHARE * (facts.time + facts.audio)):
        flags.append("deaf")
    if facts.saturated > WASHED_OUT_SHARE:
        flags.append("washed out")
    if moves and facts.frame < FLICKER_FRAME_CORRELATION:
        flags.append("flickers")
    return tuple(flags)


def strength(variance: float) -> Strength:
    """A word for one variance: `static` is a standard deviation below 2.5 of 255 levels, `faint` below 18."""
    if variance < STATIC_VARIANCE:
        return "static"
    return "faint" if variance < FAINT_VARIANCE else "alive"


def verdict_css(selector: str = ":root", colors: Mapping[Verdict, str] = COLORS) -> str:
    """A CSS rule that gives each verdict its color as a custom property: `--verdict-alive` and so on."""
    properties = " ".join(f"--verdict-{verdict}: {color};" for verdict, color in colors.items())
    return f"{selector} {{ {properties} }}\n"
