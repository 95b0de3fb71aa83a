"""Which frames a render has: size, rate, excerpt, and the exact time of each."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal, get_args

import numpy as np
from jaxtyping import Float64, UInt8
from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema, field_serializer, field_validator

from explorer.errors import SettingsError
from explorer.settings import Settings, knob


def wide_size(rows: int) -> tuple[int, int]:
    """The size of a picture 16:9 of so many rows; its width is even."""
    return 2 * round(rows * 8 / 9), rows


RESOLUTIONS = {f"{rows}p": wide_size(rows) for rows in (360, 480, 540, 720, 1080, 1440, 2160)}
SHAPES = {"square": (1, 1), "vertical": (4, 5), "wide": (16, 9), "story": (9, 16)}
MIN_SIDE, MAX_SIDE = 16, 8192  # pixels
MIN_FPS, MAX_FPS = 1, 240

Size = str | tuple[int, int]
Frame = UInt8[np.ndarray, "height width 3"]
Shape = Literal["square", "vertical", "wide", "story"]
FlashMode = Literal["calm", "dim", "off"]


def parse_size(size: Size) -> tuple[int, int]:
    """(width, height) from '720p', any height of 16:9, '640x360' or a pair. Raises SettingsError."""
    value = size
    if isinstance(size, str):
        text = size.strip().lower()
        if match := re.fullmatch(r"(\d{1,6})p", text):
            size = wide_size(int(match[1]))
        else:
            match = re.fullmatch(r"(\d{1,6})x(\d{1,6})", text)
            size = (int(match[1]), int(match[2])) if match else (0, 0)
    width, height = (int(side) for side in size)
    if not all(MIN_SIDE <= side <= MAX_SIDE for side in (width, height)):
        raise SettingsError(
            f"resolution: got {value!r}; allowed: a height as in 180p, 720p or 2160p, or WIDTHxHEIGHT from "
            f"{MIN_SIDE} to {MAX_SIDE}, as in 640x360"
        )
    return width, height


def reshaped(size: tuple[int, int], shape: Shape) -> tuple[int, int]:
    """A size of another shape, in even numbers: its shorter side stays."""
    across, down = SHAPES[shape]
    scale = min(size) / min(across, down)
    return 2 * round(across * scale / 2), 2 * round(down * scale / 2)


def parse_flash_limit(value: Any) -> FlashMode:
    """The mode of the flash limit from a keyword: a word, true for `calm` or false. Raises SettingsError."""
    words = {"true": "calm", "false": "off", **{word: word for word in get_args(FlashMode)}}
    word = str(value).lower()
    if not isinstance(value, bool | str) or word not in words:
        raise SettingsError(
            f"flash_limit: got {value!r}; allowed: {', '.join(get_args(FlashMode))}, true (calm) or false "
            "(off)"
        )
    mode: FlashMode = words[word]
    return mode


def file_flash_limit(mode: FlashMode) -> bool | str:
    """What files hold for a mode: true and false for the two that version 0.1 had, so that hashes stay."""
    return {"dim": True, "off": False}.get(mode, mode)


def parse_fps(fps: Any) -> Fraction:
    """The exact rate: 30, 23.976 (which means 24000/1001), '30000/1001'. Raises SettingsError."""
    try:
        rate = Fraction(str(fps).strip())
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    whole = round(rate) or 1
    if rate.denominator != 1 and abs(rate - Fraction(whole * 1000, 1001)) < Fraction(1, 1000):
        rate = Fraction(whole * 1000, 1001)
    if not MIN_FPS <= rate <= MAX_FPS:
        raise SettingsError(
            f"fps: got {str(fps) or repr(fps)}; allowed: {MIN_FPS} to {MAX_FPS}, as in 30, 23.976 or "
            "30000/1001"
        )
    return rate.limit_denominator(1001)


Rate = Annotated[
    Fraction,
    BeforeValidator(parse_fps),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string"}),
]


class FrameSettings(Settings):
    """Size, rate and excerpt of a render."""

    added_settings: ClassVar[tuple[str, ...]] = ("loop",)

    width: int = knob(1280, low=MIN_SIDE, high=MAX_SIDE, unit="px", group="frames", help="width of a frame")
    height: int = knob(720, low=MIN_SIDE, high=MAX_SIDE, unit="px", group="frames", help="height of a frame")
    fps: Rate = knob(Fraction(30), group="frames", help="frames a second; 23.976 means 24000/1001")
    start: float = knob(0.0, low=0, unit="s", group="frames", help="where the excerpt starts")
    duration: float | None = knob(None, low=0.001, unit="s", group="frames",
                                  help="how long the excerpt is; none: to the end")  # fmt: skip

    loop: bool = knob(
        False,
        group="frames",
        help="end where it began: the last two seconds fade into the beginning, for a video that repeats",
    )
    flash_limit: FlashMode = knob(
        "calm",
        group="frames",
        help="what to do where more than three flashes a second would be (WCAG 2.3.1): calm the motion, "
        "then dim what still flashes; dim alone; or nothing",
    )

    @field_validator("flash_limit", mode="before")
    @classmethod
    def _read_flash_limit(cls, value: Any) -> Any:
        """In files true is what it was in version 0.1."""
        return {True: "dim", False: "off"}[value] if isinstance(value, bool) else value

    @field_serializer("flash_limit", when_used="json")
    def _write_flash_limit(self, value: FlashMode) -> bool | str:
        return file_flash_limit(value)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)."""
        return self.width, self.height

    def span(self, sound_duration: float) -> tuple[int, int]:
        """(n0, count): the first frame's number, round(start fps), and how many frames there are.

        Raises SettingsError when the excerpt starts after the sound's end.
        """
        last = max(1, round(sound_duration * self.fps))
        first = round(self.start * self.fps)
        if first >= last:
            raise SettingsError(
                f"start: got {self.start:g} s; the sound is {sound_duration:.2f} s long, and no frame is left"
            )
        count = last if self.duration is None else max(1, round(self.duration * self.fps))
        return first, min(count, last - first)

    def times(self, sound_duration: float) -> Float64[np.ndarray, " frames"]:
        """Seconds of every frame: exactly (n0 + n) / fps, rounded once."""
        first, count = self.span(sound_duration)
        numbers = np.arange(first, first + count, dtype=np.float64)
        return numbers * self.fps.denominator / self.fps.numerator
