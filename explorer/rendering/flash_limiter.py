"""The flash limiter: how far moments are calmed and dimmed so that no second flashes more than three times.

A small picture of the field is drawn `SAMPLE_RATE` times a second, and its flashes are counted as `flashes`
does, at several exposures at once: light dimmed by a factor has its changes dimmed by the same factor. Where
the second that ends at a moment would hold more than three, the largest exposure that passes is needed for
all of that second. The exposure is the lowest that any second around it needs, with slow ramps between (see
`flash_curve`), so it depends on the three seconds around a moment alone.

`calm` first searches for a swing in the same way: the pictures are drawn with the controls calmed at some
factors of `SWINGS` (see `fields.calm`), and a moment needs the largest that passes, or that needs the least
dimming where none does. The slow curve of these swings is tried, and where it fails a moment is calmed more.
Only what still flashes with these swings is dimmed. It counts flashes of saturated
red, too. `dim` changes light alone and does not judge red, as in version 0.1.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64, UInt8

from explorer.audio import FeatureTrack
from explorer.audio.array_cache import cache_folder, load_array, save_array
from explorer.fields import FieldSettings
from explorer.fields.calm import calm_columns
from explorer.fields.srgb import linear_to_srgb, srgb_to_linear
from explorer.formatting import percent_text
from explorer.progress import Progress, silent
from explorer.rendering.flash_curve import SAMPLE_RATE, SECOND, FlashCurve
from explorer.rendering.required_exposures import passing_moments, required_exposures
from explorer.rendering.small_pictures import PictureShape, SmallPictures
from explorer.threads import usable_threads, use_single_torch_thread

VERSION = 3  # raise it whenever the same field and track give other exposures
CALM_VERSION = 5  # and this one when they give other swings
STEP = "looking for flashes"
SWINGS = tuple(1 - n / 8 for n in range(9))  # from which a bisection takes
SWING_STEP, MAX_REPAIRS = 0.25, 3
CONSTANT_EXPOSURES, FIRST_EXPOSURES = 3, 4  # rows of the table: with constant swings, and with their curve
PART = 4 * SAMPLE_RATE  # moments that are judged together, whichever of them is needed
LEAD = 2 * SAMPLE_RATE  # moments before a part whose luminance is followed first
MAX_VISIBLE_FACTOR = 0.995  # above, dimming changes no level by one

Moments = Bool[np.ndarray, " moments"]
Mode = Literal["calm", "dim"]


class FlashLimit(NamedTuple):
    """What the limiter does at a moment: factors of the swing of the controls and of the light, 0 to 1."""

    swing: float = 1.0
    exposure: float = 1.0

    @property
    def words(self) -> str:
        """What was done, in words; empty where nothing was."""
        parts = []
        if self.swing < MAX_VISIBLE_FACTOR:
            parts.append(f"calmed to {percent_text(self.swing)} of its swing")
        if self.exposure < MAX_VISIBLE_FACTOR:
            parts.append(f"dimmed to {percent_text(self.exposure)}")
        return " and ".join(parts)


NO_LIMIT = FlashLimit()


class Exposure:
    """What the limiter does with one field, track and frame shape, computed part by part as it is needed.

    It is the same for every device and precision: the small pictures are those of a CPU draft.
    """

    def __init__(
        self,
        field: FieldSettings,
        track: FeatureTrack,
        size: tuple[int, int],
        threads: int | None = None,
        mode: Mode = "calm",
    ) -> None:
        self.field, self.track, self.mode = field, track, mode
        self.threads = threads or usable_threads()
        self.shape = PictureShape.of(field, size)  # of the pictures that are judged
        self._file = self._cache_file()
        self._table = self._load()
        self._exposures, self._swings, self._constant_swings = (FlashCurve(row) for row in self._table[:3])

    def at(self, t: float, progress: Progress = silent) -> FlashLimit:
        """The factors of moment `t`."""
        first = self._exposures.index(t)
        self._search(first, first + 2, progress)
        return self.cached_at(t)

    def cached_at(self, t: float) -> FlashLimit:
        """The same without waiting: 1 where it has not been computed yet."""
        if not self.is_cached(t):
            return FlashLimit()
        swing = self._swings.at(t) if self.mode == "calm" else 1.0
        return FlashLimit(swing if swing < MAX_VISIBLE_FACTOR else 1.0, self._exposures.at(t))

    def limits(self) -> Float64[np.ndarray, "moments 2"]:
        """Swing and exposure at all moments, `SAMPLE_RATE` a second; NaN where they are not computed yet."""
        count = len(self._exposures.required) + 1
        swings = self._swings.factors(0, count) if self.mode == "calm" else np.ones(count)
        return np.column_stack((swings, self._exposures.factors(0, count)))

    def is_cached(self, t: float) -> bool:
        """Whether `at` returns at once."""
        return self._exposures.is_complete(t) and (self.mode == "dim" or self._swings.is_complete(t))

    def prepare(self, begin: float, end: float, progress: Progress = silent) -> None:
        """Compute everything from `begin` to `end` seconds, and cache it on disk."""
        self._search(*self._span(begin, end), progress)
        save_array(self._file, self._table if self.mode == "calm" else self._table[0])

    def missing_moments(self, begin: float, end: float) -> Int64[np.ndarray, " moments"]:
        """All moments that `prepare` has to draw."""
        stages = self._missing(*self._span(begin, end))
        parts = [self._moments(start) for starts in stages for start in starts]
        return np.unique(np.concatenate([np.empty(0, np.int64), *parts]))

    @property
    def swings(self) -> tuple[float, ...]:
        """What may be tried where something flashes, 1 first."""
        if self.mode == "dim":
            return SWINGS[:1]
        controls = self.field.controls(self.track, np.zeros(1))
        return SWINGS if calm_columns(self.field, controls.names) else SWINGS[:1]

    def summary(self, times: Float64[np.ndarray, " frames"]) -> dict[str, float]:
        """For a manifest: the lowest factors at these times, and the shares that are calmed and dimmed."""
        limits = [self.cached_at(float(t)) for t in times]
        swings, exposures = np.array(limits).T
        light = {
            "least_exposure": round(float(exposures.min()), 3),
            "dimmed": round(float((exposures < MAX_VISIBLE_FACTOR).mean()), 4),
        }
        if self.mode == "dim":
            return light
        return light | {
            "least_swing": round(float(swings.min()), 3),
            "calmed": round(float((swings < MAX_VISIBLE_FACTOR).mean()), 4),
        }

    @property
    def _stages(self) -> Sequence[tuple[FlashCurve, Callable[[int, SmallPictures], None]]]:
        """Curves and their searches; each depends on those after it. Of `dim` the first alone is searched."""
        exposures = self._exposures, self._search_exposure
        if self.mode == "dim":
            return (exposures,)
        return exposures, (self._swings, self._repair_swing), (self._constant_swings, self._search_swing)

    def _span(self, begin: float, end: float) -> tuple[int, int]:
        return self._exposures.index(begin), self._exposures.index(end) + 2

    def _missing(self, first: int, last: int) -> list[list[int]]:
        """First moments of the parts to search, stage by stage, for the factors from `first` to `last`."""
        stages = []
        for curve, _ in self._stages:
            starts = _missing_parts(curve, first, last)
            if not starts:
                break
            stages.append(starts)
            first, last = max(0, starts[0] - LEAD), self._end(starts[-1])
        return stages

    def _search(self, first: int, last: int, progress: Progress) -> None:
        """Search all that the factors from `first` to before `last` depend on."""
        stages = zip(self._stages, self._missing(first, last), strict=False)
        steps = [
            (start - stage * PART, -stage, partial(search, start))
            for stage, ((_, search), starts) in enumerate(stages)
            for start in starts
        ]
        if not steps:
            return
        # a part needs what the stage before found until the end of the next part: it waits for that alone
        steps.sort(key=lambda step: step[:2])
        with ThreadPoolExecutor(self.threads, "explorer-flashes", use_single_torch_thread) as pool:
            pictures = SmallPictures(self.field, self.track, self.shape, self.mode == "calm", pool)
            for n, (_, _, step) in enumerate(steps):
                pictures.check = partial(progress, STEP, n, len(steps))
                pictures.check()
                step(pictures)
        progress(STEP, len(steps), len(steps))

    def _search_swing(self, start: int, pictures: SmallPictures) -> None:
        """Bisect for the largest constant swing with which a moment passes, or is dimmed least."""
        part, moments = slice(start, self._end(start)), self._moments(start)
        count = part.stop - start
        lead = len(moments) - count
        swing, passed = np.ones(count, np.float32), np.zeros(count, bool)
        maps = {}

        def failures(place: int, targets: Moments) -> Moments:
            """Those of the moments that fail with a swing."""
            factor = self.swings[place]
            stop = int(np.flatnonzero(targets)[-1]) + 1  # a moment depends on none after it
            maps[factor] = pictures.maps(moments[: lead + stop], np.full(lead + stop, factor))
            passes = targets.copy()
            passes[:stop] &= passing_moments(*maps[factor])[lead:]
            swing[passes] = factor
            passed[passes] = True
            return np.asarray(targets & ~passes)

        # places of a swing that fails and of a smaller one that passes, or the end, and the moments of both;
        # no recursive function: it would be a cycle that holds the maps until garbage is collected
        ranges = [(0, len(self.swings), failures(0, ~passed))]
        while ranges:
            largest, smallest, targets = ranges.pop()
            place = (largest + smallest) // 2
            if place > largest and targets.any():
                failing = failures(place, targets)
                ranges += [(place, smallest, failing), (largest, place, targets & ~failing)]
        best, plain = passed.astype(np.float32), passed.astype(np.float32)
        for factor, judged in maps.items() if not passed.all() else ():
            required = np.zeros(count, np.float32)
            exposures = required_exposures(*judged)[lead:]
            required[: len(exposures)] = exposures
            plain = required if factor == 1 else plain
            swing[~passed & (required > best)] = factor
            best = np.maximum(best, required)
        self._constant_swings.required[part] = swing
        self._table[CONSTANT_EXPOSURES, part] = best
        self._table[FIRST_EXPOSURES, part] = plain

    def _repair_swing(self, start: int, pictures: SmallPictures) -> None:
        """Calm moments more that passed with a constant swing and do not with the slow curve of swings."""
        part, moments = slice(start, self._end(start)), self._moments(start)
        curve = FlashCurve(self._constant_swings.required.copy())
        swing = curve.required[part]
        can_pass = self._table[CONSTANT_EXPOSURES, part] == 1
        for attempt in range(MAX_REPAIRS):
            swings = self._factors(curve, moments)
            if swings.min() == 1:
                break
            required = required_exposures(*pictures.maps(moments, swings))[start - part.stop :]
            if attempt == 0:
                self._table[FIRST_EXPOSURES, part] = required
            fails = (required < 1) & can_pass
            if not fails.any():
                break
            before = np.concatenate(
                (np.repeat(swings[:1], max(0, SECOND - len(swings) + len(swing))), swings)
            )
            lowest = np.lib.stride_tricks.sliding_window_view(before, SECOND + 1).min(axis=1)[-len(swing) :]
            repaired = np.where(lowest < swing, lowest, np.maximum(0, swing - SWING_STEP))
            swing[fails] = repaired[fails]
        self._swings.required[part] = swing

    def _search_exposure(self, start: int, pictures: SmallPictures) -> None:
        """Find the largest exposure of each moment of a part, with the swings that it has."""
        part, moments = slice(start, self._end(start)), self._moments(start)
        swings = self._factors(self._swings, moments) if self.mode == "calm" else np.ones(len(moments))
        if self.mode == "calm" and np.array_equal(swings, self._factors(self._constant_swings, moments)):
            self._exposures.required[part] = self._table[FIRST_EXPOSURES, part]
        else:
            required = required_exposures(*pictures.maps(moments, swings))
            self._exposures.required[part] = required[start - part.stop :]

    def _factors(
        self, curve: FlashCurve, moments: Int64[np.ndarray, " moments"]
    ) -> Float64[np.ndarray, " moments"]:
        """The swings of a curve, 1 where nobody would see the difference."""
        swings = curve.factors(int(moments[0]), int(moments[-1]) + 1)
        return np.where(swings < MAX_VISIBLE_FACTOR, swings, 1)

    def _moments(self, start: int) -> Int64[np.ndarray, " moments"]:
        """The moments of a part and those before it that are followed first."""
        return np.arange(max(0, start - LEAD), self._end(start))

    def _end(self, start: int) -> int:
        return min(start + PART, len(self._exposures.required))

    def _load(self) -> Float32[np.ndarray, "curves moments"]:
        """Rows: required exposures, swings and constant swings, and the exposures that the last two need."""
        count = max(1, int(np.ceil(self.track.duration * SAMPLE_RATE)) + 1)
        table = np.full((5, count), np.nan, np.float32)
        cached = load_array(self._file)
        rows = table if self.mode == "calm" else table[0]
        if cached is not None and cached.shape == rows.shape:
            rows[:] = cached
        return table

    def _cache_file(self) -> Path:
        grid, pixel = self.shape
        facts = {
            "version": VERSION,
            "field": self.field.model_dump(mode="json"),
            "track": [
                self.track.fps,
                self.track.duration,
                hashlib.sha256(self.track.values.tobytes()).hexdigest(),
            ],
            "grid": [grid.width, grid.height, pixel],
        }
        if self.mode != "dim":
            facts |= {"mode": self.mode, "calm_version": CALM_VERSION}
        digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:40]
        return cache_folder().parent / "exposures" / f"{digest}.npy"


def _missing_parts(curve: FlashCurve, first: int, last: int) -> list[int]:
    """The parts that the factors from `first` to before `last` need and that have not been searched."""
    needed = curve.needed(first, last)
    starts = range(needed.start // PART * PART, needed.stop, PART)
    return [start for start in starts if np.isnan(curve.required[start])]


def dim(frame: UInt8[np.ndarray, "*shape 3"], exposure: float) -> None:
    """Dim the light of a frame in place: sRGB levels, changed so that relative luminance is multiplied."""
    if exposure >= MAX_VISIBLE_FACTOR:
        return
    levels = linear_to_srgb(exposure * srgb_to_linear(np.arange(256) / 255))
    np.take(np.round(255 * levels).astype(np.uint8), frame, out=frame, mode="clip")
